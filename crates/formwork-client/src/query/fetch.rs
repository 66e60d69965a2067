//! One request for all the queries that a tick asks for; several, if they are too many for one.

use std::{cell::RefCell, collections::HashMap};

use formwork_core::{
    PublicError, QueryKey,
    wire::{self, Line, QueryLine},
};
use futures_channel::oneshot;
use wasm_bindgen_futures::spawn_local;
use web_sys::RequestInit;

use super::{Read, destination, store, unreachable_server};
use crate::submit::stream;

/// Waits for a key: for the error, or for nothing when the value is in the store.
type Waiter = oneshot::Sender<Option<PublicError>>;

/// Who waits for a key, and when it was asked for.
#[derive(Default)]
struct Asked {
    since: u64,
    waiting: Vec<Waiter>,
}

thread_local! {
    /// What will be asked for at the end of this tick.
    static NEXT: RefCell<HashMap<QueryKey, Asked>> = RefCell::default();
    /// What has been asked for.
    static ASKED: RefCell<HashMap<QueryKey, Asked>> = RefCell::default();
}

/// Waits until the key's value is in the store, or there is an error.
pub(super) async fn fetch(key: QueryKey) -> Option<PublicError> {
    let (waiter, receiver) = oneshot::channel();
    // A request that is under way answers a first read just as well.
    let waiter = ASKED.with_borrow_mut(|asked| match asked.get_mut(&key) {
        Some(asked) => {
            asked.waiting.push(waiter);
            None
        }
        None => Some(waiter),
    });
    if let Some(waiter) = waiter {
        enqueue(key, vec![waiter]);
    }
    receiver.await.unwrap_or_else(|_| Some(unreachable_server()))
}

/// Asks again for these keys; whoever watches them is told.
pub(crate) fn refetch(keys: Vec<QueryKey>) {
    store::reading(&keys, true);
    for key in keys {
        enqueue(key, Vec::new());
    }
}

fn enqueue(key: QueryKey, waiting: Vec<Waiter>) {
    let first = NEXT.with_borrow_mut(|next| {
        let first = next.is_empty();
        next.entry(key).or_default().waiting.extend(waiting);
        first
    });
    if first {
        spawn_local(async {
            // By then every component has asked, those included that waited for a value that was
            // here.
            stream::next_task().await;
            flush();
        });
    }
}

/// Sends what has been asked for, unless the data of a whole page is on its way: that may have it.
pub(super) fn flush() {
    if destination::is_awaited() {
        return;
    }
    let next = NEXT.take();
    if next.is_empty() {
        return;
    }
    let since = store::tick();
    let mut keys: Vec<QueryKey> = next.keys().cloned().collect();
    // One address for the same keys, whatever asked for them first.
    keys.sort_unstable();
    ASKED.with_borrow_mut(|asked| {
        for (key, next) in next {
            let asked = asked.entry(key).or_default();
            asked.since = since;
            asked.waiting.extend(next.waiting);
        }
    });
    for keys in super::requests(keys) {
        spawn_local(read(since, keys));
    }
}

/// Reads what one request names.
async fn read(since: u64, keys: Vec<QueryKey>) {
    // What a cut stream did not bring is answered below as unreachable.
    let _ = request(&keys, &mut |line| settle(Read::asked_at(since, line))).await;
    for key in keys {
        // Unless it has been asked for again meanwhile.
        let is_ours = |asked: &Asked| asked.since == since;
        let left = ASKED.with_borrow_mut(|asked| {
            asked.get(&key).is_some_and(is_ours).then(|| asked.remove(&key)).flatten()
        });
        let Some(Asked { waiting, .. }) = left else { continue };
        // A value on screen is better than none: only first reads learn of the failure.
        store::reading(&[key], false);
        for waiter in waiting {
            let _ = waiter.send(Some(unreachable_server()));
        }
    }
}

/// Asks for these keys at once, and answers the lines without taking them in.
pub(crate) async fn ask(keys: Vec<QueryKey>) -> Vec<Read> {
    let mut lines = Vec::new();
    for keys in super::requests(keys) {
        let since = store::tick();
        let _ = request(&keys, &mut |line| lines.push(Read::asked_at(since, line))).await;
    }
    lines
}

async fn request(keys: &[QueryKey], line: &mut dyn FnMut(QueryLine)) -> Result<(), stream::Cut> {
    let url = super::address(wire::QUERY_PATH, keys);
    let mut read = |read| {
        if let Line::Query(read) = read {
            line(read);
        }
    };
    stream::read(&url, &RequestInit::new(), &mut read).await
}

/// Takes in what was read, and lets go who waits for it.
pub(super) fn settle(read: Read) {
    let (key, error, since) = (read.line.key.clone(), read.line.error.clone(), read.since);
    let mut waiting = ASKED.with_borrow_mut(|asked| asked.remove(&key)).unwrap_or_default().waiting;
    let next = NEXT.with_borrow_mut(|next| next.remove(&key));
    waiting.extend(next.unwrap_or_default().waiting);
    if store::is_forgotten(since) {
        // It was asked for as somebody else, perhaps.
        if !waiting.is_empty() || store::is_on_screen(&key) {
            enqueue(key, waiting);
        }
        return;
    }
    let mut again = store::take_in(vec![read], None);
    store::reading(std::slice::from_ref(&key), false);
    for waiter in waiting {
        let _ = waiter.send(error.clone());
    }
    // It may have been read before this client changed it.
    if again.is_empty() && store::changed_since(since) && store::is_older(&key) {
        again.push(key);
    }
    if !again.is_empty() {
        refetch(again);
    }
}
