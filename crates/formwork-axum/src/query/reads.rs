//! What the reads of all requests share: the keys, the cache, and what was sent to whom.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{Settled, sent::Sent};
use crate::{cache::Cache, config::Config, hooks::Hooks, seal::Keys, store::Store, view::State};

/// See the module.
pub(crate) struct Reads {
    keys: Arc<Keys>,
    hooks: Arc<Hooks>,
    state: Arc<State>,
    cache: Arc<Cache<Settled>>,
    build: Box<str>,
    /// Queries that declare `cache` and turned out to be for one visitor each.
    personal: Mutex<HashSet<&'static str>>,
    sent: Sent,
    time_limit: Duration,
}

/// How much longer than its page a query may take: a page whose time is over says so itself, rather
/// than show that of each query.
const MARGIN: Duration = Duration::from_millis(250);
/// Of the bytes for cached values, so many parts are for what clients hold.
const SENT_PART: usize = 4;

impl Reads {
    pub(crate) fn new(
        keys: Arc<Keys>,
        hooks: Arc<Hooks>,
        store: Arc<dyn Store>,
        config: &Config,
        build: &str,
    ) -> Arc<Self> {
        // A run that takes too long ends by its own limit: those who wait for it fail with it, and
        // do not all begin another.
        let cache = Cache::new(store, config.render_timeout() + 2 * MARGIN);
        let sent = Sent::new(config.cache_bytes / SENT_PART);
        Arc::new(Reads {
            keys,
            hooks,
            state: Arc::default(),
            cache,
            build: build.into(),
            personal: Mutex::default(),
            sent,
            time_limit: config.render_timeout() + MARGIN,
        })
    }

    /// How long a query may take, its guard included.
    pub(super) fn time_limit(&self) -> Duration {
        self.time_limit
    }

    pub(crate) fn keys(&self) -> &Arc<Keys> {
        &self.keys
    }

    /// Who is told of a query that failed.
    pub(super) fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    /// What the application has given to all requests.
    pub(crate) fn state(&self) -> &Arc<State> {
        &self.state
    }

    pub(super) fn cache(&self) -> &Arc<Cache<Settled>> {
        &self.cache
    }

    pub(crate) fn build(&self) -> &str {
        &self.build
    }

    pub(crate) fn sent(&self) -> &Sent {
        &self.sent
    }

    /// Whether this query can't be cached, as a run of it has shown.
    pub(super) fn is_known_as_personal(&self, query: &'static str) -> bool {
        self.personal.lock().unwrap_or_else(PoisonError::into_inner).contains(query)
    }

    /// Remembers that it can't be cached; whether that is new.
    pub(super) fn note_personal(&self, query: &'static str) -> bool {
        self.personal.lock().unwrap_or_else(PoisonError::into_inner).insert(query)
    }
}
