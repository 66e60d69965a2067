//! What an action accepts of one visitor, and in all.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::{
    action::{ActionDef, Registry},
    store::Store,
};

/// The limits that an action declares; the settings stand in for those it leaves out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// How often one visitor may run it.
    pub throttle: Option<Throttle>,
    /// The most bytes of a submission.
    pub body: Option<usize>,
    /// How many seconds it may take.
    pub time: Option<u64>,
}

impl Limits {
    /// Nothing declared.
    pub const NONE: Limits = Limits { throttle: None, body: None, time: None };
}

/// So many runs in so many seconds; they may come at once.
#[derive(Clone, Copy, Debug)]
pub struct Throttle {
    /// How many.
    pub times: u32,
    /// In how many seconds.
    pub seconds: u32,
}

/// The counters of every action that declares a throttle.
///
/// Each instance counts for itself. If the instances share a store, they count there as well, so that
/// a visitor has no more of an action by being served by several; and if that store is away, what
/// each instance counts still holds.
pub(crate) struct Throttles {
    by_action: HashMap<&'static str, Counter>,
    shared: Option<Arc<dyn Store>>,
}

struct Counter {
    here: DefaultKeyedRateLimiter<String>,
    /// From how many visitors on those who have long been quiet are dropped: twice as many as were left
    /// the last time, so that one sweep is paid for by as many visitors as it looks at.
    sweep_from: AtomicUsize,
    times: u64,
    window: Duration,
}

/// So many visitors are not worth a sweep.
const SWEEP_FROM: usize = 10_000;

impl Throttles {
    /// `factor` is how many times as often as declared an action may be run; `shared` the store of
    /// several instances.
    pub(crate) fn new(
        actions: &Registry<ActionDef>,
        factor: u32,
        shared: Option<Arc<dyn Store>>,
    ) -> Self {
        let throttled = actions.values().filter_map(|action| {
            let Throttle { times, seconds } = action.limits.throttle?;
            let throttle = Throttle { times: times.saturating_mul(factor.max(1)), seconds };
            Some((action.id, Counter::new(throttle)?))
        });
        Throttles { by_action: throttled.collect(), shared }
    }

    /// Counts a run, or says after how many seconds the next one is accepted.
    pub(crate) async fn count(&self, action: &str, visitor: &str) -> Result<(), u64> {
        let Some(counter) = self.by_action.get(action) else { return Ok(()) };
        counter.count(visitor)?;
        let Some(store) = &self.shared else { return Ok(()) };
        let key = format!("throttle {action} {visitor}");
        match store.count(&key, counter.window).await {
            Ok(counted) if counted.count > counter.times => Err(seconds(counted.ends_in).max(1)),
            Ok(_) => Ok(()),
            Err(error) => {
                tracing::warn!(%error, action, "a throttle is counted by this instance alone");
                Ok(())
            }
        }
    }
}

impl Counter {
    fn new(Throttle { times, seconds }: Throttle) -> Option<Self> {
        let window = Duration::from_secs(seconds.into());
        let burst = NonZeroU32::new(times)?;
        let quota = Quota::with_period(window / times)?.allow_burst(burst);
        let here = RateLimiter::keyed(quota);
        Some(Counter { here, sweep_from: SWEEP_FROM.into(), times: times.into(), window })
    }

    fn count(&self, visitor: &str) -> Result<(), u64> {
        if self.here.len() > self.sweep_from.load(Ordering::Relaxed) {
            self.here.retain_recent();
            self.sweep_from.store(SWEEP_FROM.max(2 * self.here.len()), Ordering::Relaxed);
        }
        self.here
            .check_key(&visitor.to_owned())
            .map_err(|refused| seconds(refused.wait_time_from(DefaultClock::default().now())))
    }
}

/// Whole seconds, rounded up.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

/// How many submissions each client has under way.
#[derive(Default)]
pub(crate) struct UnderWay(Mutex<HashMap<IpAddr, usize>>);

impl UnderWay {
    /// One more, unless the client has `most` already; it counts until the guard is dropped.
    pub(crate) fn enter(self: &Arc<Self>, client: IpAddr, most: usize) -> Option<UnderWayGuard> {
        let mut counts = self.counts();
        let count = counts.entry(client).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(UnderWayGuard { all: Arc::clone(self), client })
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct UnderWayGuard {
    all: Arc<UnderWay>,
    client: IpAddr,
}

impl Drop for UnderWayGuard {
    fn drop(&mut self) {
        let mut counts = self.all.counts();
        if let Some(count) = counts.get_mut(&self.client) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.client);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Memory;

    #[test]
    fn a_client_has_so_many_under_way_and_no_trace_afterwards() {
        let all = Arc::new(UnderWay::default());
        let client = IpAddr::from([127, 0, 0, 1]);
        let first = all.enter(client, 2).unwrap();
        let second = all.enter(client, 2).unwrap();
        assert!(all.enter(client, 2).is_none());
        assert!(all.enter(IpAddr::from([127, 0, 0, 2]), 2).is_some());
        drop(first);
        assert!(all.enter(client, 2).is_some());
        drop(second);
        assert!(all.counts().is_empty());
    }

    fn throttles(shared: Option<Arc<dyn Store>>) -> Throttles {
        let counter = Counter::new(Throttle { times: 3, seconds: 60 }).unwrap();
        Throttles { by_action: HashMap::from([("a", counter)]), shared }
    }

    #[tokio::test]
    async fn so_many_at_once_then_the_time_to_wait() {
        let throttles = throttles(None);
        for _ in 0..3 {
            assert_eq!(throttles.count("a", "x").await, Ok(()));
        }
        let wait = throttles.count("a", "x").await.unwrap_err();
        assert!((1..=20).contains(&wait), "{wait}");
        assert_eq!(throttles.count("a", "y").await, Ok(()));
        assert_eq!(throttles.count("b", "x").await, Ok(()));
    }

    #[tokio::test]
    async fn t11_instances_that_share_a_store_count_together() {
        let store: Arc<dyn Store> = Arc::new(Memory::new(1_000_000));
        let [one, other] = [(); 2].map(|()| throttles(Some(Arc::clone(&store))));
        assert_eq!(one.count("a", "x").await, Ok(()));
        assert_eq!(other.count("a", "x").await, Ok(()));
        assert_eq!(one.count("a", "x").await, Ok(()));
        let wait = other.count("a", "x").await.unwrap_err();
        assert!((1..=60).contains(&wait), "{wait}: this instance has seen only two");
        assert_eq!(other.count("a", "y").await, Ok(()));
    }
}
