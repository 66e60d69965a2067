//! Queries in the browser: one shared entry a key, filled from the document, from a submission's
//! stream, from what other visitors change, or by one request for all that a tick asks for.

mod destination;
mod entry;
mod fetch;
mod live;
mod store;

use std::any::Any;

use formwork_core::{
    ActionError, ErrorKind, PublicError, Query, QueryKey,
    wire::{self, QueryLine},
};
use js_sys::encode_uri_component;
use send_wrapper::SendWrapper;
use web_sys::Headers;

pub(crate) use destination::{go, is_awaited, prefetch, prepare, remember, stay};
pub(crate) use entry::Read;
pub(crate) use fetch::{ask, refetch};
pub use live::{LIVE, Live};
pub(crate) use live::{follow_visibility, resubscribe};
pub use store::{Watch, watch};
pub(crate) use store::{
    changed, forget_unwatched, hydrated, keys_older_than, keys_on_screen, lay, lift, take_doubtful,
    take_in, tick,
};

use crate::page;
use store::State;

/// A query that a component can read; in the browser that is every query.
pub trait Readable: Query {}

impl<Q: Query> Readable for Q {}

/// The query's value: at once if it is here, otherwise from the server with the next request. A
/// value that may have changed since it was read is shown, and read again.
pub fn read<Q: Readable>(
    query: Q,
) -> impl Future<Output = Result<Q::Output, PublicError>> + Send + 'static {
    let key = query.key();
    // The browser has one thread: a future that never leaves it may say that it could.
    SendWrapper::new(async move {
        match store::state(&key, 1) {
            State::Fresh => {}
            State::Stale => fetch::refetch(vec![key.clone()]),
            State::Missing => {
                if let Some(error) = fetch::fetch(key.clone()).await {
                    return Err(error);
                }
            }
        }
        peek::<Q>(&key).unwrap_or_else(|| Err(unreachable_server()))
    })
}

/// Reads the query's value again, whatever is known of it.
pub fn refresh(key: QueryKey) {
    fetch::refetch(vec![key]);
}

/// The query's value if it is here, with what pending submissions are expected to make of it.
pub fn peek<Q: Readable>(key: &QueryKey) -> Option<Result<Q::Output, PublicError>> {
    let (known, layers) = store::known(key)?;
    Some(known.and_then(|text| {
        let mut value: Q::Output = wire::decode(&text).ok_or_else(unreadable)?;
        for layer in layers {
            layer(&mut value as &mut dyn Any);
        }
        Ok(value)
    }))
}

/// The document's values, before anything reads them.
pub(crate) fn seed(lines: Vec<QueryLine>) {
    let now = tick();
    take_in(lines.into_iter().map(|line| Read::asked_at(now, line)).collect(), None);
}

/// Proxies refuse an address or a header of more than 8 KiB.
const MOST_BYTES: usize = 6 * 1024;

/// How many of these keys, from the first on, one request names.
fn fit(keys: &[QueryKey]) -> usize {
    let mut bytes = 0;
    let fits = |key: &&QueryKey| {
        bytes += named(key).len() + "&k=".len();
        bytes <= MOST_BYTES
    };
    let fit = keys.iter().take(wire::MOST_QUERIES).take_while(fits).count();
    // One that is longer than that has a request of its own, or it would never be read.
    fit.max(1).min(keys.len())
}

/// What is on screen, and then what is kept for when the visitor goes back, as far as one request
/// names it: of the rest the server can't say anything.
pub(crate) fn vouched_for() -> Vec<QueryKey> {
    let mut keys = store::keys_on_screen();
    keys.extend(store::keys_kept());
    for_headers(keys)
}

/// The same with what is kept from before something was changed: a page is read anew in any case, and of
/// what is here only the difference need come.
fn held() -> Vec<QueryKey> {
    let mut keys = store::keys_on_screen();
    keys.extend(store::keys_held());
    for_headers(keys)
}

/// Those of these keys that headers have room for. One that is too long is left out.
fn for_headers(mut keys: Vec<QueryKey>) -> Vec<QueryKey> {
    let mut left = MOST_BYTES;
    keys.retain(|key| {
        let bytes = named(key).len() + 1;
        let fits = bytes <= left;
        if fits {
            left -= bytes;
        }
        fits
    });
    keys.truncate(wire::MOST_QUERIES);
    keys
}

/// What of this is on screen.
pub(crate) fn on_screen(keys: &[QueryKey]) -> Vec<QueryKey> {
    keys.iter().filter(|key| store::is_on_screen(key)).cloned().collect()
}

/// These keys, divided among as many requests as it takes.
fn requests(mut keys: Vec<QueryKey>) -> Vec<Vec<QueryKey>> {
    let mut requests = Vec::new();
    while !keys.is_empty() {
        let rest = keys.split_off(fit(&keys));
        requests.push(std::mem::replace(&mut keys, rest));
    }
    requests
}

/// Names what the client holds, so that the server can say what of it has changed, and how.
pub(crate) fn name(keys: &[QueryKey], headers: &Headers) {
    let (shown, kept): (Vec<_>, Vec<_>) = keys.iter().partition(|key| store::is_on_screen(key));
    for (header, keys) in [(wire::QUERIES_HEADER, shown), (wire::KEPT_HEADER, kept)] {
        let value = keys.into_iter().map(named).collect::<Vec<_>>().join(",");
        if !value.is_empty() {
            let _ = headers.set(header, &value);
        }
    }
}

/// The same in the address of a request for these keys, with the page that shows them.
fn address(path: &str, keys: &[QueryKey]) -> String {
    let page = String::from(encode_uri_component(page::path_of(&page::shown())));
    let keys: Vec<String> = keys.iter().map(|key| format!("&k={}", named(key))).collect();
    format!("{path}?p={page}{}", keys.concat())
}

fn named(key: &QueryKey) -> String {
    let name = String::from(encode_uri_component(key.as_str()));
    match store::version(key) {
        Some(version) => format!("{name};{version}"),
        None => name,
    }
}

/// A value of another build's type: the next document is of the new build.
fn unreadable() -> PublicError {
    let text = "This page is older than the data it asked for. Reload it.";
    ActionError::refused(ErrorKind::Stale, text).public(None)
}

/// No connection, or it broke.
fn unreachable_server() -> PublicError {
    let text = "The server could not be reached. Check your connection and try again.";
    ActionError::refused(ErrorKind::Unavailable, text).public(None)
}
