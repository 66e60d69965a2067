//! What the instances of an application share: cached values, what was invalidated, outcomes of
//! submissions, counters.
//!
//! One trait, and an implementation a kind of store; `conformance.rs` is what each of them must do.
//!
//! Invalidation is by one logical clock. Whoever computes a value reads the clock first
//! ([`Moment`]); an invalidation moves the clock on, and notes the new moment at its tags. A value is
//! served while none of its tags has been noted at a later moment than its own, so:
//!
//! 1. an invalidation costs the same however many values there are;
//! 2. an invalidation during a computation wins over it;
//! 3. tags may be found out while the value is computed.

#[cfg(test)]
mod conformance;
mod entry;
mod memory;
mod redis;
mod submissions;
mod tags;

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::future::{self, BoxFuture};
use tokio::sync::broadcast;

use crate::{
    config::{self, Config},
    site::StartError,
};

pub use entry::Life;
pub(crate) use entry::{Entry, Validity, now_ms};
pub(crate) use memory::Memory;
use redis::Redis;

/// What a store answers with, in time.
pub(crate) type Reply<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Where instances keep what they share.
///
/// A store that can't be reached answers with an error: then nothing is cached, and what must be
/// guaranteed (a submission runs once) is refused.
pub(crate) trait Store: Send + Sync + 'static {
    /// The value under this key, if it may still be served; `also` are tags that count besides its
    /// own, for this reader.
    fn lookup<'a>(&'a self, key: &'a str, also: &'a [String]) -> Reply<'a, Lookup>;

    /// Keeps a value. One that was computed later stays.
    fn put<'a>(&'a self, key: &'a str, entry: Entry) -> Reply<'a, ()>;

    /// The clock, and when any of these tags was last invalidated.
    fn changes<'a>(&'a self, tags: &'a [String]) -> Reply<'a, Changes>;

    /// Applies all of it at one moment. When it returns, no value from before is served.
    fn invalidate<'a>(&'a self, what: &'a Invalidation) -> Reply<'a, ()>;

    /// What is invalidated from now on, by whichever instance.
    fn invalidations(&self) -> broadcast::Receiver<Arc<Invalidation>>;

    /// Claims a submission, for at most as long as `lease`.
    fn claim<'a>(&'a self, submission: &'a Fingerprint, lease: Duration) -> Reply<'a, Claim>;

    /// Ends a claim; an outcome is known for as long as `kept`. After an error the store keeps it, and says
    /// it as soon as it can.
    fn end<'a>(
        &'a self,
        submission: &'a Fingerprint,
        claim: ClaimId,
        ended: Ended,
        kept: Duration,
    ) -> Reply<'a, ()>;

    /// Records the outcome of a claimed submission for as long as `kept`.
    fn record<'a>(
        &'a self,
        submission: &'a Fingerprint,
        claim: ClaimId,
        outcome: Bytes,
        kept: Duration,
    ) -> Reply<'a, ()> {
        self.end(submission, claim, Ended::Recorded(outcome), kept)
    }

    /// Gives a claim back: who waits now is told of the failure, and it may be tried again.
    fn release<'a>(
        &'a self,
        submission: &'a Fingerprint,
        claim: ClaimId,
        failure: Bytes,
    ) -> Reply<'a, ()> {
        self.end(submission, claim, Ended::Failed(failure), Duration::ZERO)
    }

    /// The same of a run of which nobody can tell whether it did it: that stays so.
    fn lose<'a>(
        &'a self,
        submission: &'a Fingerprint,
        claim: ClaimId,
        failure: Bytes,
    ) -> Reply<'a, ()> {
        self.end(submission, claim, Ended::Unsure(failure), Duration::ZERO)
    }

    /// Gives a claim up: its run was stopped, and nobody can tell how far it came. Who waits now may claim it.
    fn give_up<'a>(&'a self, submission: &'a Fingerprint, claim: ClaimId) -> Reply<'a, ()> {
        self.end(submission, claim, Ended::Lost, Duration::ZERO)
    }

    /// Waits for the run that is under way.
    fn wait<'a>(&'a self, submission: &'a Fingerprint) -> Reply<'a, Ended>;

    /// Waits until what this instance has recorded, given back and invalidated is where all others find it;
    /// for nothing, where there are no others.
    fn settled(&self) -> BoxFuture<'_, ()> {
        Box::pin(future::ready(()))
    }

    /// Counts one event in the current window of this length, which begins with its first event.
    fn count<'a>(&'a self, key: &'a str, window: Duration) -> Reply<'a, Counted>;
}

/// A moment of the logical clock: it moves on with each invalidation, and never back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub(crate) u64);

/// What was found under a key.
#[derive(Debug)]
pub(crate) struct Lookup {
    /// The clock at the time of the answer: what is computed from now on is of this moment.
    pub(crate) now: Moment,
    /// The value, and how good it is.
    pub(crate) found: Option<(Entry, Validity)>,
}

/// When some tags were last invalidated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changes {
    /// The clock.
    pub(crate) now: Moment,
    /// The last invalidation of any of the tags, of whichever kind.
    pub(crate) last: Moment,
}

/// Tags that are invalidated together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Invalidation {
    /// Whether it is every tag: what was invalidated is not known any more.
    pub(crate) everything: bool,
    /// From now on nothing from before is served.
    pub(crate) updated: Vec<String>,
    /// What is from before is stale: it may be served while it is computed anew, for this long.
    pub(crate) stale: Vec<(String, Duration)>,
}

impl Invalidation {
    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        !self.everything && self.updated.is_empty() && self.stale.is_empty()
    }

    /// As this, and these too.
    fn extend(&mut self, more: &Invalidation) {
        self.everything |= more.everything;
        self.updated.extend(more.updated.iter().cloned());
        self.stale.extend(more.stale.iter().cloned());
    }

    /// Every tag that it names.
    pub(crate) fn tags(&self) -> impl Iterator<Item = &str> {
        let stale = self.stale.iter().map(|(tag, _)| tag.as_str());
        self.updated.iter().map(String::as_str).chain(stale)
    }
}

/// A submission by everything that is in it, hashed.
pub(crate) type Fingerprint = [u8; 32];

/// Which of several claims of one submission.
pub(crate) type ClaimId = u64;

/// What a claim came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// Run it.
    Yours(ClaimId),
    /// It ran; this was its outcome.
    Recorded(Bytes),
    /// It is under way elsewhere.
    Running,
}

/// How a run ended that somebody waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With this outcome.
    Recorded(Bytes),
    /// It failed like this, and may be tried again.
    Failed(Bytes),
    /// It failed like this, may be tried again, and may have been done all the same.
    Unsure(Bytes),
    /// Nothing is known of it; claim it.
    Unknown,
    /// It was begun, and who began it is gone: nobody knows, for as long as nobody claims it.
    Lost,
}

/// An event, counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    /// How many there were in this window, this one included.
    pub(crate) count: u64,
    /// When the window ends.
    pub(crate) ends_in: Duration,
}

/// The store could not be reached, or did not understand.
#[derive(Clone, Debug)]
pub struct StoreError(pub(crate) String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store: {}", self.0)
    }
}

impl std::error::Error for StoreError {}

/// The store that the settings name.
pub(crate) fn open(config: &Config) -> Result<Arc<dyn Store>, StartError> {
    match config.store.as_str() {
        "memory" => Ok(Arc::new(Memory::new(config.cache_bytes))),
        url if url.starts_with("redis://") => match Redis::open(url, config.cache_bytes) {
            Ok(redis) => Ok(Arc::new(redis)),
            // The address may hold a password: it is not repeated.
            Err(error) => Err(StartError::new(format!(
                "`store` in [formwork] of Leptos.toml is an address that can't be used ({error}): \
                 write `redis://host:6379/0`"
            ))),
        },
        other => Err(StartError::new(format!(
            "`store` in [formwork] of Leptos.toml is {:?}: write \"memory\" for each \
             instance's own memory, or the address of a Redis that the instances share, such as \
             \"redis://localhost:6379\"",
            config::without_secrets(other)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_this_build_lacks_stops_the_start() {
        let config = Config { store: "memcached://localhost".to_owned(), ..Config::default() };
        let error = open(&config).err().unwrap().to_string();
        assert!(error.contains("`store`") && error.contains("\"memory\""), "{error}");
        for address in ["redis://:secret@[", "rediss://:secret@host", "app:secret@host"] {
            let config = Config { store: address.to_owned(), ..Config::default() };
            let error = open(&config).err().unwrap().to_string();
            assert!(error.contains("`store`") && !error.contains("secret"), "{error}");
        }
        assert!(open(&Config::default()).is_ok());
    }
}
