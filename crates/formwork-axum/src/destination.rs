//! After a redirect in the enhanced gear: the destination's data, in the same response.
//!
//! 1. [`Site::guarded`](crate::Site::guarded), outside of all layers, marks an enhanced submission
//!    with [`Expected`].
//! 2. The answer to a redirect has its outcome line, then waits for lines; it carries a
//!    [`Continue`] with the place to send them to.
//! 3. The outermost layer finds it when every layer is done with the response, and so has every
//!    cookie that was set, a session's included. It lays them over the request's own and asks the
//!    router for the destination, as any request would ([`ForData`] says what for).
//! 4. The page driver renders the page, and hands over what that read instead of its HTML.
//!
//! A client that is about to follow a link asks for the same: `GET` of the page with `Accept:
//! application/x-ndjson` is answered by what the page reads.
//!
//! The marks are of types that are private to this crate: no header stands for them.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, body::Body, extract::Request, response::Response};
use formwork_core::wire::{self, Line};
use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header, request::Parts};
use tokio::sync::oneshot;
use tower::ServiceExt;

use crate::{
    cookies,
    effects::is_local_path,
    query::{self, Settled},
    site::Site,
    submit,
};

/// In a request: somebody will go on when the answer is a redirect.
#[derive(Clone)]
struct Expected;

/// How much longer than it may take the destination is waited for.
const MARGIN: Duration = Duration::from_millis(250);

/// In a response: go on with this redirect, and send what its page reads.
#[derive(Clone)]
struct Continue {
    to: Uri,
    /// Whether the client forgets what it keeps: then it can make nothing of a difference from that.
    forgets: bool,
    send: Arc<Mutex<Option<oneshot::Sender<Vec<Line>>>>>,
}

/// In a request: it asks for what the page reads, not for the page.
#[derive(Clone)]
pub(crate) struct ForData;

/// Takes part in an enhanced submission from outside of all layers.
pub(crate) struct Continuing {
    request: Parts,
}

impl Continuing {
    /// Remembers what it takes to go on, and says so to the page.
    pub(crate) fn expect(parts: &mut Parts) -> Option<Self> {
        if parts.method != Method::POST || !submit::wants_stream(&parts.headers) {
            return None;
        }
        let request = parts.clone();
        parts.extensions.insert(Expected);
        Some(Continuing { request })
    }

    /// Goes on if the answer is a redirect.
    pub(crate) fn go_on(self, response: &mut Response, router: Router, limit: Duration) {
        let Some(Continue { to, forgets, send }) = response.extensions_mut().remove() else {
            return;
        };
        let send = send.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut send) = send else { return };
        let mut request = next(self.request, to, response.headers());
        if forgets {
            request.headers_mut().remove(wire::KEPT_HEADER);
        }
        request.extensions_mut().insert(ForData);
        tokio::spawn(async move {
            let read = tokio::time::timeout(limit, router.oneshot(request));
            tokio::select! {
                // The visitor went away.
                () = send.closed() => {}
                read = read => {
                    if let Ok(Ok(mut response)) = read
                        && let Some(lines) = response.extensions_mut().remove::<Lines>()
                    {
                        // Whoever waited may have gone.
                        let _ = send.send(lines.0.to_vec());
                    }
                }
            }
        });
    }
}

/// Whether the head of this answer says to go on.
pub(crate) fn goes_on(answer: &Response) -> bool {
    answer.extensions().get::<Continue>().is_some()
}

/// What stands in the response to a request for data.
#[derive(Clone)]
struct Lines(Arc<[Line]>);

/// The lines that will come from the destination of a redirect; none if nobody goes on.
pub(crate) fn lines(
    parts: &Parts,
    to: &HeaderValue,
    forgets: bool,
    limit: Duration,
) -> Option<(impl Stream<Item = Line> + Send + 'static, impl FnOnce(&mut Response))> {
    parts.extensions.get::<Expected>()?;
    // Another site's page is not ours to read, whatever page of ours has the same path.
    let to = to.to_str().ok().filter(|to| is_local_path(to))?;
    let to = to.split('#').next()?.parse::<Uri>().ok()?;
    let (send, receive) = oneshot::channel();
    // A layer that waits for the whole answer would wait for lines that wait for it.
    let receive = tokio::time::timeout(limit + MARGIN, receive);
    let lines = stream::once(receive).flat_map(|lines| {
        let lines = lines.ok().and_then(Result::ok);
        stream::iter(lines.unwrap_or_default())
    });
    let carry = move |response: &mut Response| {
        let send = Arc::new(Mutex::new(Some(send)));
        response.extensions_mut().insert(Continue { to, forgets, send });
    };
    Some((lines, carry))
}

/// What belongs to the submission, or to a browser that wants a document.
const OF_THE_SUBMISSION: [HeaderName; 12] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::TRANSFER_ENCODING,
    header::EXPECT,
    header::ORIGIN,
    header::ACCEPT_ENCODING,
    header::IF_NONE_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_MATCH,
    header::IF_UNMODIFIED_SINCE,
    header::RANGE,
];

/// The visitor's next request, as far as the layers can tell: for this page, after this answer.
pub(crate) fn next(mut parts: Parts, to: Uri, answered: &HeaderMap) -> Request {
    parts.method = Method::GET;
    for name in OF_THE_SUBMISSION {
        parts.headers.remove(name);
    }
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    let changes = cookies::set_by(answered, to.path());
    cookies::overlay(&mut parts.headers, &changes);
    parts.uri = to;
    Request::from_parts(parts, Body::empty())
}

/// The answer to a client that asks for a page's data itself, before it shows the page.
pub(crate) fn to_client(site: &Site, mut read: Response) -> Response {
    let lines: Option<Lines> = read.extensions_mut().remove();
    let lines = lines.map(|lines| lines.0.to_vec()).unwrap_or_default();
    let lines = stream::iter(lines).chain(stream::iter([Line::End]));
    let mut response = query::stream_response(site, lines);
    response.headers_mut().append(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// The answer to a request for data: what a page read, for a client that may hold some of it.
pub(crate) fn data(site: &Site, headers: &HeaderMap, read: Vec<Settled>) -> Response {
    let named = query::named_in(site, headers);
    let reads = site.reads();
    let lines = read.into_iter().map(|settled| {
        let held = named.iter().find(|asked| asked.key == settled.line.key);
        Line::Query(reads.sent().line(settled, held.and_then(|asked| asked.held)))
    });
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Lines(lines.collect()));
    response
}
