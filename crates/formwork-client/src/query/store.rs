//! The store of all entries: what is asked of them, and what happens to several at once.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::Duration,
};

use formwork_core::{Change, Layer, QueryKey, Version};
use wasm_bindgen_futures::spawn_local;

use super::{
    entry::{Arrival, Entry, Known, Read, Watcher, whole},
    live::Live,
};
use crate::{dom, submit::stream};

/// How long a value that nobody shows is kept: going back within that time needs no spinner.
const KEPT_FOR: Duration = Duration::from_secs(5 * 60);
/// How long a value that nobody showed counts as new when it is shown again, in milliseconds.
const FRESH_FOR: u64 = 30 * 1000;

#[derive(Default)]
struct Store {
    entries: HashMap<QueryKey, Entry>,
    clock: u64,
    /// When this client last changed something on the server, by the store's count.
    changed: u64,
    /// When it last forgot what may be somebody else's.
    forgotten: u64,
    /// The document has been taken over.
    hydrated: bool,
}

thread_local! {
    static STORE: RefCell<Store> = RefCell::default();
    /// Whether it is looked through later for what is to be dropped.
    static SWEEPING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a value can be shown, and is to be read again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Missing,
    Stale,
    Fresh,
}

/// Keeps a key on screen until it is dropped.
pub struct Watch {
    key: QueryKey,
    id: u64,
}

/// Calls `changed` whenever something happens to the key's entry. `live`: what others change is
/// followed, too.
pub fn watch(key: QueryKey, live: Option<Live>, changed: impl Fn(Change) + 'static) -> Watch {
    let id = tick();
    STORE.with_borrow_mut(|store| {
        let entry = store.entries.entry(key.clone()).or_default();
        entry.watchers.push((id, Rc::new(changed)));
        if live.is_some() {
            entry.live.push(id);
        }
    });
    if let Some(live) = live {
        super::live::begin(live);
        super::live::resubscribe();
    }
    Watch { key, id }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let was_live = STORE.with_borrow_mut(|store| {
            let forgotten = store.forgotten;
            let entry = store.entries.get_mut(&self.key)?;
            entry.watchers.retain(|(id, _)| *id != self.id);
            entry.left = dom::now();
            let before = entry.live.len();
            entry.live.retain(|id| *id != self.id);
            let was_live = entry.live.len() < before;
            sweep_later();
            // It was on screen when everything else was forgotten.
            if !entry.is_watched() && entry.is_from_before(forgotten) {
                store.entries.remove(&self.key);
            }
            Some(was_live)
        });
        if was_live == Some(true) {
            super::live::resubscribe();
        }
    }
}

/// The next moment of the store's count.
pub(crate) fn tick() -> u64 {
    STORE.with_borrow_mut(|store| {
        store.clock += 1;
        store.clock
    })
}

/// What is known of a key, and what lies over it.
pub(super) fn known(key: &QueryKey) -> Option<(Known, Vec<Layer>)> {
    STORE.with_borrow(|store| {
        let entry = store.entries.get(key)?;
        let layers = entry.layers.iter().map(|(_, layer)| Rc::clone(layer)).collect();
        Some((entry.current.as_ref()?.known.clone(), layers))
    })
}

/// Whether the key's value can be shown at once, where so many watchers of it show nothing yet. An
/// error is not kept: the next reader asks again.
pub(super) fn state(key: &QueryKey, new_watchers: usize) -> State {
    let now = dom::now();
    STORE.with_borrow_mut(|store| {
        let changed = store.changed;
        store.sweep(now);
        let Some(entry) = store.entries.get(key) else { return State::Missing };
        let Some(Arrival { known, good_at, .. }) = &entry.current else { return State::Missing };
        if known.is_err() {
            // The document shows it: what hydrates must show the same.
            return if store.hydrated { State::Missing } else { State::Fresh };
        }
        // A value on screen is as fresh as the screen.
        let shown = entry.watchers.len() > new_watchers;
        if *good_at < changed || (!shown && now.saturating_sub(entry.arrived) > FRESH_FOR) {
            State::Stale
        } else {
            State::Fresh
        }
    })
}

/// Takes lines in, in one step, and lifts the layers of the submission that they answer. Answers the
/// keys of which the whole value must be asked for: their differences don't fit.
///
/// A line that was asked for before what is here is left out.
pub(crate) fn take_in(lines: Vec<Read>, submission: Option<u64>) -> Vec<QueryKey> {
    let mut unfit = Vec::new();
    let mut told: Vec<Watcher> = Vec::new();
    let came = tick();
    STORE.with_borrow_mut(|store| {
        for Read { since, is_live, is_word, line, .. } in lines {
            let key = line.key.clone();
            let entry = store.entries.entry(key.clone()).or_default();
            let Some(known) = whole(entry.text(), line) else {
                entry.unfit = true;
                unfit.push(key);
                continue;
            };
            if !entry.is_watched() {
                sweep_later();
            }
            let new = Arrival { known, since, is_live, good_at: since, came };
            let arrived = entry.arrived;
            if submission.is_none() && !entry.layers.is_empty() && entry.current.is_some() {
                let is_newer = |held: &Arrival| held.since <= new.since;
                if entry.held.as_ref().is_none_or(is_newer) {
                    entry.held = Some(new);
                }
            } else if entry.replace(new, submission.is_some()) {
                told.extend(entry.watchers.iter().map(|(_, watcher)| Rc::clone(watcher)));
            }
            if is_word && !entry.is_watched() {
                // It is as old as it was.
                entry.arrived = arrived;
            }
        }
        if let Some(submission) = submission {
            told.extend(store.lift(submission));
        }
    });
    tell(told);
    unfit
}

/// Takes out of these lines those that nobody can tell the age of: since they were asked for, another
/// value has come that was asked for by another way, by a submission beside this one, say; or the
/// visitor may be somebody else now. Answers the keys, to be asked for again. (A live value needs no
/// asking: the server sends another whenever there is a newer one.)
pub(crate) fn take_doubtful(lines: &mut Vec<Read>) -> Vec<QueryKey> {
    let is_doubtful = |read: &Read| {
        STORE.with_borrow(|store| {
            if read.asked < store.forgotten {
                return true;
            }
            let Some(entry) = store.entries.get(&read.line.key) else { return false };
            let arrivals = entry.held.iter().chain(&entry.current);
            let mut since_then =
                arrivals.filter(|arrival| !arrival.is_live && arrival.came > read.asked).peekable();
            if since_then.peek().is_none() {
                return false;
            }
            let new = whole(entry.text(), read.line.clone());
            since_then.any(|arrival| new.as_ref() != Some(&arrival.known))
        })
    };
    let (doubtful, rest): (Vec<_>, Vec<_>) =
        std::mem::take(lines).into_iter().partition(is_doubtful);
    *lines = rest;
    doubtful.into_iter().map(|read| read.line.key).collect()
}

/// Drops what nobody shows when its time is over.
fn sweep_later() {
    if SWEEPING.replace(true) {
        return;
    }
    spawn_local(async {
        stream::wait(KEPT_FOR).await;
        SWEEPING.set(false);
        let some_left = STORE.with_borrow_mut(|store| {
            store.sweep(dom::now());
            store.entries.values().any(|entry| !entry.is_watched())
        });
        if some_left {
            sweep_later();
        }
    });
}

impl Store {
    fn sweep(&mut self, now: u64) {
        let most = KEPT_FOR.as_secs() * 1000;
        let lately = |entry: &Entry| now.saturating_sub(entry.left.max(entry.arrived)) < most;
        self.entries.retain(|_, entry| entry.is_watched() || lately(entry));
    }

    fn lift(&mut self, submission: u64) -> Vec<Watcher> {
        let entries = self.entries.values_mut();
        let changed = entries.filter_map(|entry| entry.lift(submission).then_some(&entry.watchers));
        changed.flatten().map(|(_, watcher)| Rc::clone(watcher)).collect()
    }
}

/// Nobody is told twice: two changes at once are one.
fn tell(watchers: Vec<Watcher>) {
    let mut told: Vec<Watcher> = Vec::new();
    for watcher in watchers {
        if !told.iter().any(|other| Rc::ptr_eq(other, &watcher)) {
            watcher(Change::Value);
            told.push(watcher);
        }
    }
}

/// Lays what a submission is expected to make of a value over it.
pub(crate) fn lay(key: &QueryKey, submission: u64, layer: Layer) {
    let told = STORE.with_borrow_mut(|store| {
        let entry = store.entries.get_mut(key)?;
        entry.layers.push((submission, layer));
        Some(entry.watchers.iter().map(|(_, watcher)| Rc::clone(watcher)).collect())
    });
    tell(told.unwrap_or_default());
}

/// Takes a submission's layers away; what lay over them lies over what is left.
pub(crate) fn lift(submission: u64) {
    tell(STORE.with_borrow_mut(|store| store.lift(submission)));
}

/// This client has changed something on the server: what is not on screen is to be read again before
/// it counts as fresh. Of `named` the server says what this has changed; of what was changed before,
/// it doesn't. Answers the moment.
pub(crate) fn changed(named: &[QueryKey]) -> u64 {
    let now = tick();
    STORE.with_borrow_mut(|store| {
        let before = std::mem::replace(&mut store.changed, now);
        for key in named {
            let entry = store.entries.get_mut(key);
            if let Some(current) = entry.and_then(|entry| entry.current.as_mut())
                && current.good_at >= before
            {
                current.good_at = now;
            }
        }
    });
    now
}

/// The document has been taken over: an error in it is no reader's any more.
pub(crate) fn hydrated() {
    STORE.with_borrow_mut(|store| store.hydrated = true);
}

/// Whether something was changed since then.
pub(super) fn changed_since(time: u64) -> bool {
    STORE.with_borrow(|store| store.changed > time)
}

/// Whether the key is on screen with a value from before this client last changed something.
pub(super) fn is_older(key: &QueryKey) -> bool {
    STORE.with_borrow(|store| {
        let entry = store.entries.get(key).filter(|entry| entry.is_watched());
        let current = entry.and_then(|entry| entry.current.as_ref());
        current.is_some_and(|current| current.good_at < store.changed)
    })
}

/// Forgets what is not on screen: it may be somebody else's, and so may what has been asked for and
/// has not come yet, and what goes on to be followed.
pub(crate) fn forget_unwatched() {
    let now = tick();
    STORE.with_borrow_mut(|store| {
        store.forgotten = now;
        store.entries.retain(|_, entry| entry.is_watched());
        store.entries.values_mut().for_each(|entry| entry.held = None);
    });
    super::destination::forget();
    super::live::follow_anew();
}

/// Whether what was asked for then may be somebody else's.
pub(super) fn is_forgotten(asked: u64) -> bool {
    STORE.with_borrow(|store| asked < store.forgotten)
}

/// Whether the key is on screen.
pub(super) fn is_on_screen(key: &QueryKey) -> bool {
    STORE.with_borrow(|store| store.entries.get(key).is_some_and(Entry::is_watched))
}

/// Tells the watchers of these keys that they are being read again, or no longer.
pub(super) fn reading(keys: &[QueryKey], is_reading: bool) {
    let told: Vec<Watcher> = STORE.with_borrow(|store| {
        let entries = keys.iter().filter_map(|key| store.entries.get(key));
        entries.flat_map(|entry| &entry.watchers).map(|(_, watcher)| Rc::clone(watcher)).collect()
    });
    for watcher in told {
        watcher(Change::Reading(is_reading));
    }
}

/// The JSON of a key's value.
pub(super) fn text(key: &QueryKey) -> Option<Rc<str>> {
    STORE.with_borrow(|store| store.entries.get(key)?.text().cloned())
}

/// The version of a key's value, unless the whole value is wanted.
pub(super) fn version(key: &QueryKey) -> Option<Version> {
    STORE.with_borrow(|store| {
        let entry = store.entries.get(key).filter(|entry| !entry.unfit)?;
        entry.text().map(|text| Version::of(text))
    })
}

/// The keys that are watched, in a stable order.
pub(crate) fn keys_on_screen() -> Vec<QueryKey> {
    keys_where(&|_| true)
}

/// The keys that nobody watches and whose value is as good as when it was read, those first that were
/// on screen last: the visitor may go back to them.
pub(super) fn keys_kept() -> Vec<QueryKey> {
    let changed = STORE.with_borrow(|store| store.changed);
    keys_held_since(changed)
}

/// The same with those whose value may have changed since.
pub(super) fn keys_held() -> Vec<QueryKey> {
    keys_held_since(0)
}

fn keys_held_since(time: u64) -> Vec<QueryKey> {
    STORE.with_borrow(|store| {
        let is_good = |entry: &Entry| {
            entry.current.as_ref().is_some_and(|it| it.known.is_ok() && it.good_at >= time)
        };
        let kept = store.entries.iter().filter(|(_, it)| !it.is_watched() && is_good(it));
        let mut kept: Vec<_> =
            kept.map(|(key, entry)| (entry.left.max(entry.arrived), key)).collect();
        kept.sort_unstable_by(|(a, _), (b, _)| b.cmp(a));
        kept.into_iter().map(|(_, key)| key.clone()).collect()
    })
}

/// The watched keys that follow what others change.
pub(super) fn live_keys() -> Vec<QueryKey> {
    keys_where(&|entry| !entry.live.is_empty())
}

/// The watched keys whose value is older than this moment of the store's count.
pub(crate) fn keys_older_than(time: u64) -> Vec<QueryKey> {
    keys_where(&|entry| entry.current.as_ref().is_some_and(|current| current.good_at < time))
}

fn keys_where(wanted: &dyn Fn(&Entry) -> bool) -> Vec<QueryKey> {
    STORE.with_borrow(|store| {
        let watched = store.entries.iter().filter(|(_, entry)| entry.is_watched());
        let mut keys: Vec<_> =
            watched.filter(|(_, entry)| wanted(entry)).map(|(key, _)| key.clone()).collect();
        keys.sort_unstable();
        keys
    })
}
