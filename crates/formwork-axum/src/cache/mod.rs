//! Reading through the store: one computation a key at a time, whoever asks.
//!
//! 1. A value that is fresh is served as it is.
//! 2. One that is stale is served, and computed anew in the background.
//! 3. Otherwise the reader waits for a computation that saw everything that had been invalidated
//!    when the reader came: one that is under way, or a new one.
//!
//! A computation runs on its own: that a reader goes away is nothing to the others. What it came to
//! is kept only if whoever computed it says so.

mod flights;
#[cfg(test)]
mod late;
#[cfg(test)]
mod model;

use std::{future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::future::BoxFuture;

use crate::store::{Entry, Life, Moment, Store, Validity};
use flights::{Flight, Flights};

/// Cached values, and those that are being computed; `V` is what a computation hands to those who
/// wait for it.
pub(crate) struct Cache<V> {
    store: Arc<dyn Store>,
    flights: Flights<V>,
    /// How long a computation may take.
    limit: Duration,
}

/// What a computation came to.
#[derive(Clone)]
pub(crate) struct Made<V> {
    pub(crate) value: V,
    pub(crate) keep: Keep,
}

/// Who else may have it.
#[derive(Clone)]
pub(crate) enum Keep {
    /// Everybody, for so long. What is made of it in memory takes about so many bytes besides.
    Store { life: Life, tags: Arc<[String]>, parts: Vec<Bytes>, decoded_bytes: usize },
    /// Those who wait for it: it is a failure, and the next one tries again.
    Share,
    /// Those who wait for it: it is as good as can be now, but not for later.
    Once,
    /// Nobody: it is for the one visitor whose request it was computed with.
    Private,
}

/// What a reader gets.
pub(crate) enum Got<V> {
    /// A value from the store.
    Entry(Entry, Served),
    /// A value that was just computed.
    Made(V),
    /// It can't be shared, and was computed with another visitor's request: compute it yourself.
    Yourself,
}

/// How a value from the store was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// As it is.
    Fresh,
    /// While it is computed anew.
    Stale,
    /// Because computing it anew failed.
    InsteadOfFailure,
}

/// What is asked for.
pub(crate) struct Ask<'a> {
    pub(crate) key: &'a str,
    /// The tags of the value as far as they are known before it is computed.
    pub(crate) known: &'a [String],
    /// Tags that count for this reader besides the value's own.
    pub(crate) also: &'a [String],
    /// Whether to wait rather than be served what is stale.
    pub(crate) fresh: bool,
}

impl<V: Clone + Send + Sync + 'static> Cache<V> {
    /// A cache over this store; a computation that takes longer than `limit` is given up.
    pub(crate) fn new(store: Arc<dyn Store>, limit: Duration) -> Arc<Self> {
        Arc::new(Cache { store, flights: Flights::default(), limit })
    }

    /// The value under this key if it is fresh.
    pub(crate) async fn peek(&self, key: &str) -> Option<Entry> {
        match self.store.lookup(key, &[]).await.ok()?.found {
            Some((entry, Validity::Fresh)) => Some(entry),
            _ => None,
        }
    }

    /// The value that is asked for; `make` computes it.
    pub(crate) async fn get<F>(self: &Arc<Self>, ask: Ask<'_>, make: impl Fn() -> F) -> Got<V>
    where
        F: Future<Output = Made<V>> + Send + 'static,
    {
        let lookup = match self.store.lookup(ask.key, ask.also).await {
            Ok(lookup) => lookup,
            Err(error) => {
                tracing::warn!(%error, "nothing is cached");
                return Got::Yourself;
            }
        };
        match lookup.found {
            Some((entry, Validity::Fresh)) => Got::Entry(entry, Served::Fresh),
            Some((entry, Validity::Stale)) if !ask.fresh => {
                let _ = self.flight(&ask, lookup.now, &make).await;
                Got::Entry(entry, Served::Stale)
            }
            Some((entry, Validity::Stale | Validity::Old)) => {
                self.fly(ask, lookup.now, &make, Some(entry)).await
            }
            None => self.fly(ask, lookup.now, &make, None).await,
        }
    }

    /// Waits for a computation that is good for a reader who came at this moment.
    async fn fly<F>(
        self: &Arc<Self>,
        ask: Ask<'_>,
        arrived: Moment,
        make: &impl Fn() -> F,
        old: Option<Entry>,
    ) -> Got<V>
    where
        F: Future<Output = Made<V>> + Send + 'static,
    {
        loop {
            let Some((flight, mine)) = self.flight(&ask, arrived, make).await else {
                return Got::Yourself;
            };
            let began = flight.as_of;
            let Some(landed) = flight.landed().await else { return Got::Yourself };
            let (got, as_of, tags) = match landed {
                // Found by the tags that count for who began the flight: for this reader it is as old
                // as it is.
                Landed::Found(entry) => {
                    let (as_of, tags) = (entry.as_of(), Arc::clone(entry.tags()));
                    (Got::Entry(entry, Served::Fresh), as_of, tags)
                }
                Landed::Made(Made { value, keep: Keep::Store { tags, .. } }) => {
                    (Got::Made(value), began, tags)
                }
                // What it failed of may have been mended before this reader came.
                Landed::Made(Made { keep: Keep::Share | Keep::Once, .. }) if began < arrived => {
                    continue;
                }
                Landed::Made(Made { value, keep: Keep::Once }) => return Got::Made(value),
                Landed::Made(Made { value, keep: Keep::Share }) => {
                    return match old {
                        Some(old) => Got::Entry(old, Served::InsteadOfFailure),
                        None => Got::Made(value),
                    };
                }
                Landed::Made(Made { value, keep: Keep::Private }) => {
                    return if mine { Got::Made(value) } else { Got::Yourself };
                }
            };
            if as_of >= arrived {
                return got;
            }
            // It is from before this reader came: it will do if nothing that it turned out to depend
            // on, and nothing that counts for this reader, has changed since.
            let tags: Vec<String> = tags.iter().chain(ask.also).cloned().collect();
            match self.store.changes(&tags).await {
                Ok(changes) if changes.last <= as_of => return got,
                Ok(_) => {}
                Err(_) => return Got::Yourself,
            }
        }
    }

    /// The computation to wait for, and whether this reader began it.
    async fn flight<F>(
        self: &Arc<Self>,
        ask: &Ask<'_>,
        arrived: Moment,
        make: &impl Fn() -> F,
    ) -> Option<(Flight<V>, bool)>
    where
        F: Future<Output = Made<V>> + Send + 'static,
    {
        let known: Vec<String> = ask.known.iter().chain(ask.also).cloned().collect();
        let changes = self.store.changes(&known).await.ok()?;
        let good = |flight: &Flight<V>| flight.as_of >= arrived || flight.as_of >= changes.last;
        let begin = || {
            let computation = make();
            let (cache, key, also) = (Arc::clone(self), ask.key.to_owned(), ask.also.to_vec());
            let as_of = changes.now;
            Box::pin(async move { cache.compute(&key, &also, as_of, computation).await })
                as BoxFuture<_>
        };
        Some(self.flights.join(ask.key, changes.now, good, begin))
    }

    async fn compute(
        &self,
        key: &str,
        also: &[String],
        as_of: Moment,
        computation: impl Future<Output = Made<V>> + Send,
    ) -> Option<Landed<V>> {
        // Between a reader's look and this one, another computation may have ended.
        if let Ok(lookup) = self.store.lookup(key, also).await
            && let Some((entry, Validity::Fresh)) = lookup.found
        {
            return Some(Landed::Found(entry));
        }
        let Ok(made) = tokio::time::timeout(self.limit, computation).await else {
            tracing::warn!(key, "computing a cached value took too long");
            return None;
        };
        if let Keep::Store { life, tags, parts, decoded_bytes } = &made.keep {
            let entry = Entry::new(as_of, *life, Arc::clone(tags), parts.clone());
            let entry = entry.decoding_to(*decoded_bytes);
            if let Err(error) = self.store.put(key, entry).await {
                tracing::warn!(%error, "a value is not cached");
            }
        }
        Some(Landed::Made(made))
    }
}

/// What a computation ended with.
#[derive(Clone)]
enum Landed<V> {
    Made(Made<V>),
    /// Another one had ended just before.
    Found(Entry),
}
