//! Live queries: `GET /_formwork/live?p=PAGE&k=KEY;VERSION&k=KEY`, answered by server-sent events (HTML
//! standard, §9.2) whose data is a [`Line`].
//!
//! 1. Whoever follows is first sent each value that is not the one it names.
//! 2. When a tag of a query, or the page's path, is invalidated, by whichever instance, the query is read again, through
//!    every layer and under its guard as any read, and sent if it has another value.
//! 3. A comment every 15 seconds keeps proxies from closing what is quiet.
//! 4. It ends when the visitor goes away, and when the server shuts down; the browser then connects
//!    anew by itself.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    response::{IntoResponse, Response},
};
use formwork_core::{
    ActionError, ErrorKind, QueryKey, Version,
    wire::{self, Line, QueryLine},
};
use futures::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header, request::Parts};
use http_body_util::BodyExt;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::{broadcast, mpsc, watch};
use tower::ServiceExt;

use super::endpoint::{Asked, asked_by, lines};
use crate::{
    boundary::Isolated, destination, forwarded, limits::UnderWayGuard, paths, query::QueryScope,
    refusal::Refusal, site::Site, store::Invalidation,
};

/// Quiet for longer than this, a connection might be closed by what is in between.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Lines that wait for a client that reads slowly; until it does, nothing is read for it.
const WAITING: usize = 16;

/// In a request that follows: the application's router, to read through its layers.
#[derive(Clone)]
pub(crate) struct Again(pub(crate) Router);

/// Answers a client that follows queries.
pub(crate) async fn follow(site: Site, mut parts: Parts) -> Response {
    paths::note_page(&mut parts, &site.routes_of_pages());
    // A page that is older than the server may follow what is no longer there, beside what is.
    let is_live = |asked: &Asked| site.queries().get(asked.key.id()).is_some_and(|def| def.live);
    let mut asked = asked_by(&parts).unwrap_or_default();
    asked.retain(is_live);
    if asked.is_empty() {
        return refused(StatusCode::BAD_REQUEST, Refusal::BadQuery);
    }
    let client = forwarded::counted(&parts, &site.config().trusted_proxies);
    let counted = match client.map(|client| site.follows(client)) {
        Some(None) => return refused(StatusCode::TOO_MANY_REQUESTS, Refusal::TooManyAtOnce),
        counted => counted.flatten(),
    };
    // From before the first read: nothing is missed in between.
    let invalidations = site.store().invalidations();
    let (send, receive) = mpsc::channel(WAITING);
    let closing = site.closing();
    let follower = Follower::new(site.clone(), parts, asked, send, counted);
    tokio::spawn(Isolated::outside(follower.run(invalidations, closing)));

    let events = stream::unfold(receive, |mut receive| async {
        match tokio::time::timeout(HEARTBEAT, receive.recv()).await {
            Ok(Some(line)) => Some((line, receive)),
            Ok(None) => None,
            Err(_) => Some((Bytes::from_static(b":\n\n"), receive)),
        }
    });
    let mut response = Response::new(Body::from_stream(events.map(Ok::<_, axum::Error>)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    site.mark_build(headers);
    response
}

fn refused(status: StatusCode, refusal: Refusal) -> Response {
    (status, ActionError::from(refusal).message().to_owned()).into_response()
}

/// One client that follows.
struct Follower {
    site: Site,
    parts: Parts,
    /// The tags of the page that shows them.
    page: Vec<String>,
    /// The version that the client has of each; none after an error.
    holds: HashMap<QueryKey, Option<Version>>,
    send: mpsc::Sender<Bytes>,
    _counted: Option<UnderWayGuard>,
}

impl Follower {
    fn new(
        site: Site,
        parts: Parts,
        asked: Vec<Asked>,
        send: mpsc::Sender<Bytes>,
        counted: Option<UnderWayGuard>,
    ) -> Self {
        let holds = asked.into_iter().map(|asked| (asked.key, asked.held)).collect();
        Follower { site, page: paths::tags(&parts), parts, holds, send, _counted: counted }
    }

    async fn run(
        mut self,
        mut invalidations: broadcast::Receiver<Arc<Invalidation>>,
        mut closing: watch::Receiver<bool>,
    ) {
        let send = self.send.clone();
        let follow = async {
            let all: Vec<QueryKey> = self.holds.keys().cloned().collect();
            // What the client holds may be older than what it names: it may have come back.
            let mut told = self.tell(&all, false).await;
            while told && let Some(stale) = self.wait(&mut invalidations).await {
                told = self.tell(&stale, true).await;
            }
        };
        tokio::select! {
            () = follow => {}
            () = send.closed() => {}
            _ = closing.wait_for(|closing| *closing) => {}
        }
    }

    /// Waits until some of the queries are out of date.
    async fn wait(
        &self,
        invalidations: &mut broadcast::Receiver<Arc<Invalidation>>,
    ) -> Option<Vec<QueryKey>> {
        use broadcast::error::{RecvError, TryRecvError};
        loop {
            let mut stale: Vec<QueryKey> = match invalidations.recv().await {
                Ok(what) => self.touched(&what),
                Err(RecvError::Lagged(_)) => self.holds.keys().cloned().collect(),
                Err(RecvError::Closed) => return None,
            };
            // What came together is read together.
            loop {
                match invalidations.try_recv() {
                    Ok(what) => stale.extend(self.touched(&what)),
                    Err(TryRecvError::Lagged(_)) => stale.extend(self.holds.keys().cloned()),
                    Err(TryRecvError::Empty | TryRecvError::Closed) => break,
                }
            }
            stale.sort_unstable();
            stale.dedup();
            if !stale.is_empty() {
                return Some(stale);
            }
        }
    }

    fn touched(&self, what: &Invalidation) -> Vec<QueryKey> {
        if what.everything || what.tags().any(|tag| self.page.iter().any(|its| its == tag)) {
            return self.holds.keys().cloned().collect();
        }
        let reads = self.site.reads();
        let is_touched = |(key, held): &(&QueryKey, &Option<Version>)| {
            let declared = self.site.queries().get(key.id()).and_then(|def| def.tags(key));
            let found = reads.sent().tags_of_all(key, **held);
            what.tags().any(|tag| {
                let has = |tags: &[String]| tags.iter().any(|its| its == tag);
                // What nobody knows the tags of may have this one.
                declared.as_deref().is_some_and(has) || found.as_deref().is_none_or(has)
            })
        };
        self.holds.iter().filter(is_touched).map(|(key, _)| key.clone()).collect()
    }

    /// Reads these queries and sends those that have another value than the client. `false` if one could
    /// not be read, and may be later: the client is to follow anew, rather than to show an error instead
    /// of what it has, or never to hear of it.
    async fn tell(&mut self, keys: &[QueryKey], differences: bool) -> bool {
        let mut lines = self.read(keys, differences).await;
        let mut unread: Vec<&QueryKey> = keys.iter().collect();
        while let Some(line) = lines.next().await {
            if line.error.as_ref().is_some_and(|error| is_passing(error.kind)) {
                return false;
            }
            unread.retain(|key| **key != line.key);
            let version = match (&line.value, line.version) {
                (Some(value), _) => Some(Version::of(value.get())),
                (None, version) => version,
            };
            let Some(held) = self.holds.get_mut(&line.key) else { continue };
            if version.is_some() && *held == version {
                continue;
            }
            *held = version;
            let Ok(json) = serde_json::to_string(&Line::Query(line)) else { continue };
            if self.send.send(format!("data: {json}\n\n").into()).await.is_err() {
                return false;
            }
        }
        unread.is_empty()
    }

    async fn read(
        &self,
        keys: &[QueryKey],
        differences: bool,
    ) -> impl Stream<Item = QueryLine> + Send + Unpin + use<> {
        let held = |key: &QueryKey| self.holds.get(key).copied().flatten().filter(|_| differences);
        let through = match self.parts.extensions.get::<Again>() {
            Some(Again(router)) => {
                let named: Vec<String> = keys.iter().map(|key| named(key, held(key))).collect();
                let to = format!("{}?{}", wire::QUERY_PATH, named.join("&"));
                through_layers(router.clone(), self.parts.clone(), to).await
            }
            // Served without `Site::guarded`: there is no way back to the outside.
            None => {
                let scope = QueryScope::new(self.parts.clone(), self.site.reads()).fresh();
                let asked = keys.iter().map(|key| {
                    let (key, held) = (key.clone(), held(key));
                    Asked { key, held, is_kept: false }
                });
                let lines: Vec<Line> =
                    lines(&self.site, scope, asked.collect(), |_| true).collect().await;
                lines
            }
        };
        let lines = through.into_iter().filter_map(|line| match line {
            Line::Query(line) => Some(line),
            _ => None,
        });
        stream::iter(lines)
    }
}

/// Whether what failed like this may go well the next time.
fn is_passing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Internal | ErrorKind::Unavailable | ErrorKind::TooMany)
}

/// A key as it stands in an address.
fn named(key: &QueryKey, held: Option<Version>) -> String {
    let key = utf8_percent_encode(key.as_str(), NON_ALPHANUMERIC);
    match held {
        Some(version) => format!("k={key};{version}"),
        None => format!("k={key}"),
    }
}

/// Asks as the client itself would; what is no answer brings no lines.
async fn through_layers(router: Router, parts: Parts, to: String) -> Vec<Line> {
    let Ok(to) = to.parse::<Uri>() else { return Vec::new() };
    let request = destination::next(parts, to, &HeaderMap::new());
    let Ok(response) = router.oneshot(request).await;
    let Ok(body) = response.into_body().collect().await else { return Vec::new() };
    let body = body.to_bytes();
    let lines = body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.filter_map(|line| serde_json::from_slice(line).ok()).collect()
}
