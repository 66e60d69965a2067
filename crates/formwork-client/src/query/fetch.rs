//! One request for all the queries that a tick asks for; several, if they are too many for one.

use std::{cell::RefCell, collections::BTreeMap};

use formwork_core::{
    PublicError, QueryKey,
    wire::{self, Line, QueryLine},
};
use futures_channel::oneshot;
use wasm_bindgen_futures::spawn_local;
use web_sys::RequestInit;

use super::{Read, destination, store, unreachable_server};
use crate::submit::stream;

/// Who waits for a key: for the error, or for nothing when the value is in the store.
type Waiting = BTreeMap<QueryKey, Vec<oneshot::Sender<Option<PublicError>>>>;

thread_local! {
    /// What will be asked for at the end of this tick.
    static NEXT: RefCell<Waiting> = const { RefCell::new(BTreeMap::new()) };
    /// What has been asked for.
    static ASKED: RefCell<Waiting> = const { RefCell::new(BTreeMap::new()) };
}

/// Waits until the key's value is in the store, or there is an error.
pub(super) async fn fetch(key: QueryKey) -> Option<PublicError> {
    let (sender, receiver) = oneshot::channel();
    // A request that is under way answers a first read just as well.
    let sender = ASKED.with_borrow_mut(|asked| match asked.get_mut(&key) {
        Some(waiting) => {
            waiting.push(sender);
            None
        }
        None => Some(sender),
    });
    if sender.is_some() {
        enqueue(key, sender);
    }
    receiver.await.unwrap_or_else(|_| Some(unreachable_server()))
}

/// Asks again for these keys; whoever watches them is told.
pub(crate) fn refetch(keys: Vec<QueryKey>) {
    store::reading(&keys, true);
    for key in keys {
        enqueue(key, None);
    }
}

fn enqueue(key: QueryKey, sender: Option<oneshot::Sender<Option<PublicError>>>) {
    let first = NEXT.with_borrow_mut(|next| {
        let first = next.is_empty();
        next.entry(key).or_default().extend(sender);
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
    let keys: Vec<QueryKey> = next.keys().cloned().collect();
    ASKED.with_borrow_mut(|asked| {
        for (key, waiting) in next {
            asked.entry(key).or_default().extend(waiting);
        }
    });
    for keys in super::requests(keys) {
        spawn_local(read(keys));
    }
}

/// Reads what one request names.
async fn read(keys: Vec<QueryKey>) {
    let since = store::tick();
    // What a cut stream did not bring is answered below as unreachable.
    let _ = request(&keys, |line| settle(since, line)).await;
    for key in keys {
        let Some(waiting) = ASKED.with_borrow_mut(|asked| asked.remove(&key)) else { continue };
        // A value on screen is better than none: only first reads learn of the failure.
        store::reading(&[key], false);
        for sender in waiting {
            let _ = sender.send(Some(unreachable_server()));
        }
    }
}

/// Asks for these keys at once, and answers the lines without taking them in.
pub(crate) async fn ask(keys: Vec<QueryKey>) -> Vec<Read> {
    let mut lines = Vec::new();
    for keys in super::requests(keys) {
        let since = store::tick();
        let _ = request(&keys, |line| lines.push(Read::asked_at(since, line))).await;
    }
    lines
}

async fn request(keys: &[QueryKey], mut line: impl FnMut(QueryLine)) -> Result<(), stream::Cut> {
    let url = super::address(wire::QUERY_PATH, keys);
    let read = |read| {
        if let Line::Query(read) = read {
            line(read);
        }
    };
    stream::read(&url, &RequestInit::new(), read).await
}

/// Takes a line in that was read, and lets go who waits for it.
pub(super) fn settle(since: u64, line: QueryLine) {
    let (key, error) = (line.key.clone(), line.error.clone());
    let waiting = |all: &mut Waiting| all.remove(&key).unwrap_or_default();
    let mut senders = ASKED.with_borrow_mut(waiting);
    senders.extend(NEXT.with_borrow_mut(waiting));
    let mut again = store::take_in(vec![Read::asked_at(since, line)], None);
    store::reading(std::slice::from_ref(&key), false);
    for sender in senders {
        let _ = sender.send(error.clone());
    }
    // It may have been read before this client changed it.
    if again.is_empty() && store::changed_since(since) && store::is_older(&key) {
        again.push(key);
    }
    if !again.is_empty() {
        refetch(again);
    }
}
