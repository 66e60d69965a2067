//! The data of a page that the visitor is about to see: all its queries in one request.

use std::{cell::RefCell, collections::HashMap};

use formwork_core::{
    QueryKey,
    wire::{self, Line},
};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Headers, RequestCache, RequestInit};

use super::{
    Read, fetch,
    store::{self, State},
};
use crate::{page, submit::stream};

/// Of how many pages it is remembered what they read.
const REMEMBERED: usize = 50;

#[derive(Default)]
struct Destinations {
    /// The pages whose data is under way; `true`: the visitor has gone there.
    under_way: Vec<(String, bool)>,
    /// What a page read when it was here last.
    reads: HashMap<String, Vec<QueryKey>>,
}

thread_local! {
    static DESTINATIONS: RefCell<Destinations> = RefCell::default();
}

/// The visitor goes to this page now: asks for its data, unless it is here, and remembers what the page
/// that is left has read.
pub(crate) fn go(url: String) {
    remember(page::shown(), store::keys_on_screen());
    prepare(url);
}

/// Asks for the data of the page that is shown next, unless it is here; what its components ask for
/// waits for it.
pub(crate) fn prepare(url: String) {
    stay();
    ask(url, true);
    // What was asked for on the page that is left must not wait for what was to come there.
    spawn_local(async {
        stream::next_task().await;
        fetch::flush();
    });
}

/// Nobody goes anywhere now: what is under way is for a page that may be seen later.
pub(crate) fn stay() {
    DESTINATIONS.with_borrow_mut(|all| all.under_way.iter_mut().for_each(|asked| asked.1 = false));
}

/// Asks for the data of a page that the visitor may go to, unless it is here.
pub(crate) fn prefetch(url: String) {
    ask(url, false);
}

/// A page reads these.
pub(crate) fn remember(page: String, keys: Vec<QueryKey>) {
    DESTINATIONS.with_borrow_mut(|all| all.remember(page, keys));
}

/// Forgets what pages have read: the visitor may be somebody else now.
pub(super) fn forget() {
    DESTINATIONS.with_borrow_mut(|all| all.reads.clear());
}

fn ask(url: String, going: bool) {
    let first = DESTINATIONS.with_borrow_mut(|all| {
        if let Some(asked) = all.under_way.iter_mut().find(|asked| asked.0 == url) {
            asked.1 |= going;
            return false;
        }
        let known = all.reads.get(&url);
        if known.is_some_and(|keys| keys.iter().all(|key| store::state(key, 0) == State::Fresh)) {
            return false;
        }
        all.under_way.push((url.clone(), going));
        true
    });
    if first {
        spawn_local(read(url));
    }
}

/// Whether the data of the page that the visitor has gone to is under way.
pub(crate) fn is_awaited() -> bool {
    DESTINATIONS.with_borrow(|all| all.under_way.iter().any(|(_, going)| *going))
}

async fn read(url: String) {
    let since = store::tick();
    let mut keys = Vec::new();
    let mut complete = false;
    if let Ok(request) = request() {
        // Without an answer, or with one that is no page of this application, the components ask
        // for themselves.
        let read = stream::read(&url, &request, &mut |line| {
            if let Line::Query(line) = line {
                keys.push(line.key.clone());
                fetch::settle(Read::asked_at(since, line));
            }
        })
        .await;
        complete = read.is_ok();
    }
    DESTINATIONS.with_borrow_mut(|all| {
        all.under_way.retain(|(asked, _)| *asked != url);
        // Without any line it may have been no page at all, but a sign-in, say.
        if complete && !keys.is_empty() {
            all.remember(url, keys);
        }
    });
    fetch::flush();
}

fn request() -> Result<RequestInit, wasm_bindgen::JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", wire::NDJSON)?;
    super::name(&super::held(), &headers);
    let request = RequestInit::new();
    request.set_headers(&headers);
    // The browser may hold the page's HTML under this address.
    request.set_cache(RequestCache::NoStore);
    Ok(request)
}

impl Destinations {
    fn remember(&mut self, page: String, keys: Vec<QueryKey>) {
        if self.reads.len() >= REMEMBERED {
            self.reads.clear();
        }
        self.reads.insert(page, keys);
    }
}
