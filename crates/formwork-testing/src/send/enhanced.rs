//! As the hydrated page sends it: the answer is a stream, and the page shows what that says.
//!
//! No script runs here. What a client would hold is taken from the page's data block and from the
//! stream, and the page is rendered with just that: a query that the action forgot to touch shows what
//! it showed before. What others have changed meanwhile, it knows of its live queries.

use formwork_axum::testing;
use formwork_core::{
    Entries, ErrorKind, Posted, is_named_secret,
    wire::{self, Button, Outcome, QueryLine},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Submission, Value, stream};
use crate::Page;

pub(super) async fn send(mut submission: Submission) -> Page {
    if submission.has(wire::RESUME) || submission.is_addressed {
        // A client leaves these to the browser.
        return submission.native().await;
    }
    name_it(&mut submission);
    leave_out_no_files(&mut submission);
    let visitor = submission.page.visitor.clone();
    let held = held(&submission.page).await;
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
            testing::holds(request.extensions_mut(), told.queries);
        };
        return visitor.get(to, with).await;
    }
    let shown = held.into_iter().chain(told.queries);
    let posted = posted(&submission, outcome);
    let with = |request: &mut http::Request<_>| {
        testing::answers(request.extensions_mut(), posted);
        testing::holds(request.extensions_mut(), shown);
    };
    visitor.get(to, with).await
}

/// What the client holds by now.
async fn held(page: &Page) -> Vec<QueryLine> {
    let mut held = page.data().map(|data| data.queries).unwrap_or_default();
    let (visitor, site) = (&page.visitor, page.visitor.app.site());
    let live: Vec<&QueryLine> =
        held.iter().filter(|line| testing::is_live(site, &line.key)).collect();
    if !live.is_empty() {
        let named = live.iter().map(|line| format!("&k={}", encoded(line.key.as_str())));
        let path = encoded(page.url.path());
        let path = format!("{}?p={path}{}", wire::QUERY_PATH, named.collect::<String>());
        let to = page.url.join(&path).expect("a path is one of this application");
        // As what arrives later counts, it stands later.
        held.extend(stream::queries(visitor.read(to).await).await);
    }
    held
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

/// A field for files with none in it is not sent.
fn leave_out_no_files(submission: &mut Submission) {
    submission.entries.retain(|(_, value)| match value {
        Value::File(file) => !file.name.is_empty(),
        Value::Text(_) => true,
    });
}

/// The queries on screen, as the client names them.
fn named(held: &[QueryLine]) -> String {
    let keys = held.iter().filter(|line| line.value.is_some()).take(wire::MOST_QUERIES);
    let keys = keys.map(|line| encoded(line.key.as_str()));
    keys.collect::<Vec<_>>().join(",")
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
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
