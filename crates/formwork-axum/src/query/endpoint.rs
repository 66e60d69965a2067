//! Reading queries over HTTP: `GET /_formwork/query?p=PAGE&k=KEY&k=KEY`, answered by one line a query.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use formwork_core::{
    ActionError, QueryKey, Version,
    wire::{self, Line, QueryLine},
};
use futures::{FutureExt, Stream, StreamExt, stream, stream::FuturesUnordered};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use percent_encoding::percent_decode_str;

use super::{Again, QueryScope, Settled};
use crate::{paths, refusal::Refusal, site::Site};

/// A query that a client named, with the version that it holds, if any.
pub(crate) struct Asked {
    pub(crate) key: QueryKey,
    pub(crate) held: Option<Version>,
    /// Whether nobody sees it: it is kept for when the visitor goes back.
    pub(crate) is_kept: bool,
}

impl Asked {
    /// Reads `KEY;VERSION`, with the key percent-encoded; nothing is trusted about it yet.
    fn parse(named: &str) -> Option<Self> {
        let (key, version) = named.split_once(';').unwrap_or((named, ""));
        let key = percent_decode_str(key.trim()).decode_utf8().ok()?;
        let (key, held) = (QueryKey::from_wire(key), Version::parse(version.trim()));
        Some(Asked { key, held, is_kept: false })
    }

    fn is_registered(&self, site: &Site) -> bool {
        site.queries().contains_key(self.key.id())
    }
}

/// Answers the queries that a client asks for, in the order in which they finish. One that this build
/// doesn't have fails for itself: the page may be older than the server.
pub(crate) async fn answer(site: Site, mut parts: Parts) -> Response {
    paths::note_page(&mut parts, &site.routes_of_pages());
    let Some(asked) = asked_by(&parts) else {
        return (
            StatusCode::BAD_REQUEST,
            ActionError::from(Refusal::BadQuery).message().to_owned(),
        )
            .into_response();
    };
    let (asked, missing): (Vec<_>, Vec<_>) =
        asked.into_iter().partition(|asked| asked.is_registered(&site));
    let missing = missing.into_iter().map(|Asked { key, .. }| {
        let error = ActionError::from(Refusal::BadQuery).public(None);
        Line::Query(QueryLine::of_error(key, error))
    });
    // Whoever follows is told once of each change: by what was before it nobody would be helped.
    let follows = parts.extensions.get::<Again>().is_some();
    let scope = QueryScope::new(parts, site.reads());
    let scope = if follows { scope.fresh() } else { scope };
    let lines = stream::iter(missing).chain(lines(&site, scope, asked, |_| true));
    stream_response(&site, lines.chain(stream::once(async { Line::End })))
}

/// The queries that the enhanced gear says are on screen, and then those that it keeps, as many as a
/// client takes to be looked at. What can't be read is left out: the submission itself is not refused
/// for it.
pub(crate) fn named_in(site: &Site, headers: &HeaderMap) -> Vec<Asked> {
    let named = |header| {
        let value = headers.get(header).and_then(|value| value.to_str().ok());
        let keys = value.unwrap_or_default().split(',').filter(|key| !key.is_empty());
        keys.map(Asked::parse)
    };
    let kept = named(wire::KEPT_HEADER).map(|asked| Some(Asked { is_kept: true, ..asked? }));
    let named = named(wire::QUERIES_HEADER).chain(kept).take(wire::MOST_QUERIES).flatten();
    each_once(named.filter(|asked| asked.is_registered(site)))
}

/// The queries in the address of a request for them; `None` if there are too many, or one of them
/// can't be read.
pub(super) fn asked_by(parts: &Parts) -> Option<Vec<Asked>> {
    let query = parts.uri.query().unwrap_or_default();
    let keys = query.split('&').filter_map(|pair| pair.strip_prefix("k="));
    let asked: Vec<Asked> = keys.map(Asked::parse).collect::<Option<_>>()?;
    (asked.len() <= wire::MOST_QUERIES).then(|| each_once(asked))
}

fn each_once(all: impl IntoIterator<Item = Asked>) -> Vec<Asked> {
    let mut once: Vec<Asked> = Vec::new();
    for asked in all {
        if once.iter().all(|other| other.key != asked.key) {
            once.push(asked);
        }
    }
    once
}

/// A line for each query, as it finishes, if what it came to is wanted.
pub(crate) fn lines(
    site: &Site,
    scope: QueryScope,
    asked: Vec<Asked>,
    wanted: impl Fn(&Settled) -> bool + Send + 'static,
) -> impl Stream<Item = Line> + Send + 'static {
    let running: FuturesUnordered<_> = asked
        .into_iter()
        .filter_map(|Asked { key, held, .. }| {
            let run = site.queries().get(key.id())?.settle(scope.request().clone(), key);
            Some(run.map(move |settled| (settled, held)))
        })
        .collect();
    let reads = site.reads();
    running.filter_map(move |(settled, held)| {
        let _running_under = &scope;
        let line = wanted(&settled).then(|| Line::Query(reads.sent().line(settled, held)));
        std::future::ready(line)
    })
}

/// A response that flushes each line as it comes.
pub(crate) fn stream_response(
    site: &Site,
    lines: impl Stream<Item = Line> + Send + 'static,
) -> Response {
    stream_of_bytes(site, lines.map(|line| bytes_of(&line)))
}

/// A line as it travels.
pub(crate) fn bytes_of(line: &Line) -> Result<Bytes, axum::Error> {
    let mut text = serde_json::to_string(line).map_err(axum::Error::new)?;
    text.push('\n');
    Ok(Bytes::from(text))
}

/// The same of lines that are written already.
pub(crate) fn stream_of_bytes(
    site: &Site,
    bytes: impl Stream<Item = Result<Bytes, axum::Error>> + Send + 'static,
) -> Response {
    let mut response = Response::new(Body::from_stream(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(wire::NDJSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx holds a response back until its buffer is full unless it is told not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    site.mark_build(headers);
    response
}
