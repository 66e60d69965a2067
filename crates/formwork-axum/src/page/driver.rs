//! Renders a document: in order and to its end before the first byte is sent.
//!
//! Waiting for the end is what makes everything readable without JavaScript, and what lets the
//! status tell the truth: a query deep in the page that finds nothing makes it a 404.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{body::Body, response::Response};
use formwork_core::{ActionError, ErrorKind, PageData, Posted, PublicError};
use futures::FutureExt;
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};

use super::{PageContext, cached::Tripwire, data_block};
use crate::{
    destination::{self, ForData},
    developer, failure, headers,
    leptos_seam::{self, Rendered},
    query::{QueryScope, Settled},
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
    /// A form that waits for the visitor to sign in.
    pub(crate) sign_in: Option<SignIn>,
}

/// Asks the visitor to sign in, on the application's error page.
pub(crate) struct SignIn {
    /// Why.
    pub(crate) error: PublicError,
    /// The form that waits for it, sealed.
    pub(crate) waiting: String,
    /// What became of the sign-in before.
    pub(crate) posted: Option<Posted>,
}

/// The document for this request.
pub(crate) async fn render(site: &Site, parts: Parts, state: PageState) -> Response {
    let PageState { mut posted, error, sign_in } = state;
    if let Some(sign_in) = sign_in
        && let Some(page) = ask_to_sign_in(site, &parts, sign_in).await
    {
        return page;
    }
    let mut first = attempt(site, &parts, posted.clone(), error.clone(), None).await;
    if first.as_ref().is_ok_and(|document| !document.posted_shown)
        && posted.as_mut().is_some_and(move_to_notice)
    {
        first = attempt(site, &parts, posted.clone(), error.clone(), None).await;
    }
    let (rendered, error) = match first {
        Ok(rendered) => {
            match rendered.missing().cloned() {
                // What the page is about can't be shown: say so in the application's own words.
                Some(missing) if error.is_none() && posted.is_none() => {
                    (attempt(site, &parts, None, Some(missing.clone()), None).await, Some(missing))
                }
                _ => (Ok(rendered), error),
            }
        }
        Err(failed) => {
            let error = failure::publish(site.hooks(), parts.uri.path(), &failed);
            (attempt(site, &parts, None, Some(error.clone()), None).await, Some(error))
        }
    };
    match rendered {
        Ok(rendered) => respond(site, rendered, posted.as_ref(), error.as_ref()),
        Err(again) => bare(site, &failure::publish(site.hooks(), "the error page", &again)),
    }
}

/// What the page of this request reads, instead of its document; nothing if the document would be
/// of something else: an error page, or a redirect.
pub(crate) async fn read(site: &Site, parts: Parts) -> Response {
    let document = match attempt(site, &parts, None, None, None).await {
        Ok(document) => document,
        Err(failed) => {
            failure::publish(site.hooks(), parts.uri.path(), &failed);
            return destination::data(site, &parts.headers, Vec::new());
        }
    };
    let status = document.rendered.options.status;
    let is_page = status.is_none_or(|status| status.is_success()) && document.missing().is_none();
    let read = if is_page { document.read } else { Vec::new() };
    destination::data(site, &parts.headers, read)
}

/// The error page, if it has a form to sign in with.
async fn ask_to_sign_in(site: &Site, parts: &Parts, sign_in: SignIn) -> Option<Response> {
    let SignIn { error, waiting, posted } = sign_in;
    let document = attempt(site, parts, posted.clone(), Some(error.clone()), Some(waiting)).await;
    let document = document.ok().filter(|document| document.resume_shown)?;
    let error = Some(&error).filter(|_| posted.is_none());
    Some(respond(site, document, posted.as_ref(), error))
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
    resume: Option<String>,
) -> Result<Document, ActionError> {
    let scope = QueryScope::new(parts.clone(), site.reads());
    // Who has just changed something is not shown what was before.
    let changed = posted.as_ref().is_some_and(|posted| posted.outcome.is_success());
    let fresh = changed || parts.extensions.get::<ForData>().is_some();
    let scope = if fresh { scope.fresh() } else { scope };
    let context =
        PageContext::new(scope.request().clone(), posted.clone(), error.clone(), resume.as_deref());
    let data = PageData { posted, error, resume, ..PageData::default() };
    build(site, scope, parts.clone(), context, data).await
}

/// A document for many visitors: its components see no request, but notice that they look for one.
pub(super) async fn attempt_shared(
    site: &Site,
    parts: &Parts,
    error: Option<PublicError>,
    tripwire: Tripwire,
) -> Result<Document, ActionError> {
    // Made of what is stale, it would be taken for fresh from now on.
    let scope = QueryScope::new(parts.clone(), site.reads()).fresh();
    let context = PageContext::new(scope.request().clone(), None, error.clone(), None).shared();
    let data = PageData { error, ..PageData::default() };
    build(site, scope, tripwire.around(parts), context, data).await
}

async fn build(
    site: &Site,
    scope: QueryScope,
    seen: Parts,
    context: PageContext,
    data: PageData,
) -> Result<Document, ActionError> {
    let nonce = headers::nonce();
    let render = Box::pin(leptos_seam::render(seen, context.clone(), &nonce, site.shell()));
    let render = AssertUnwindSafe(render).catch_unwind();
    let rendered = match tokio::time::timeout(site.config().render_timeout(), render).await {
        Err(_) => return Err(Refusal::Timeout.into()),
        Ok(Err(panic)) => return Err(failure::panicked(&*panic)),
        Ok(Ok(rendered)) => rendered,
    };
    let build = site.build().to_owned();
    let read = scope.request().all_settled();
    let (pages, watched) = (site.routes_of_client(), developer::is_watched());
    let data = PageData { build, pages, watched, ..data };
    let (private, posted_shown) = (scope.request().is_private(), context.is_posted_shown());
    let resume_shown = context.is_resume_shown();
    Ok(Document { rendered, data, read, nonce, private, posted_shown, resume_shown })
}

/// The whole text of a document that nothing was posted for, and its headers without a policy.
pub(super) fn whole(site: &Site, document: Document) -> (String, HeaderMap) {
    let Document { rendered, data, read, .. } = document;
    let Rendered { mut html, options } = rendered;
    append_data(site, &mut html, data, read);
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.extend(options.headers);
    site.mark_build(&mut headers);
    (html, headers)
}

/// Puts into the document what the page read: the client goes on from there.
fn append_data(site: &Site, html: &mut String, data: PageData, read: Vec<Settled>) {
    let reads = site.reads();
    read.iter().for_each(|settled| reads.sent().note_whole(settled));
    let queries = read.into_iter().map(|settled| Arc::unwrap_or_clone(settled.line)).collect();
    data_block::append(html, &PageData { queries, ..data });
}

/// A page that was rendered to its end.
pub(super) struct Document {
    pub(super) rendered: Rendered,
    /// Without what was read.
    data: PageData,
    pub(super) read: Vec<Settled>,
    pub(super) nonce: String,
    pub(super) private: bool,
    /// Whether a form shows what became of the submission.
    posted_shown: bool,
    /// Whether a form to sign in with carries the one that waits for it.
    resume_shown: bool,
}

impl Document {
    /// Why what the page is about can't be shown.
    pub(super) fn missing(&self) -> Option<&PublicError> {
        let mut errors = self.read.iter().filter_map(|settled| settled.line.error.as_ref());
        errors.find(|error| error.kind.replaces_page())
    }

    /// What it is answered with: what a component said, else what became of what it shows.
    pub(super) fn status(
        &self,
        posted: Option<&Posted>,
        error: Option<&PublicError>,
    ) -> StatusCode {
        let failed_query = || self.read.iter().find_map(|settled| settled.line.error.as_ref());
        let status = error
            .map(|error| error.kind.status())
            .or_else(|| posted.map(|posted| posted.outcome.status))
            .or_else(|| failed_query().map(|error| error.kind.status()))
            .unwrap_or(200);
        let status = StatusCode::from_u16(status).expect("statuses are declared in ErrorKind");
        self.rendered.options.status.unwrap_or(status)
    }
}

fn respond(
    site: &Site,
    document: Document,
    posted: Option<&Posted>,
    error: Option<&PublicError>,
) -> Response {
    let status = document.status(posted, error);
    let Document { rendered, data, read, nonce, private, .. } = document;
    let Rendered { mut html, options } = rendered;
    // Asked for anew each time; and what only this visitor may see is not kept at all, so that Back
    // does not show it after signing out.
    let private = private || posted.is_some() || read.iter().any(|settled| settled.personal);
    append_data(site, &mut html, data, read);

    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
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
