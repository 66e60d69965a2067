//! For tests: a store that answers later, as one behind a network does.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use tokio::{sync::broadcast, task::yield_now};

use crate::store::{
    Changes, Claim, ClaimId, Counted, Ended, Entry, Fingerprint, Invalidation, Lookup, Memory,
    Reply, Store,
};

/// A store that answers later, as one behind a network does: what happens before and after each of its
/// answers is said by `meanwhile`, which is given their number.
pub(super) struct Late {
    store: Memory,
    meanwhile: Box<dyn Fn(usize) -> BoxFuture<'static, ()> + Send + Sync>,
    taken: AtomicUsize,
}

impl Late {
    pub(super) fn new(
        meanwhile: impl Fn(usize) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ) -> Self {
        let (store, taken) = (Memory::new(1 << 20), AtomicUsize::default());
        Late { store, meanwhile: Box::new(meanwhile), taken }
    }

    async fn give_way(&self) {
        let at = self.taken.fetch_add(1, Ordering::SeqCst);
        (self.meanwhile)(at).await;
    }

    fn late<'a, T: Send + 'a>(&'a self, reply: Reply<'a, T>) -> Reply<'a, T> {
        Box::pin(async move {
            self.give_way().await;
            let reply = reply.await;
            self.give_way().await;
            reply
        })
    }
}

impl Store for Late {
    fn lookup<'a>(&'a self, key: &'a str, also: &'a [String]) -> Reply<'a, Lookup> {
        self.late(Store::lookup(&self.store, key, also))
    }

    fn put<'a>(&'a self, key: &'a str, entry: Entry) -> Reply<'a, ()> {
        self.late(self.store.put(key, entry))
    }

    fn changes<'a>(&'a self, tags: &'a [String]) -> Reply<'a, Changes> {
        self.late(self.store.changes(tags))
    }

    fn invalidate<'a>(&'a self, what: &'a Invalidation) -> Reply<'a, ()> {
        self.late(self.store.invalidate(what))
    }

    fn invalidations(&self) -> broadcast::Receiver<Arc<Invalidation>> {
        self.store.invalidations()
    }

    fn claim<'a>(&'a self, _: &'a Fingerprint, _: Duration) -> Reply<'a, Claim> {
        unreachable!("a cache claims nothing")
    }

    fn end<'a>(&'a self, _: &'a Fingerprint, _: ClaimId, _: Ended, _: Duration) -> Reply<'a, ()> {
        unreachable!("a cache claims nothing")
    }

    fn wait<'a>(&'a self, _: &'a Fingerprint) -> Reply<'a, Ended> {
        unreachable!("a cache waits for no submission")
    }

    fn count<'a>(&'a self, _: &'a str, _: Duration) -> Reply<'a, Counted> {
        unreachable!("a cache counts nothing")
    }
}

/// Lets others go on so many times.
pub(super) async fn pause(times: u8) {
    for _ in 0..times {
        yield_now().await;
    }
}
