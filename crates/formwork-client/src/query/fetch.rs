//! One request for all the queries that a tick asks for.

use std::{cell::RefCell, collections::BTreeMap};

use formwork_core::{
    QueryKey,
    wire::{self, Line, QueryLine},
};
use futures_channel::oneshot;
use js_sys::encode_uri_component;
use wasm_bindgen_futures::spawn_local;
use web_sys::RequestInit;

use super::{store, unreachable_server};
use crate::submit::stream;

type Waiting = BTreeMap<QueryKey, Vec<oneshot::Sender<QueryLine>>>;

thread_local! {
    /// What will be asked for at the end of this tick.
    static NEXT: RefCell<Waiting> = const { RefCell::new(BTreeMap::new()) };
    /// What has been asked for.
    static ASKED: RefCell<Waiting> = const { RefCell::new(BTreeMap::new()) };
}

/// The key's line from the server.
pub(super) async fn fetch(key: QueryKey) -> QueryLine {
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
        enqueue(key.clone(), sender);
    }
    match receiver.await {
        Ok(line) => line,
        Err(_) => QueryLine { key, value: None, error: Some(unreachable_server()) },
    }
}

/// Asks again for these keys; whoever watches them is told.
pub(crate) fn refetch(keys: Vec<QueryKey>) {
    for key in keys {
        enqueue(key, None);
    }
}

/// Asks again for what is on screen and arrived before a moment of the store's count.
pub(crate) fn refetch_older_than(time: u64) {
    refetch(store::keys_older_than(time));
}

fn enqueue(key: QueryKey, sender: Option<oneshot::Sender<QueryLine>>) {
    let first = NEXT.with_borrow_mut(|next| {
        let first = next.is_empty();
        next.entry(key).or_default().extend(sender);
        first
    });
    if first {
        // Runs when this tick's synchronous work is done: by then every component has asked.
        spawn_local(flush());
    }
}

async fn flush() {
    let asked = NEXT.take();
    let keys: Vec<QueryKey> = asked.keys().cloned().collect();
    ASKED.with_borrow_mut(|all| {
        for (key, waiting) in asked {
            all.entry(key).or_default().extend(waiting);
        }
    });
    let parameters: Vec<String> = keys
        .iter()
        .map(|key| format!("k={}", String::from(encode_uri_component(key.as_str()))))
        .collect();
    let url = format!("{}?{}", wire::QUERY_PATH, parameters.join("&"));

    // What a cut stream did not bring is answered below as unreachable.
    let _ = stream::read(&url, &RequestInit::new(), |line| {
        if let Line::Query(line) = line {
            settle(line);
        }
    })
    .await;
    for key in keys {
        let unanswered = ASKED.with_borrow(|asked| asked.contains_key(&key));
        if unanswered {
            // A value on screen is better than none: only first reads learn of the failure.
            if store::line(&key).is_some() {
                ASKED.with_borrow_mut(|asked| asked.remove(&key));
            } else {
                settle(QueryLine { key, value: None, error: Some(unreachable_server()) });
            }
        }
    }
}

fn settle(line: QueryLine) {
    let waiting = ASKED.with_borrow_mut(|asked| asked.remove(&line.key)).unwrap_or_default();
    if waiting.is_empty() {
        store::apply(line);
        return;
    }
    // An error is not kept: the next reader asks again.
    if line.error.is_none() {
        store::fill(line.clone());
    }
    for sender in waiting {
        let _ = sender.send(line.clone());
    }
}
