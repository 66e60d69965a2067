//! What others change, for the queries on screen that follow it: one event source for as many as one
//! address names.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::Duration,
};

use formwork_core::{
    QueryKey,
    wire::{self, Line, QueryLine},
};
use serde_json::value::RawValue;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, EventSource, MessageEvent};

use super::{Read, entry::whole, fetch, store};
use crate::{
    dom::{document, is_hidden},
    page,
    submit::stream,
};

/// How long to wait after the server has refused, before it is asked again.
const REFUSED_FOR: Duration = Duration::from_secs(15);
/// How long after the connection was lost, and at most how much longer: when a server ends, not all of
/// its clients are to come back at once.
const LOST_FOR: Duration = Duration::from_secs(1);
const AT_MOST_LONGER: f64 = 3_000.0;

struct Subscription {
    /// Tells it from those before and after it.
    id: u64,
    /// The page that shows them.
    page: String,
    keys: Vec<QueryKey>,
    /// What the server has sent last of each, or was told that the client holds: its differences are
    /// from that, whatever has come by another way meanwhile.
    sent: HashMap<QueryKey, Rc<str>>,
    /// One, unless there are more keys than one address names.
    _sources: Vec<Source>,
}

/// A connection that is closed when it is dropped.
struct Source {
    source: EventSource,
    _listeners: [Closure<dyn Fn(Event)>; 2],
}

impl Drop for Source {
    fn drop(&mut self) {
        self.source.close();
    }
}

/// Follows what others change: functions, so that a client without a live query does not have them.
#[derive(Clone, Copy)]
pub struct Live {
    resubscribe: fn(),
    follow_anew: fn(),
}

/// For the queries that are live.
pub const LIVE: Live = Live { resubscribe: subscribe_later, follow_anew: subscribe_anew };

thread_local! {
    /// Once there has been a live query.
    static FOLLOWS: Cell<Option<Live>> = const { Cell::new(None) };
    static SUBSCRIPTION: RefCell<Option<Subscription>> = const { RefCell::new(None) };
    static CHECKING: RefCell<bool> = const { RefCell::new(false) };
}

/// There is a live query from now on.
pub(super) fn begin(live: Live) {
    FOLLOWS.set(Some(live));
}

/// Follows what is on screen once this tick's changes to it are made.
pub(crate) fn resubscribe() {
    if let Some(live) = FOLLOWS.get() {
        (live.resubscribe)();
    }
}

fn subscribe_later() {
    if !CHECKING.replace(true) {
        spawn_local(async {
            stream::next_task().await;
            CHECKING.set(false);
            subscribe();
        });
    }
}

/// A hidden page follows nothing: over HTTP/1.1 a browser has six connections for all tabs of a
/// site, and each event source holds one. When it is shown again it is brought up to date.
pub(crate) fn follow_visibility() {
    let changed = Closure::<dyn Fn()>::new(resubscribe);
    let listener = changed.as_ref().unchecked_ref();
    let _ = document().add_event_listener_with_callback("visibilitychange", listener);
    // It listens as long as the page lives.
    changed.forget();
}

/// As whoever the visitor is now: the connection was opened with the cookies of its time.
pub(super) fn follow_anew() {
    if let Some(live) = FOLLOWS.get() {
        (live.follow_anew)();
    }
}

fn subscribe_anew() {
    SUBSCRIPTION.set(None);
    subscribe_later();
}

fn subscribe() {
    let keys = if is_hidden() { Vec::new() } else { store::live_keys() };
    let page = page::path_of(&page::shown()).to_owned();
    let is_followed = SUBSCRIPTION.with_borrow(|current| match current {
        Some(current) => current.keys == keys && current.page == page,
        None => keys.is_empty(),
    });
    if !is_followed {
        // The old one is closed first.
        SUBSCRIPTION.set(None);
        if !keys.is_empty() {
            let id = store::tick();
            let sent = keys.iter().filter_map(|key| Some((key.clone(), store::text(key)?)));
            let sent = sent.collect();
            let sources = super::requests(keys.clone()).into_iter();
            let _sources = sources.filter_map(|keys| open(id, &keys)).collect();
            SUBSCRIPTION.set(Some(Subscription { id, page, keys, sent, _sources }));
        }
    }
}

/// The server answers at once for each key whose value is not the one named, and from then on
/// whenever it changes.
fn open(id: u64, keys: &[QueryKey]) -> Option<Source> {
    let source = EventSource::new(&super::address(wire::LIVE_PATH, keys)).ok()?;
    let message = Closure::<dyn Fn(Event)>::new(|event: Event| {
        let text = event.unchecked_into::<MessageEvent>().data().as_string().unwrap_or_default();
        if let Some(Line::Query(line)) = wire::decode(&text) {
            take(line);
        }
    });
    let failed = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let source = event.target().and_then(|target| target.dyn_into::<EventSource>().ok());
        let Some(source) = source else { return };
        let refused = source.ready_state() == EventSource::CLOSED;
        // The browser would open a lost one again by itself, but with the versions of the first time.
        source.close();
        spawn_local(async move {
            let longer = (AT_MOST_LONGER * js_sys::Math::random()) as u64;
            let longer = Duration::from_millis(longer);
            stream::wait(if refused { REFUSED_FOR } else { LOST_FOR + longer }).await;
            open_again(id);
        });
    });
    source.set_onmessage(Some(message.as_ref().unchecked_ref()));
    source.set_onerror(Some(failed.as_ref().unchecked_ref()));
    Some(Source { source, _listeners: [message, failed] })
}

/// Opens it again with what is held by now, unless another has taken its place.
fn open_again(id: u64) {
    let is_current =
        SUBSCRIPTION.with_borrow(|current| current.as_ref().is_some_and(|it| it.id == id));
    if is_current {
        SUBSCRIPTION.set(None);
        subscribe();
    }
}

fn take(line: QueryLine) {
    let key = line.key.clone();
    let whole = SUBSCRIPTION.with_borrow_mut(|current| {
        let sent = &mut current.as_mut()?.sent;
        let known = whole(sent.get(&key), line)?;
        if let Ok(text) = &known {
            sent.insert(key.clone(), Rc::clone(text));
        }
        Some(known)
    });
    let line = match whole {
        Some(Ok(text)) => RawValue::from_string(text.to_string())
            .ok()
            .map(|value| QueryLine::of_value(key.clone(), value)),
        Some(Err(error)) => Some(QueryLine::of_error(key.clone(), error)),
        None => None,
    };
    match line {
        Some(line) => fetch::settle(Read::live(line)),
        None => fetch::refetch(vec![key]),
    }
}
