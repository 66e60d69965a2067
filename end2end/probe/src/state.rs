//! What is kept of each room, in memory.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// The rooms; clones share them.
#[derive(Clone, Default)]
pub struct Rooms(Arc<Mutex<HashMap<String, Room>>>);

/// What a test does.
#[derive(Default)]
pub(crate) struct Room {
    /// Numbers that go up, by name.
    pub(crate) numbers: HashMap<String, u64>,
    /// The name of what can't be read.
    pub(crate) failing: Option<String>,
}

impl Rooms {
    /// Looks at a room, or changes it.
    pub(crate) fn with<T>(&self, room: &str, what: impl FnOnce(&mut Room) -> T) -> T {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        what(rooms.entry(room.to_owned()).or_default())
    }
}

impl Room {
    /// The number of this name.
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.numbers.get(name).copied().unwrap_or_default()
    }

    /// Counts one more.
    pub(crate) fn count(&mut self, name: &str) {
        *self.numbers.entry(name.to_owned()).or_default() += 1;
    }
}
