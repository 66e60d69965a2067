//! Reading queries over HTTP: `GET /_formwork/query?k=KEY&k=KEY`, answered by one line a query.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use formwork_core::{
    ActionError, QueryKey,
    wire::{self, Line},
};
use futures::{Stream, StreamExt, stream, stream::FuturesUnordered};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use percent_encoding::percent_decode_str;

use super::QueryScope;
use crate::{refusal::Refusal, site::Site};

/// Answers the queries that a client asks for, in the order in which they finish.
pub(crate) async fn answer(site: Site, parts: Parts) -> Response {
    let query = parts.uri.query().unwrap_or_default();
    let keys = query.split('&').filter_map(|pair| pair.strip_prefix("k="));
    let Some(keys) = decode(&site, keys) else {
        return (
            StatusCode::BAD_REQUEST,
            ActionError::from(Refusal::BadQuery).message().to_owned(),
        )
            .into_response();
    };
    let scope = QueryScope::new(parts, site.keys());
    stream_response(&site, lines(&site, scope, keys).chain(stream::once(async { Line::End })))
}

/// The queries that the enhanced gear says are on screen. A header that can't be read names none:
/// the submission itself is not refused for it.
pub(crate) fn named_in(site: &Site, headers: &HeaderMap) -> Vec<QueryKey> {
    let header = headers.get(wire::QUERIES_HEADER).and_then(|value| value.to_str().ok());
    let keys = header.unwrap_or_default().split(',').filter(|key| !key.is_empty());
    decode(site, keys).unwrap_or_default()
}

/// Percent-decoded keys of registered queries; `None` if there are too many, or one is unknown.
fn decode<'a>(site: &Site, keys: impl Iterator<Item = &'a str>) -> Option<Vec<QueryKey>> {
    let mut decoded = Vec::new();
    for key in keys {
        let key = QueryKey::from_wire(percent_decode_str(key).decode_utf8().ok()?);
        site.queries().get(key.id())?;
        if decoded.len() == site.config().max_queries {
            return None;
        }
        if !decoded.contains(&key) {
            decoded.push(key);
        }
    }
    Some(decoded)
}

/// A line for each query, as it finishes.
pub(crate) fn lines(
    site: &Site,
    scope: QueryScope,
    keys: Vec<QueryKey>,
) -> impl Stream<Item = Line> + Send + 'static {
    let running: FuturesUnordered<_> = keys
        .into_iter()
        .filter_map(|key| Some(site.queries().get(key.id())?.line(scope.request().clone(), key)))
        .collect();
    running.map(move |line| {
        let _running_under = &scope;
        Line::Query(line)
    })
}

/// A response that flushes each line as it comes.
pub(crate) fn stream_response(
    site: &Site,
    lines: impl Stream<Item = Line> + Send + 'static,
) -> Response {
    let body = lines.map(|line| {
        let mut text = serde_json::to_string(&line).map_err(axum::Error::new)?;
        text.push('\n');
        Ok::<_, axum::Error>(Bytes::from(text))
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(wire::NDJSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // nginx holds a response back until its buffer is full unless it is told not to.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    site.mark_build(headers);
    response
}
