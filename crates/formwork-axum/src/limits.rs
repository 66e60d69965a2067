//! What an action accepts of one visitor, and in all.

use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use crate::action::{ActionDef, Registry};

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

/// The counters of this instance, one set an action that declares a throttle.
pub(crate) struct Throttles(HashMap<&'static str, DefaultKeyedRateLimiter<String>>);

/// From how many visitors on the counters of those who have long been quiet are dropped.
const SWEEP_FROM: usize = 10_000;

impl Throttles {
    pub(crate) fn new(actions: &Registry<ActionDef>) -> Self {
        let throttled = actions.values().filter_map(|action| {
            let Throttle { times, seconds } = action.limits.throttle?;
            let times = NonZeroU32::new(times)?;
            let period = Duration::from_secs(seconds.into()) / times.get();
            let quota = Quota::with_period(period)?.allow_burst(times);
            Some((action.id, RateLimiter::keyed(quota)))
        });
        Throttles(throttled.collect())
    }

    /// Counts a run, or says after how many seconds the next one is accepted.
    pub(crate) fn count(&self, action: &str, visitor: String) -> Result<(), u64> {
        let Some(limiter) = self.0.get(action) else { return Ok(()) };
        if limiter.len() > SWEEP_FROM {
            limiter.retain_recent();
        }
        limiter.check_key(&visitor).map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
        })
    }
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

    #[test]
    fn so_many_at_once_then_the_time_to_wait() {
        let quota = Quota::with_period(Duration::from_secs(20)).unwrap();
        let quota = quota.allow_burst(NonZeroU32::new(3).unwrap());
        let throttles = Throttles(HashMap::from([("a", RateLimiter::keyed(quota))]));
        for _ in 0..3 {
            assert_eq!(throttles.count("a", "x".into()), Ok(()));
        }
        let wait = throttles.count("a", "x".into()).unwrap_err();
        assert!((1..=20).contains(&wait), "{wait}");
        assert_eq!(throttles.count("a", "y".into()), Ok(()));
        assert_eq!(throttles.count("b", "x".into()), Ok(()));
    }
}
