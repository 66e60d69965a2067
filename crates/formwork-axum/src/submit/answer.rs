//! Step 12: the same outcome in either gear.

use std::{collections::HashSet, sync::Arc};

use axum::{body::Body, response::Response};
use formwork_core::{
    ActionError, Entries, Issues, Mistake, Posted, PublicError, QueryKey,
    wire::{self, Line, Outcome},
};
use futures::{StreamExt, future, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};

use super::{Ended, Submission, kept, once, parse, steps};
use crate::{
    boundary::Isolated,
    cookies, destination, developer,
    effects::{self, Effects},
    failure, flash, fresh, observe,
    page::{self, PageState, SignIn},
    paths,
    query::{self, Asked, QueryScope, Settled},
    resume::{self, Resumed, Waiting},
    site::Site,
};

/// As many bytes as a form to sign in with may have beside the one that waits for it.
const SIGN_IN_BYTES: usize = 16 * 1024;

pub(super) async fn answer(submission: Submission, result: Result<Ended, ActionError>) -> Response {
    let wait = result.as_ref().err().and_then(ActionError::seconds_to_wait);
    let (mut outcome, effects) = settle(&submission, result);
    let unasked = !outcome.is_success() && once::unasked(&submission).is_some();
    // Only a page names it as what its visitor was told of; else they would be told each time.
    let is_told = unasked && outcome.error.as_ref().is_some_and(once::may_be_done);
    outcome.leaves = submission.unsettled.is_some() || is_told;
    outcome.again = unasked;
    observe::submission(&submission, &outcome);
    let (site, sent) = (&submission.site, &submission.parts.headers);
    let timing = site.is_development().then(|| submission.passed.timing(&effects.stale));
    let own_changes = fresh::carry(&effects.stale, sent, site.is_https());
    let mut response = if wants_stream(sent) {
        enhanced(submission, outcome, Arc::clone(&effects))
    } else if outcome.is_success() {
        see_other(&submission, outcome, &effects)
    } else {
        native(submission, outcome).await
    };
    let headers = response.headers_mut();
    cookies::set(headers, &effects.cookies);
    cookies::set(headers, own_changes.as_slice());
    if let Some(timing) = timing.flatten() {
        headers.append(developer::SERVER_TIMING, timing);
    }
    if let Some(seconds) = wait {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The outcome for the visitor, and the effects to apply; a failure has none.
fn settle(submission: &Submission, result: Result<Ended, ActionError>) -> (Outcome, Arc<Effects>) {
    let to_client = wants_stream(&submission.parts.headers);
    match result {
        Ok(Ended::Changed(row)) => {
            let step = steps::told(submission, &Issues::default(), to_client);
            (Outcome { step, ..Outcome::changed(row) }, Arc::default())
        }
        Ok(Ended::Step) => {
            let step = steps::told(submission, &Issues::default(), to_client);
            (Outcome { status: 200, step, ..Outcome::default() }, Arc::default())
        }
        Ok(Ended::Ran(ran)) => {
            let outcome = Outcome {
                status: 200,
                value: Some((*ran.value).to_owned()),
                redirect: ran.effects.redirect.clone(),
                refresh: ran.effects.refresh,
                ..Outcome::default()
            };
            (outcome, ran.effects)
        }
        Err(error) => {
            let public = failure::publish(submission.site.hooks(), &submission.action_id, &error);
            let fields = submission.action.map_or(&[][..], |action| action.fields);
            let mut issues = error.issues().clone();
            if !to_client {
                parse::speaking(submission, || choose_again(&submission.entries, &mut issues));
            }
            let issues = formwork_core::arrange(&issues, fields, &submission.entries);
            let step = steps::told(submission, &issues, to_client);
            let mut outcome = Outcome { step, ..Outcome::failed(public, issues) };
            outcome.sign_in = submission.asks_to_sign_in;
            (outcome, Arc::default())
        }
    }
}

/// A page can't choose a file for its visitor, who would not notice that it is missing now.
fn choose_again(entries: &Entries, issues: &mut Issues) {
    for (name, _) in entries.files() {
        if !issues.has(name) {
            issues.push(name, Mistake::FileNotKept.sentence());
        }
    }
}

/// Whether the request comes from the enhanced gear.
pub(crate) fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains(wire::NDJSON))
}

/// A refusal in the enhanced gear, before there is a submission.
pub(crate) fn refused(site: &Site, error: PublicError) -> Response {
    let outcome = Outcome::failed(error, Issues::default());
    let status = StatusCode::from_u16(outcome.status).expect("statuses are declared in ErrorKind");
    let lines = stream::iter([Line::Outcome(outcome), Line::End]);
    let mut response = query::stream_response(site, lines);
    *response.status_mut() = status;
    response
}

/// The stream: the outcome at once, then the data, then the end. Without a redirect the data is
/// each query that the action touched; with one it is what the destination reads.
fn enhanced(submission: Submission, outcome: Outcome, effects: Arc<Effects>) -> Response {
    let status = StatusCode::from_u16(outcome.status).expect("statuses are declared in ErrorKind");
    let subject = submission.subject();
    let Submission { site, mut parts, .. } = submission;
    // The server flushes when nothing more is ready: so nothing more is, once, before a query begins.
    let flushed = stream::once(tokio::task::yield_now()).filter_map(|()| future::ready(None));
    let lines = stream::iter([Line::Outcome(outcome)]).chain(flushed);
    let end = stream::iter([Line::End]);
    let mut response = if let Ok(Some(to)) = effects.location() {
        let limit = site.config().render_timeout();
        match destination::lines(&parts, &to, effects.refresh, limit) {
            Some((data, carry)) => {
                let mut response = query::stream_response(&site, lines.chain(data).chain(end));
                carry(&mut response);
                response
            }
            None => query::stream_response(&site, lines.chain(end)),
        }
    } else if effects.touch_anything() {
        let touched = Touched::new(&site, &parts, Arc::clone(&effects), subject);
        let asked = query::named_in(&site, &parts.headers);
        let (kept, shown): (Vec<_>, Vec<_>) = asked.into_iter().partition(|asked| asked.is_kept);
        let shown: Vec<_> = shown.into_iter().filter(|asked| touched.may_be(asked)).collect();
        let changes = cookies::changes(&effects.cookies, parts.uri.path());
        cookies::overlay(&mut parts.headers, &changes);
        let kept = kept::lines(&site, &parts, &touched, kept);
        // What it depended on before may be touched, and what it depends on now not.
        let held = shown.iter().filter(|asked| asked.held.is_some());
        let held: HashSet<QueryKey> = held.map(|asked| asked.key.clone()).collect();
        let scope = QueryScope::new(parts, site.reads()).fresh();
        let data = query::lines(&site, scope, shown, move |settled| {
            held.contains(&settled.line.key) || touched.is(settled)
        });
        let data = kept::beside(data, kept);
        query::stream_response(&site, Isolated::outside(lines.chain(data).chain(end)))
    } else {
        query::stream_response(&site, lines.chain(end))
    };
    *response.status_mut() = status;
    response
}

/// Which queries the effects touch.
pub(super) struct Touched {
    site: Site,
    pub(super) effects: Arc<Effects>,
    /// Whether the page itself is, and so every query on it.
    page: bool,
    /// Who sent the submission, if its guard knows, and by what they are known.
    subject: Option<String>,
    visitor: Option<Arc<str>>,
}

impl Touched {
    fn new(site: &Site, parts: &Parts, effects: Arc<Effects>, subject: Option<String>) -> Self {
        let page = effects.refresh || effects.touch(&paths::tags(parts));
        let visitor = query::visitor(&parts.headers);
        Touched { site: site.clone(), effects, page, subject, visitor }
    }

    /// Whether this query on screen is touched, as far as that is known before it is read.
    fn may_be(&self, asked: &Asked) -> bool {
        self.page || self.is_known(asked).unwrap_or(true)
    }

    /// Whether the effects touch the value that the client has, by its tags; `None` if these are not known.
    pub(super) fn is_known(&self, asked: &Asked) -> Option<bool> {
        let Touched { site, effects, subject, visitor, .. } = self;
        let declared = site.queries().get(asked.key.id()).and_then(|def| def.tags(&asked.key));
        if declared.is_some_and(|tags| effects.touch(&tags)) {
            return Some(true);
        }
        let tags = site.reads().sent().tags(asked, subject.as_deref(), visitor.as_deref());
        tags.map(|tags| effects.touch(&tags))
    }

    fn is(&self, settled: &Settled) -> bool {
        self.page || self.effects.touch(&settled.tags)
    }
}

/// Success without JavaScript: a redirect, so that a refresh writes nothing again.
fn see_other(submission: &Submission, outcome: Outcome, effects: &Effects) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    if let Some((waiting, _)) = submission.waiting() {
        return back_to(submission, waiting);
    }
    let location = match effects.location() {
        Ok(Some(location)) => location,
        _ => {
            let posted = posted(submission, outcome);
            let path = submission.parts.uri.path();
            let secure = submission.site.is_https();
            let flash = flash::carry(&submission.site.keys(), &posted, path, secure);
            cookies::set(headers, &[flash]);
            same_page(&submission.parts)
        }
    };
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    submission.site.mark_build(headers);
    response
}

/// Failure without JavaScript: the page itself, in this very response, with everything typed.
async fn native(submission: Submission, outcome: Outcome) -> Response {
    let error = outcome.error.clone();
    let unread = submission.entries.is_empty();
    let replaced = error.as_ref().is_some_and(|error| error.kind.replaces_page() || unread);
    let sign_in = sign_in(&submission, &outcome);
    let state = if replaced {
        PageState { posted: None, error, sign_in }
    } else {
        PageState { posted: Some(posted(&submission, outcome)), error: None, sign_in }
    };
    let mut parts = submission.parts;
    parts.method = http::Method::GET;
    // On the heap, as in [`body`](super::body).
    let mut response = Box::pin(page::render(&submission.site, parts, state)).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What the page asks, if signing in is what is missing: for this form, or for one that waits for it.
fn sign_in(submission: &Submission, outcome: &Outcome) -> Option<SignIn> {
    if let Some((waiting, sealed)) = submission.waiting() {
        let posted = posted(submission, outcome.clone());
        return Some(SignIn {
            error: waiting.error(),
            waiting: sealed.to_owned(),
            posted: Some(posted),
        });
    }
    let error = outcome.error.clone().filter(|_| submission.asks_to_sign_in)?;
    let waiting = Waiting::new(posted(submission, outcome.clone()), &error.message);
    let waiting = waiting.seal(&submission.site.keys(), submission.parts.uri.path());
    // It comes back with the sign-in form, whose body has a limit, too.
    let fits = waiting.len() + SIGN_IN_BYTES <= submission.site.body_limit();
    fits.then_some(SignIn { error, waiting, posted: None })
}

/// The page from which a form came that has waited for its sender to sign in.
fn back_to(submission: &Submission, waiting: Waiting) -> Response {
    let posted = waiting.posted();
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, same_page(&submission.parts));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    submission.site.mark_build(headers);
    if submission.parts.extensions.get::<resume::Expected>().is_some() {
        response.extensions_mut().insert(Resumed(posted));
    } else {
        // Served without `Site::guarded`: as much as a cookie holds.
        let (path, secure) = (submission.parts.uri.path(), submission.site.is_https());
        let flash = flash::carry(&submission.site.keys(), &posted, path, secure);
        cookies::set(headers, &[flash]);
    }
    response
}

fn posted(submission: &Submission, outcome: Outcome) -> Posted {
    let (kept, left) = match outcome.is_success() {
        true => Default::default(),
        false => (Some(kept(submission)), submission.left.clone()),
    };
    let (action, form) = (submission.action_id.clone(), submission.form.clone());
    let unsure = outcome.error.as_ref().filter(|error| error.kind.is_unsure());
    let (id, again) = match unsure {
        Some(error) => {
            (submission.id().unwrap_or_default().to_owned(), once::unsettled(submission, error))
        }
        None => {
            let unasked = once::unasked(submission).filter(|_| !outcome.is_success());
            (String::new(), unasked.unwrap_or_default().to_owned())
        }
    };
    Posted { action, form, outcome, submission: id, again, kept, left }
}

/// What may be shown again of what was entered.
pub(super) fn kept(submission: &Submission) -> Vec<(String, String)> {
    let own = submission.action.map_or(&[][..], |action| action.fields);
    let said = submission.entries.last(wire::SECRETS).unwrap_or_default();
    // A button may send the fields of another action's form, and an old page those of a form that we no
    // longer know. Which of these are secret? Those that the form says, and those that are in any that we
    // do know.
    let elsewhere = |name: &str| {
        let mut actions = submission.site.actions().values();
        actions.any(|action| formwork_core::is_secret(action.fields, name))
    };
    submission.entries.kept(|name| {
        formwork_core::is_named_secret(said, name)
            || formwork_core::is_secret(own, name)
            || (formwork_core::spec_of(own, name).is_none() && elsewhere(name))
    })
}

fn same_page(parts: &Parts) -> HeaderValue {
    let page = parts.uri.path_and_query().map_or("/", |page| page.as_str());
    // A path such as `//x` would be read as a host.
    effects::location(page).unwrap_or_else(|_| HeaderValue::from_static("/"))
}

#[cfg(test)]
mod tests {
    use formwork_core::ErrorKind;

    use super::*;

    #[test]
    fn only_what_asks_for_the_stream_gets_it() {
        let mut headers = HeaderMap::new();
        assert!(!wants_stream(&headers));
        headers.insert(header::ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"));
        assert!(!wants_stream(&headers));
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/x-ndjson"));
        assert!(wants_stream(&headers));
    }

    #[test]
    fn a_page_is_replaced_only_where_there_is_nothing_to_show() {
        assert!(ErrorKind::NotFound.replaces_page());
        for kind in [ErrorKind::Invalid, ErrorKind::Stale, ErrorKind::Internal, ErrorKind::Conflict]
        {
            assert!(!kind.replaces_page(), "{kind:?}");
        }
    }
}
