//! A cached value, how long it lives, and whether it may still be served.

use std::{
    any::Any,
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;

use super::{Moment, tags::TagState};

/// A cached value; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Entry(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    as_of: Moment,
    made_at: u64,
    life: Life,
    tags: Arc<[String]>,
    parts: Vec<Bytes>,
    /// About how many bytes it takes once it is decoded, besides these.
    decoded_bytes: usize,
    /// What this instance has made of the bytes; it does not travel.
    decoded: OnceLock<Arc<dyn Any + Send + Sync>>,
}

/// How long a value is served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// So long it is served as it is.
    pub fresh: Duration,
    /// So long after that it is served once more, and computed anew in the background.
    pub stale: Duration,
    /// So long in all it is kept, to be served if computing it anew fails.
    pub expire: Duration,
}

impl Life {
    /// Served as it is for so many seconds; then it is computed anew while the reader waits.
    pub const fn seconds(seconds: u64) -> Self {
        let fresh = Duration::from_secs(seconds);
        Life { fresh, stale: Duration::ZERO, expire: fresh }
    }

    /// Served as it is for so many minutes; then it is computed anew while the reader waits.
    pub const fn minutes(minutes: u64) -> Self {
        Self::seconds(minutes * 60)
    }

    /// As this, and so long after that it is served stale while it is computed anew.
    #[must_use]
    pub const fn stale(mut self, stale: Duration) -> Self {
        self.stale = stale;
        self.expire = longer(self.expire, self.fresh.saturating_add(stale));
        self
    }

    /// As this, and kept so long in all, to be served if computing it anew fails.
    #[must_use]
    pub const fn expire(mut self, expire: Duration) -> Self {
        self.expire = longer(expire, self.fresh.saturating_add(self.stale));
        self
    }
}

const fn longer(a: Duration, b: Duration) -> Duration {
    if a.as_nanos() > b.as_nanos() { a } else { b }
}

/// How good a value is that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Validity {
    /// Serve it.
    Fresh,
    /// Serve it, and compute it anew.
    Stale,
    /// Compute it anew, and serve it only if that fails.
    Old,
}

impl Entry {
    /// A value that was computed from what was there at the moment `as_of`, with everything that it
    /// depends on.
    pub(crate) fn new(as_of: Moment, life: Life, tags: Arc<[String]>, parts: Vec<Bytes>) -> Self {
        Self::made_at_time(as_of, now_ms(), life, tags, parts)
    }

    /// As [`new`](Entry::new), made at this time, in milliseconds since 1970.
    pub(super) fn made_at_time(
        as_of: Moment,
        made_at: u64,
        life: Life,
        tags: Arc<[String]>,
        parts: Vec<Bytes>,
    ) -> Self {
        let (decoded_bytes, decoded) = (0, OnceLock::new());
        Entry(Arc::new(Inner { as_of, made_at, life, tags, parts, decoded_bytes, decoded }))
    }

    /// As this one, which is about to be kept; what is made of it takes about so many bytes. It counts
    /// from the beginning: an entry is weighed when it is put in, and decoded when it is read.
    pub(crate) fn decoding_to(mut self, bytes: usize) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.decoded_bytes = bytes;
        }
        self
    }

    pub(super) fn decoded_bytes(&self) -> usize {
        self.0.decoded_bytes
    }

    pub(super) fn made_at(&self) -> u64 {
        self.0.made_at
    }

    pub(super) fn life(&self) -> Life {
        self.0.life
    }

    pub(crate) fn as_of(&self) -> Moment {
        self.0.as_of
    }

    pub(crate) fn tags(&self) -> &Arc<[String]> {
        &self.0.tags
    }

    /// The value itself: one or several texts of whoever put it there.
    pub(crate) fn parts(&self) -> &[Bytes] {
        &self.0.parts
    }

    /// How long it is kept in all.
    pub(crate) fn kept(&self) -> Duration {
        self.0.life.expire
    }

    /// About how many bytes it takes.
    pub(crate) fn weight(&self) -> usize {
        let parts: usize = self.0.parts.iter().map(Bytes::len).sum();
        let tags: usize = self.0.tags.iter().map(|tag| tag.len() + 24).sum();
        parts + self.0.decoded_bytes + tags + 256
    }

    /// What `decode` makes of it, once in this instance; `None` if it can't be read.
    pub(crate) fn decoded<T: Send + Sync + 'static>(
        &self,
        decode: impl FnOnce(&[Bytes]) -> Option<T>,
    ) -> Option<Arc<T>> {
        if let Some(decoded) = self.0.decoded.get() {
            return Arc::clone(decoded).downcast().ok();
        }
        let made: Arc<T> = Arc::new(decode(&self.0.parts)?);
        // Two may have decoded it at once; either will do.
        let _ = self.0.decoded.set(made.clone());
        Some(made)
    }

    /// Whether it may be served, with its tags in these states; `None` if not at all.
    pub(super) fn validity(&self, tags: impl IntoIterator<Item = TagState>) -> Option<Validity> {
        let now = now_ms();
        let age = Duration::from_millis(now.saturating_sub(self.0.made_at));
        let Life { fresh, stale, expire } = self.0.life;
        let mut validity = match age {
            age if age < fresh => Validity::Fresh,
            age if age < fresh.saturating_add(stale) => Validity::Stale,
            age if age < expire => Validity::Old,
            _ => return None,
        };
        for tag in tags {
            if tag.updated > self.0.as_of {
                return None;
            }
            if tag.stale > self.0.as_of {
                if tag.stale_until <= now {
                    return None;
                }
                validity = if validity == Validity::Old { Validity::Old } else { Validity::Stale };
            }
        }
        Some(validity)
    }
}

/// Milliseconds since 1970, which all instances agree about well enough for how long a value lives.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(life: Life) -> Entry {
        Entry::new(Moment(5), life, Arc::new([]), vec![])
    }

    #[test]
    fn a_life_has_three_ages() {
        let life = Life::seconds(1).stale(Duration::from_secs(2));
        assert_eq!(life.expire, Duration::from_secs(3), "kept while it is stale");
        assert_eq!(life.expire(Duration::from_secs(1)).expire, Duration::from_secs(3));
        let hour = Duration::from_secs(3600);
        for (life, expect) in [
            (Life::minutes(1), Some(Validity::Fresh)),
            (Life::default().stale(hour), Some(Validity::Stale)),
            (Life::default().expire(hour), Some(Validity::Old)),
            (Life::default(), None),
        ] {
            assert_eq!(entry(life).validity([]), expect, "{life:?}");
        }
    }

    #[test]
    fn a_tag_counts_from_its_moment_on() {
        #[track_caller]
        fn check(updated: u64, stale: u64, until: u64, expect: Option<Validity>) {
            let (updated, stale) = (Moment(updated), Moment(stale));
            let tag = TagState { updated, stale, stale_until: until };
            assert_eq!(entry(Life::minutes(1)).validity([tag]), expect);
        }
        let later = now_ms() + 60_000;
        check(5, 5, 0, Some(Validity::Fresh));
        check(6, 0, later, None);
        check(5, 6, later, Some(Validity::Stale));
        check(5, 6, 0, None);
    }
}
