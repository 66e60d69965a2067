//! Renders a document: in order and to its end before the first byte is sent.
//!
//! Waiting for the end is what makes everything readable without JavaScript, and what lets the
//! status tell the truth: a query deep in the page that finds nothing makes it a 404.

use std::panic::AssertUnwindSafe;

use axum::{body::Body, response::Response};
use formwork_core::{ActionError, ErrorKind, PageData, Posted, PublicError};
use futures::FutureExt;
use http::{HeaderValue, StatusCode, header, request::Parts};

use super::{PageContext, data_block};
use crate::{
    failure, headers,
    leptos_seam::{self, Rendered},
    query::QueryScope,
    refusal::Refusal,
    site::Site,
};

/// What a document shows besides the page itself.
#[derive(Default)]
pub(crate) struct PageState {
    /// The submission that the document answers.
    pub(crate) posted: Option<Posted>,
    /// An error to show instead of the page.
    pub(crate) error: Option<PublicError>,
}

/// The document for this request.
pub(crate) async fn render(site: &Site, parts: Parts, state: PageState) -> Response {
    let PageState { mut posted, error } = state;
    let mut first = attempt(site, &parts, posted.clone(), error.clone()).await;
    if first.as_ref().is_ok_and(|document| !document.posted_shown)
        && posted.as_mut().is_some_and(move_to_notice)
    {
        first = attempt(site, &parts, posted.clone(), error.clone()).await;
    }
    let (rendered, error) = match first {
        Ok(rendered) => {
            let missing =
                rendered.data.queries.iter().find_map(|query| {
                    query.error.clone().filter(|error| error.kind.replaces_page())
                });
            match missing {
                // What the page is about can't be shown: say so in the application's own words.
                Some(missing) if error.is_none() && posted.is_none() => {
                    (attempt(site, &parts, None, Some(missing.clone())).await, Some(missing))
                }
                _ => (Ok(rendered), error),
            }
        }
        Err(failed) => {
            let error = failure::publish(parts.uri.path(), &failed);
            (attempt(site, &parts, None, Some(error.clone())).await, Some(error))
        }
    };
    match rendered {
        Ok(rendered) => respond(site, rendered, posted.as_ref(), error.as_ref()),
        Err(again) => bare(site, &failure::publish("the error page", &again)),
    }
}

/// A failure that no form on the page shows — its row is gone, a button brought its action, its key
/// was removed — is told like that of a form that is gone: in a notice, with what was entered.
fn move_to_notice(posted: &mut Posted) -> bool {
    match &mut posted.outcome.error {
        Some(error) if error.kind != ErrorKind::Gone => {
            error.kind = ErrorKind::Gone;
            true
        }
        _ => false,
    }
}

async fn attempt(
    site: &Site,
    parts: &Parts,
    posted: Option<Posted>,
    error: Option<PublicError>,
) -> Result<Document, ActionError> {
    let nonce = headers::nonce();
    let scope = QueryScope::new(parts.clone(), site.keys());
    let context = PageContext::new(scope.request().clone(), posted.clone(), error.clone());
    let render = leptos_seam::render(parts.clone(), context.clone(), &nonce, site.shell());
    let render = AssertUnwindSafe(render).catch_unwind();
    let rendered = match tokio::time::timeout(site.config().render_timeout(), render).await {
        Err(_) => return Err(Refusal::Timeout.into()),
        Ok(Err(panic)) => return Err(failure::panicked(&*panic)),
        Ok(Ok(rendered)) => rendered,
    };
    let build = site.build().to_owned();
    let data = PageData { build, posted, error, queries: scope.request().settled() };
    let (private, posted_shown) = (scope.request().is_private(), context.is_posted_shown());
    Ok(Document { rendered, data, nonce, private, posted_shown })
}

struct Document {
    rendered: Rendered,
    data: PageData,
    nonce: String,
    private: bool,
    /// Whether a form shows what became of the submission.
    posted_shown: bool,
}

fn respond(
    site: &Site,
    document: Document,
    posted: Option<&Posted>,
    error: Option<&PublicError>,
) -> Response {
    let Document { rendered: Rendered { mut html, options }, data, nonce, private, .. } = document;
    data_block::append(&mut html, &data);
    let failed_query = data.queries.iter().find_map(|query| query.error.as_ref());
    let status = error
        .map(|error| error.kind.status())
        .or_else(|| posted.map(|posted| posted.outcome.status))
        .or_else(|| failed_query.map(|error| error.kind.status()))
        .unwrap_or(200);

    let mut response = Response::new(Body::from(html));
    *response.status_mut() =
        StatusCode::from_u16(status).expect("statuses are declared in ErrorKind");
    if let Some(status) = options.status {
        *response.status_mut() = status;
    }
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    // Asked for anew each time; and what only this visitor may see is not kept at all, so that Back
    // does not show it after signing out.
    let kept = if private { "no-store" } else { "private, no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    // What a component set stands in for what we would.
    headers.extend(options.headers);
    headers::policy(headers, site.config(), &nonce);
    if error.is_some_and(|error| error.kind == ErrorKind::MethodNotAllowed) {
        headers.insert(header::ALLOW, HeaderValue::from_static("GET, HEAD, POST"));
    }
    site.mark_build(headers);
    response
}

/// The last resort: the application's own error page failed, too.
fn bare(site: &Site, error: &PublicError) -> Response {
    let digest = error.digest.as_deref().unwrap_or_default();
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Error</title></head>\
         <body><h1>Something went wrong</h1><p>{} <code>{digest}</code></p></body></html>",
        error.message
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = StatusCode::from_u16(error.kind.status()).expect("a declared status");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers::policy(headers, site.config(), &headers::nonce());
    site.mark_build(headers);
    response
}
