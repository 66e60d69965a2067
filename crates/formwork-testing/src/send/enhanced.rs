//! As the hydrated page sends it: the answer is a stream, and the page shows what that says.
//!
//! No script runs here. What a client would hold is taken from the page's data block and from the
//! stream, and the page is rendered with just that: a query that the action forgot to touch shows what
//! it showed before.

use formwork_core::{
    Entries, ErrorKind, Posted, is_named_secret,
    wire::{self, Button, Outcome, QueryLine},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Submission, Value, stream};
use crate::Page;

pub(super) async fn send(mut submission: Submission) -> Page {
    name_it(&mut submission);
    let visitor = submission.page.visitor.clone();
    let held = submission.page.data().map(|data| data.queries).unwrap_or_default();
    let queries = named(&held);
    let (from, to) = (submission.page.url.clone(), submission.to.clone());
    let answer = visitor.fetch(&from, &to, &submission.body(), &queries).await;
    let told = stream::read(answer).await;
    let outcome = told.outcome;
    if is_for_a_document(&outcome, submission.is_multipart) {
        return submission.native().await;
    }
    if let Some(redirect) = &outcome.redirect {
        let to = to.join(redirect).unwrap_or_else(|error| panic!("sent to {redirect:?}: {error}"));
        if to.origin() != from.origin() {
            return Page::elsewhere(visitor, to);
        }
        let with = |request: &mut http::Request<_>| {
            formwork_axum::testing::holds(request.extensions_mut(), told.queries);
        };
        return visitor.get(to, with).await;
    }
    let shown = held.into_iter().chain(told.queries);
    let posted = posted(&submission, outcome);
    let with = |request: &mut http::Request<_>| {
        formwork_axum::testing::answers(request.extensions_mut(), posted);
        formwork_axum::testing::holds(request.extensions_mut(), shown);
    };
    visitor.get(to, with).await
}

/// A page that many visitors are sent has no id for a submission: the client makes one.
fn name_it(submission: &mut Submission) {
    let id = submission.entries.iter_mut().find(|(name, _)| name == wire::SUBMISSION);
    if let Some((_, Value::Text(id))) = id
        && id.is_empty()
    {
        *id = formwork_axum::submission_id();
    }
}

/// The queries on screen, as the client names them.
fn named(held: &[QueryLine]) -> String {
    let keys = held.iter().filter(|line| line.value.is_some()).take(wire::MOST_QUERIES);
    let keys =
        keys.map(|line| utf8_percent_encode(line.key.as_str(), NON_ALPHANUMERIC).to_string());
    keys.collect::<Vec<_>>().join(",")
}

/// Whether the client sends it natively after all, for the page of the server's build to say it.
fn is_for_a_document(outcome: &Outcome, is_multipart: bool) -> bool {
    let kind = outcome.error.as_ref().map(|error| error.kind);
    matches!(kind, Some(ErrorKind::Stale | ErrorKind::Gone))
        || outcome.leaves
        || (outcome.sign_in && !is_multipart)
}

/// What the form is told, as a document that answers the same submission says it.
fn posted(submission: &Submission, outcome: Outcome) -> Posted {
    let said = submission.last(wire::ACTION).unwrap_or_default();
    let button = Button::parse(said);
    let action = button.map_or(said, |button| button.action).to_owned();
    let form = button.map(|button| button.form).or_else(|| submission.last(wire::FORM));
    let is_unsure = outcome.error.as_ref().is_some_and(|error| error.kind.is_unsure());
    let id = submission.last(wire::SUBMISSION).filter(|_| is_unsure);
    let in_steps = outcome.step.as_ref().and_then(|step| step.kept.clone());
    let kept = (!outcome.is_success()).then(|| in_steps.unwrap_or_else(|| kept(submission)));
    Posted {
        action,
        form: form.unwrap_or_default().to_owned(),
        outcome,
        submission: id.unwrap_or_default().to_owned(),
        again: String::new(),
        kept,
        left: Vec::new(),
    }
}

/// What stays in the controls. Secrets stay there, too; but no page shows them.
fn kept(submission: &Submission) -> Vec<(String, String)> {
    let texts = submission.entries.iter();
    let texts = texts.filter_map(|(name, value)| Some((name.clone(), value.as_text()?.to_owned())));
    let secrets = submission.last(wire::SECRETS).unwrap_or_default();
    texts.collect::<Entries>().kept(|name| is_named_secret(secrets, name))
}
