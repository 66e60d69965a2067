//! The entries: a line a key, and who watches it.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use formwork_core::{QueryKey, wire::QueryLine};

type Watcher = Rc<dyn Fn()>;

#[derive(Default)]
struct Entry {
    line: Option<QueryLine>,
    /// When the line arrived, by the store's own count.
    at: u64,
    watchers: Vec<(u64, Watcher)>,
}

#[derive(Default)]
struct Store {
    entries: HashMap<QueryKey, Entry>,
    clock: u64,
}

thread_local! {
    static STORE: RefCell<Store> = RefCell::default();
}

/// Keeps a key on screen until it is dropped.
pub struct Watch {
    key: QueryKey,
    id: u64,
}

/// Calls `changed` whenever the key's line is replaced.
pub fn watch(key: QueryKey, changed: impl Fn() + 'static) -> Watch {
    STORE.with_borrow_mut(|store| {
        store.clock += 1;
        let id = store.clock;
        store.entries.entry(key.clone()).or_default().watchers.push((id, Rc::new(changed)));
        Watch { key, id }
    })
}

impl Drop for Watch {
    fn drop(&mut self) {
        STORE.with_borrow_mut(|store| {
            if let Some(entry) = store.entries.get_mut(&self.key) {
                entry.watchers.retain(|(id, _)| *id != self.id);
                if entry.watchers.is_empty() {
                    store.entries.remove(&self.key);
                }
            }
        });
    }
}

/// What is known of a key.
pub(super) fn line(key: &QueryKey) -> Option<QueryLine> {
    STORE.with_borrow(|store| store.entries.get(key)?.line.clone())
}

/// The document's values, before anything reads them.
pub(crate) fn seed(lines: Vec<QueryLine>) {
    for line in lines {
        apply(line);
    }
}

/// Replaces a line and tells its watchers, unless it says what they know: the components that show
/// it would be made anew, and what was being typed in them lost.
pub(crate) fn apply(line: QueryLine) {
    let known = self::line(&line.key).is_some_and(|before| says_the_same(&before, &line));
    let watchers = put(line);
    if !known {
        for watcher in watchers {
            watcher();
        }
    }
}

fn says_the_same(a: &QueryLine, b: &QueryLine) -> bool {
    let json = |line: &QueryLine| line.value.as_ref().map(|value| value.get().to_owned());
    json(a) == json(b) && a.error == b.error
}

/// Keeps the line that a first read has waited for: its readers have it, nobody need be told.
pub(super) fn fill(line: QueryLine) {
    put(line);
}

fn put(line: QueryLine) -> Vec<Watcher> {
    STORE.with_borrow_mut(|store| {
        store.clock += 1;
        let entry = store.entries.entry(line.key.clone()).or_default();
        entry.at = store.clock;
        entry.line = Some(line);
        entry.watchers.iter().map(|(_, watcher)| Rc::clone(watcher)).collect()
    })
}

/// Drops the values that nobody watches.
pub(crate) fn sweep() {
    STORE.with_borrow_mut(|store| store.entries.retain(|_, entry| !entry.watchers.is_empty()));
}

/// The keys that are watched, in a stable order.
pub(crate) fn keys_on_screen() -> Vec<QueryKey> {
    keys_where(|_| true)
}

/// The store's count, to tell what arrives later.
pub(crate) fn now() -> u64 {
    STORE.with_borrow(|store| store.clock)
}

/// The watched keys whose value arrived before.
pub(super) fn keys_older_than(time: u64) -> Vec<QueryKey> {
    keys_where(|entry| entry.line.is_some() && entry.at <= time)
}

fn keys_where(wanted: impl Fn(&Entry) -> bool) -> Vec<QueryKey> {
    STORE.with_borrow(|store| {
        let watched = store.entries.iter().filter(|(_, entry)| !entry.watchers.is_empty());
        let mut keys: Vec<_> =
            watched.filter(|(_, entry)| wanted(entry)).map(|(key, _)| key.clone()).collect();
        keys.sort();
        keys
    })
}
