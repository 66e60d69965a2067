//! The store of one instance: everything in its own memory, nothing to install.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use moka::{Expiry, ops::compute::Op, policy::EvictionPolicy, sync::Cache};
use tokio::sync::broadcast;

use super::{
    Changes, Claim, ClaimId, Counted, Ended, Entry, Fingerprint, Invalidation, Lookup, Reply,
    Store, submissions::Submissions, tags::Tags,
};

/// See the module.
pub(crate) struct Memory {
    entries: Cache<Box<str>, Entry>,
    tags: Tags,
    invalidations: broadcast::Sender<Arc<Invalidation>>,
    submissions: Submissions,
    counters: Cache<Box<str>, Arc<Counter>>,
}

/// The events of one window.
struct Counter {
    count: AtomicU64,
    window: Duration,
    began: Instant,
}

/// How many invalidations a slow follower may be behind before it is told that it missed some.
const FOLLOWED: usize = 256;
/// How many windows are counted at a time.
const MOST_COUNTERS: u64 = 200_000;

/// Values of at most so many bytes, each for as long as it lives.
pub(super) fn entries(bytes: usize) -> Cache<Box<str>, Entry> {
    #[expect(clippy::borrowed_box, reason = "moka gives the key as it keeps it")]
    let weigher = |key: &Box<str>, entry: &Entry| weight(key.len() + entry.weight());
    Cache::builder().max_capacity(bytes as u64).weigher(weigher).expire_after(Kept).build()
}

impl Memory {
    /// A store that keeps so many bytes of values.
    pub(crate) fn new(entry_bytes: usize) -> Self {
        Memory {
            entries: entries(entry_bytes),
            tags: Tags::new(),
            invalidations: broadcast::Sender::new(FOLLOWED),
            submissions: Submissions::new(),
            counters: Cache::builder()
                .max_capacity(MOST_COUNTERS)
                .eviction_policy(EvictionPolicy::lru())
                .expire_after(Kept)
                .build(),
        }
    }

    fn lookup(&self, key: &str, also: &[String]) -> Lookup {
        // The clock before the tags: an invalidation in between is noticed as a later one.
        let now = self.tags.now();
        let found = self.entries.get(key).and_then(|entry| {
            let tags = entry.tags().iter().chain(also).map(|tag| self.tags.state(tag));
            let validity = entry.validity(tags)?;
            Some((entry, validity))
        });
        Lookup { now, found }
    }

    fn count(&self, key: &str, window: Duration) -> Counted {
        let fresh =
            || Arc::new(Counter { count: AtomicU64::new(0), window, began: Instant::now() });
        let over = |counter: &Counter| counter.began.elapsed() >= counter.window;
        let mut counter = self.counters.get_with(key.into(), fresh);
        if over(&counter) {
            self.counters.remove(key);
            counter = self.counters.get_with(key.into(), fresh);
        }
        let count = counter.count.fetch_add(1, Ordering::Relaxed) + 1;
        Counted { count, ends_in: window.saturating_sub(counter.began.elapsed()) }
    }
}

impl Store for Memory {
    fn lookup<'a>(&'a self, key: &'a str, also: &'a [String]) -> Reply<'a, Lookup> {
        Box::pin(async move { Ok(self.lookup(key, also)) })
    }

    fn put<'a>(&'a self, key: &'a str, entry: Entry) -> Reply<'a, ()> {
        Box::pin(async move {
            // In one step: of two that are put at once, the newer one stays.
            self.entries.entry(key.into()).and_compute_with(|old| match old {
                Some(old) if old.value().as_of() > entry.as_of() => Op::Nop,
                _ => Op::Put(entry),
            });
            Ok(())
        })
    }

    fn changes<'a>(&'a self, tags: &'a [String]) -> Reply<'a, Changes> {
        Box::pin(async move { Ok(self.tags.changes(tags)) })
    }

    fn invalidate<'a>(&'a self, what: &'a Invalidation) -> Reply<'a, ()> {
        Box::pin(async move {
            self.tags.invalidate(what);
            // Nobody may be following.
            let _ = self.invalidations.send(Arc::new(what.clone()));
            Ok(())
        })
    }

    fn invalidations(&self) -> broadcast::Receiver<Arc<Invalidation>> {
        self.invalidations.subscribe()
    }

    fn claim<'a>(&'a self, submission: &'a Fingerprint, lease: Duration) -> Reply<'a, Claim> {
        Box::pin(async move { Ok(self.submissions.claim(submission, lease)) })
    }

    fn end<'a>(
        &'a self,
        submission: &'a Fingerprint,
        claim: ClaimId,
        ended: Ended,
        kept: Duration,
    ) -> Reply<'a, ()> {
        Box::pin(async move {
            self.submissions.end(submission, claim, ended, kept);
            Ok(())
        })
    }

    fn wait<'a>(&'a self, submission: &'a Fingerprint) -> Reply<'a, Ended> {
        Box::pin(async move { Ok(self.submissions.wait(submission).await) })
    }

    fn count<'a>(&'a self, key: &'a str, window: Duration) -> Reply<'a, Counted> {
        Box::pin(async move { Ok(self.count(key, window)) })
    }
}

/// Each value is kept for as long as it says.
struct Kept;

impl Expiry<Box<str>, Entry> for Kept {
    fn expire_after_create(&self, _: &Box<str>, entry: &Entry, _: Instant) -> Option<Duration> {
        Some(entry.kept())
    }

    fn expire_after_update(
        &self,
        _: &Box<str>,
        entry: &Entry,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.kept())
    }
}

impl Expiry<Box<str>, Arc<Counter>> for Kept {
    fn expire_after_create(
        &self,
        _: &Box<str>,
        counter: &Arc<Counter>,
        _: Instant,
    ) -> Option<Duration> {
        Some(counter.window)
    }
}

fn weight(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use futures::FutureExt;

    use super::*;
    use crate::store::{Life, Moment, Validity, conformance};

    #[tokio::test]
    async fn it_conforms() {
        conformance::run(|| Memory::new(1 << 20)).await;
    }

    /// Writers and readers on threads of their own, as many times as they get through each other.
    #[test]
    fn c4_no_thread_is_served_what_is_from_before_a_write_that_was_told() {
        let store = Memory::new(1 << 20);
        // What a database would hold, and which of its states every instance was told of.
        let (written, told) = (AtomicU64::new(0), AtomicU64::new(0));
        let write = || {
            let new = written.fetch_add(1, Ordering::SeqCst) + 1;
            let what = Invalidation::update(["a"]);
            let told_now = store.invalidate(&what);
            told_now.now_or_never().expect("it waits for nothing").expect("it is in memory");
            told.fetch_max(new, Ordering::SeqCst);
        };
        let hits = AtomicU64::new(0);
        let read = || {
            let least = told.load(Ordering::SeqCst);
            let Lookup { now, found } = store.lookup("key", &[]);
            if let Some((entry, Validity::Fresh)) = found {
                let value = u64::from_le_bytes(entry.parts()[0][..].try_into().unwrap());
                assert!(value >= least, "{value} was served after {least} was told");
                hits.fetch_add(1, Ordering::Relaxed);
                return;
            }
            let value = Bytes::copy_from_slice(&written.load(Ordering::SeqCst).to_le_bytes());
            let entry = Entry::new(now, Life::minutes(1), Arc::new(["a".to_owned()]), vec![value]);
            store.put("key", entry).now_or_never().expect("it waits for nothing").unwrap();
        };
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..3_000).for_each(|_| write()));
                scope.spawn(|| (0..30_000).for_each(|_| read()));
            }
        });
        assert!(hits.load(Ordering::Relaxed) > 0, "some were served from the store");
    }

    #[tokio::test]
    async fn values_are_bounded_by_bytes() {
        for (decoded_bytes, most) in [(0, 9), (20_000, 3)] {
            let store = Memory::new(100_000);
            for at in 0..100 {
                let value = vec![Bytes::from(vec![b'x'; 10_000])];
                let entry = Entry::new(Moment(1), Life::minutes(1), Arc::new([]), value);
                let entry = entry.decoding_to(decoded_bytes);
                store.put(&format!("key {decoded_bytes} {at}"), entry).await.unwrap();
                store.entries.run_pending_tasks();
            }
            assert!(store.entries.weighted_size() <= 100_000, "{}", store.entries.weighted_size());
            let kept = store.entries.iter().count();
            assert!((1..=most).contains(&kept), "{kept} of {decoded_bytes}");
        }
    }
}
