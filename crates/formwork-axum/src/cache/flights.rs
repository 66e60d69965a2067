//! Computations that are under way, by key.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};

use super::Landed;
use crate::store::Moment;

/// A computation that may be waited for.
#[derive(Clone)]
pub(super) struct Flight<V> {
    /// It sees everything that was written before this moment.
    pub(super) as_of: Moment,
    id: u64,
    landed: Shared<BoxFuture<'static, Option<Landed<V>>>>,
}

impl<V: Clone> Flight<V> {
    /// What it comes to; `None` if it was given up.
    pub(super) async fn landed(self) -> Option<Landed<V>> {
        self.landed.await
    }
}

/// See the module; clones share it.
pub(super) struct Flights<V>(Arc<Mutex<Table<V>>>);

struct Table<V> {
    last: u64,
    under_way: HashMap<Box<str>, Flight<V>>,
}

impl<V> Default for Flights<V> {
    fn default() -> Self {
        Flights(Arc::new(Mutex::new(Table { last: 0, under_way: HashMap::new() })))
    }
}

impl<V: Clone + Send + Sync + 'static> Flights<V> {
    /// The computation of this key that is under way, if it is good enough; else a new one, of this
    /// moment. Whether it is new.
    pub(super) fn join(
        &self,
        key: &str,
        now: Moment,
        good: impl FnOnce(&Flight<V>) -> bool,
        begin: impl FnOnce() -> BoxFuture<'static, Option<Landed<V>>>,
    ) -> (Flight<V>, bool) {
        let mut table = self.table();
        if let Some(flight) = table.under_way.get(key).filter(|flight| good(flight)) {
            return (flight.clone(), false);
        }
        table.last += 1;
        let id = table.last;
        let (computation, flights, its_key) = (begin(), Arc::clone(&self.0), Box::<str>::from(key));
        let task = tokio::spawn(async move {
            // Also when it panics: nobody is to wait for what never comes.
            let _remove = Remove { flights, key: its_key, id };
            computation.await
        });
        let landed = async move { task.await.ok().flatten() }.boxed().shared();
        let flight = Flight { as_of: now, id, landed };
        table.under_way.insert(key.into(), flight.clone());
        (flight, true)
    }

    fn table(&self) -> MutexGuard<'_, Table<V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a computation out of the table when it has ended, unless a later one stands there.
struct Remove<V> {
    flights: Arc<Mutex<Table<V>>>,
    key: Box<str>,
    id: u64,
}

impl<V> Drop for Remove<V> {
    fn drop(&mut self) {
        let mut table = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if table.under_way.get(&self.key).is_some_and(|flight| flight.id == self.id) {
            // Dropped when the lock is free again.
            let flight = table.under_way.remove(&self.key);
            drop(table);
            drop(flight);
        }
    }
}
