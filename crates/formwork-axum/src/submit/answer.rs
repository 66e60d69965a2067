//! Step 12: the same outcome in either gear.

use axum::{body::Body, response::Response};
use formwork_core::{
    ActionError, Issues, Posted, PublicError, QueryKey,
    wire::{self, Line, Outcome},
};
use futures::{StreamExt, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};

use super::{Ran, Submission};
use crate::{
    boundary::Isolated,
    cookies,
    effects::{self, Effects},
    failure, flash, observe,
    page::{self, PageState},
    query::{self, QueryScope},
    site::Site,
};

pub(super) async fn answer(submission: Submission, result: Result<Ran, ActionError>) -> Response {
    let wait = result.as_ref().err().and_then(ActionError::seconds_to_wait);
    let (outcome, effects) = settle(&submission, result);
    observe::submission(
        &submission.action_id,
        submission.id(),
        &outcome,
        submission.replayed,
        submission.begun,
    );
    let mut response = if wants_stream(&submission.parts.headers) {
        enhanced(submission, outcome, &effects)
    } else if outcome.is_success() {
        see_other(&submission, outcome, &effects)
    } else {
        native(submission, outcome).await
    };
    let headers = response.headers_mut();
    cookies::set(headers, &effects.cookies);
    if let Some(seconds) = wait {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// The outcome for the visitor, and the effects to apply; a failure has none.
fn settle(submission: &Submission, result: Result<Ran, ActionError>) -> (Outcome, Effects) {
    match result {
        Ok(ran) => {
            let outcome = Outcome {
                status: 200,
                value: Some((*ran.value).to_owned()),
                redirect: ran.effects.redirect.clone(),
                ..Outcome::default()
            };
            (outcome, (*ran.effects).clone())
        }
        Err(error) => {
            let public = failure::publish(&submission.action_id, &error);
            (Outcome::failed(public, error.issues().clone()), Effects::default())
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

/// The stream: the outcome at once, then each query that the action touched, then the end.
fn enhanced(submission: Submission, outcome: Outcome, effects: &Effects) -> Response {
    let status = StatusCode::from_u16(outcome.status).expect("statuses are declared in ErrorKind");
    let Submission { site, mut parts, .. } = submission;
    let stale: Vec<QueryKey> = if outcome.is_success() && outcome.redirect.is_none() {
        query::named_in(&site, &parts.headers)
            .into_iter()
            .filter(|key| {
                let tags = site.queries().get(key.id()).and_then(|def| def.tags(key));
                tags.is_some_and(|tags| effects.touch(&tags))
            })
            .collect()
    } else {
        Vec::new()
    };
    cookies::overlay(&mut parts.headers, &effects.cookies);
    let lines = stream::iter([Line::Outcome(outcome)])
        .chain(query::lines(&site, QueryScope::new(parts, site.keys()), stale))
        .chain(stream::iter([Line::End]));
    let mut response = query::stream_response(&site, Isolated::outside(lines));
    *response.status_mut() = status;
    response
}

/// Success without JavaScript: a redirect, so that a refresh writes nothing again.
fn see_other(submission: &Submission, outcome: Outcome, effects: &Effects) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
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
    let state = if replaced {
        PageState { posted: None, error }
    } else {
        PageState { posted: Some(posted(&submission, outcome)), error: None }
    };
    let mut parts = submission.parts;
    parts.method = http::Method::GET;
    let mut response = page::render(&submission.site, parts, state).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn posted(submission: &Submission, outcome: Outcome) -> Posted {
    let secrets = match submission.action {
        Some(action) => action.secrets.to_vec(),
        // Which fields of a form we don't know are secret? Those that are in any we do.
        None => submission.site.actions().values().flat_map(|a| a.secrets).copied().collect(),
    };
    let kept = if outcome.is_success() { Vec::new() } else { submission.entries.kept(&secrets) };
    Posted { action: submission.action_id.clone(), form: submission.form.clone(), outcome, kept }
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
