//! When each tag was last invalidated, by one clock.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{Changes, Invalidation, Moment, now_ms};

/// The last invalidations of a tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TagState {
    /// Values from before are never served.
    pub(crate) updated: Moment,
    /// Values from before are stale.
    pub(crate) stale: Moment,
    /// Until when these may be served, in milliseconds since 1970.
    pub(crate) stale_until: u64,
}

impl TagState {
    fn update(&mut self, now: Moment) {
        self.updated = self.updated.max(now);
    }

    fn make_stale(&mut self, now: Moment, until: u64) {
        let under_way = self.stale > self.updated;
        if under_way && self.stale_until <= now_ms() {
            // Its time is over: what is from before it must not come back to life.
            self.updated = self.stale;
        } else if under_way {
            self.stale_until = self.stale_until.min(until);
            self.stale = self.stale.max(now);
            return;
        }
        self.stale = self.stale.max(now);
        self.stale_until = until;
    }

    pub(super) fn last(&self) -> Moment {
        self.updated.max(self.stale)
    }
}

/// The tags that were invalidated, in this process.
pub(super) struct Tags {
    clock: AtomicU64,
    /// A tag that isn't in the table was last invalidated no later than this.
    floor: AtomicU64,
    hasher: RandomState,
    shards: Vec<RwLock<Shard>>,
    /// From how many bytes on a shard forgets the older half.
    most: usize,
}

/// A part of the table.
#[derive(Default)]
struct Shard {
    states: HashMap<Box<str>, TagState>,
    /// About how many bytes they take.
    bytes: usize,
}

impl Shard {
    fn insert(&mut self, tag: &str, state: TagState) {
        self.bytes += bytes(tag);
        self.states.insert(tag.into(), state);
    }

    /// Keeps what was invalidated after this.
    fn keep_after(&mut self, moment: Moment) {
        self.states.retain(|_, state| state.last() > moment);
        self.bytes = self.states.keys().map(|tag| bytes(tag)).sum();
    }
}

/// About what a tag takes in the table.
fn bytes(tag: &str) -> usize {
    const STATE: usize = 72;
    tag.len() + STATE
}

const SHARDS: usize = 16;
/// A million tags of some thirty letters.
const MOST_BYTES: usize = 100_000_000;

impl Tags {
    pub(super) fn new() -> Self {
        Self::of_at_most(MOST_BYTES)
    }

    fn of_at_most(bytes: usize) -> Self {
        Tags {
            clock: AtomicU64::new(1),
            floor: AtomicU64::new(0),
            hasher: RandomState::new(),
            shards: (0..SHARDS).map(|_| RwLock::default()).collect(),
            most: bytes / SHARDS,
        }
    }

    pub(super) fn now(&self) -> Moment {
        Moment(self.clock.load(Ordering::SeqCst))
    }

    pub(super) fn invalidate(&self, what: &Invalidation) {
        let now = Moment(self.clock.fetch_add(1, Ordering::SeqCst) + 1);
        if what.everything {
            self.begin_at(now);
        }
        for tag in &what.updated {
            self.change(tag, |state| state.update(now));
        }
        for (tag, life) in &what.stale {
            let life = u64::try_from(life.as_millis()).unwrap_or(u64::MAX);
            let until = now_ms().saturating_add(life);
            self.change(tag, |state| state.make_stale(now, until));
        }
    }

    /// Applies what was invalidated elsewhere at this moment, as [`invalidate`](Tags::invalidate)
    /// does; to hear of it twice changes nothing.
    pub(super) fn note(&self, now: Moment, what: &Invalidation) {
        if what.everything {
            self.begin_at(now);
        }
        for tag in &what.updated {
            self.change(tag, |state| state.update(now));
        }
        for (tag, life) in &what.stale {
            let life = u64::try_from(life.as_millis()).unwrap_or(u64::MAX);
            let until = now_ms().saturating_add(life);
            self.change(tag, |state| {
                if state.stale < now {
                    state.make_stale(now, until);
                }
            });
        }
        // Last: who reads the clock has everything from before.
        self.clock.fetch_max(now.0, Ordering::SeqCst);
    }

    /// From which moment on this table knows of every invalidation.
    pub(super) fn floor(&self) -> Moment {
        Moment(self.floor.load(Ordering::SeqCst))
    }

    /// Adds what was known of a tag elsewhere at a time when this table's floor was `floor`; if it
    /// has risen since, that may be outdated.
    pub(super) fn learn(&self, tag: &str, known: TagState, floor: Moment) {
        let mut shard = self.write(tag);
        if self.floor() != floor {
            return;
        }
        let Some(state) = shard.states.get_mut(tag) else {
            if shard.bytes < self.most {
                shard.insert(tag, known);
            }
            return;
        };
        state.updated = state.updated.max(known.updated);
        if known.stale > state.stale {
            (state.stale, state.stale_until) = (known.stale, known.stale_until);
        }
    }

    /// Forgets everything up to this moment: of what was invalidated before, nothing is known.
    pub(super) fn begin_at(&self, now: Moment) {
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            // Under the lock: a tag that is gone is already below the floor.
            self.floor.fetch_max(now.0, Ordering::SeqCst);
            shard.keep_after(now);
            // What was missed of these is from before that moment, too.
            shard.states.values_mut().for_each(|state| state.update(now));
        }
        self.clock.fetch_max(now.0, Ordering::SeqCst);
    }

    pub(super) fn state(&self, tag: &str) -> TagState {
        let known = self.read(tag).states.get(tag).copied();
        // In this order: what was forgotten in between has raised the floor before.
        known.unwrap_or_else(|| self.at_floor())
    }

    pub(super) fn changes(&self, tags: &[String]) -> Changes {
        // The clock first: what is noted after it is noticed as a change.
        let now = self.now();
        let last = tags.iter().map(|tag| self.state(tag).last()).max().unwrap_or_default();
        Changes { now, last }
    }

    fn at_floor(&self) -> TagState {
        let updated = Moment(self.floor.load(Ordering::SeqCst));
        TagState { updated, ..TagState::default() }
    }

    fn change(&self, tag: &str, change: impl FnOnce(&mut TagState)) {
        let mut shard = self.write(tag);
        if let Some(state) = shard.states.get_mut(tag) {
            change(state);
            return;
        }
        if shard.bytes >= self.most {
            self.forget_half(&mut shard);
        }
        let mut state = self.at_floor();
        change(&mut state);
        shard.insert(tag, state);
    }

    /// Forgets the tags that were not invalidated for longest: what depends on a tag that isn't
    /// known is then served only if it is younger than all of them.
    fn forget_half(&self, shard: &mut Shard) {
        let mut moments: Vec<Moment> = shard.states.values().map(TagState::last).collect();
        if moments.is_empty() {
            return;
        }
        let middle = moments.len() / 2;
        let middle = *moments.select_nth_unstable(middle).1;
        self.floor.fetch_max(middle.0, Ordering::SeqCst);
        shard.keep_after(middle);
    }

    fn shard(&self, tag: &str) -> &RwLock<Shard> {
        let at = usize::try_from(self.hasher.hash_one(tag) % SHARDS as u64).unwrap_or_default();
        &self.shards[at]
    }

    fn read(&self, tag: &str) -> RwLockReadGuard<'_, Shard> {
        self.shard(tag).read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, tag: &str) -> RwLockWriteGuard<'_, Shard> {
        self.shard(tag).write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Invalidation {
    /// Tags after which nothing from before is served.
    pub(crate) fn update<T: Into<String>>(tags: impl IntoIterator<Item = T>) -> Self {
        Invalidation {
            updated: tags.into_iter().map(Into::into).collect(),
            ..Invalidation::default()
        }
    }

    /// Every tag there is.
    pub(crate) fn everything() -> Self {
        Invalidation { everything: true, ..Invalidation::default() }
    }

    /// A tag whose values may be served for so long while they are computed anew.
    #[cfg(test)]
    pub(crate) fn stale(tag: &str, life: std::time::Duration) -> Self {
        Invalidation { stale: vec![(tag.to_owned(), life)], ..Invalidation::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_tag_that_was_forgotten_counts_as_invalidated_when_the_last_forgotten_one_was() {
        let most = 64 * bytes("tag 1234");
        let tags = Tags::of_at_most(most);
        for at in 0..10_000 {
            tags.invalidate(&Invalidation::update([format!("tag {at}")]));
        }
        let shards = tags.shards.iter().map(|shard| shard.read().unwrap());
        let (kept, count) = shards
            .map(|shard| (shard.bytes, shard.states.len()))
            .fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
        assert!(kept <= most + SHARDS * bytes("tag 1234"), "{kept}");
        assert!((SHARDS..=64 + SHARDS).contains(&count), "{count}");
        for at in 0..10_000 {
            // The clock began with 1.
            assert!(tags.state(&format!("tag {at}")).last() >= Moment(at + 2));
        }
        let computed_now = tags.now();
        assert!(tags.state("never heard of").last() <= computed_now);
    }

    #[test]
    fn what_begins_anew_forgets_what_is_from_before_and_nothing_else() {
        let tags = Tags::new();
        let minute = Duration::from_secs(60);
        tags.note(Moment(10), &Invalidation::update(["before", "both"]));
        tags.note(Moment(30), &Invalidation::update(["after"]));
        tags.note(Moment(31), &Invalidation::stale("both", minute));
        tags.begin_at(Moment(20));
        assert_eq!(tags.state("before").last(), Moment(20), "nobody knows");
        assert_eq!(tags.state("never heard of").last(), Moment(20));
        assert_eq!(tags.state("after").updated, Moment(30));
        let both = tags.state("both");
        assert_eq!((both.updated, both.stale), (Moment(20), Moment(31)));
        assert_eq!(tags.now(), Moment(31), "the clock never goes back");
        tags.note(Moment(40), &Invalidation::everything());
        for tag in ["before", "after", "both"] {
            assert_eq!(tags.state(tag).updated, Moment(40), "{tag}");
        }
    }

    #[test]
    fn a_second_grace_does_not_lengthen_the_first() {
        let hour = Duration::from_secs(3600);
        let tags = Tags::new();
        tags.invalidate(&Invalidation::stale("a", Duration::from_secs(60)));
        let first = tags.state("a");
        tags.invalidate(&Invalidation::stale("a", hour));
        let second = tags.state("a");
        assert_eq!(first.stale_until, second.stale_until);
        assert!(second.stale > first.stale);

        tags.invalidate(&Invalidation::stale("b", Duration::ZERO));
        let over = tags.state("b");
        tags.invalidate(&Invalidation::stale("b", hour));
        assert_eq!(tags.state("b").updated, over.stale, "what was over stays over");

        tags.invalidate(&Invalidation::update(["a"]));
        tags.invalidate(&Invalidation::stale("a", hour));
        assert!(tags.state("a").stale_until > second.stale_until, "a new one after an update");
    }
}
