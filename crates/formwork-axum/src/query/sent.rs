//! What clients hold: the values that they were sent, and what these depended on.
//!
//! A client names the version of the value that it holds. Where this instance still has that value,
//! the difference travels instead of the new one, whenever it is smaller.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use formwork_core::{QueryKey, Version, delta, wire::QueryLine};
use moka::sync::Cache;
use serde_json::value::RawValue;

use super::Settled;

/// Values and tags, each bounded by bytes.
pub(crate) struct Sent {
    values: Cache<Held, Arc<str>>,
    tags: Cache<QueryKey, Arc<[String]>>,
    ids: RwLock<HashMap<Box<str>, Found>>,
}

/// What the runs of a query have shown of its tags; a later one counts for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    /// It depends on what it declares.
    Declared,
    /// It depends on more, by its arguments.
    More,
    /// It depends on more, for each visitor on something else: what one read says nothing of what
    /// another would.
    OfVisitor,
}

impl Found {
    /// Of a run that found more tags than are declared, or didn't, for its visitor alone or for all.
    pub(super) fn of(more: bool, personal: bool) -> Self {
        match (more, personal) {
            (false, _) => Found::Declared,
            (true, false) => Found::More,
            (true, true) => Found::OfVisitor,
        }
    }
}

/// A value that was sent to some visitor, or to all.
#[derive(PartialEq, Eq, Hash)]
struct Held {
    key: QueryKey,
    version: Version,
    /// Nobody learns from a difference what another visitor was sent.
    subject: Option<Arc<str>>,
}

/// A difference has the version of its result beside it.
const VERSION_BYTES: usize = 30;
/// Larger values are not kept to be compared with.
const LARGEST: usize = 256 * 1024;
const TAG_BYTES: u64 = 8 * 1024 * 1024;

impl Sent {
    /// Remembers so many bytes of values.
    pub(super) fn new(bytes: usize) -> Self {
        let weight = |bytes: usize| u32::try_from(bytes + 128).unwrap_or(u32::MAX);
        Sent {
            values: Cache::builder()
                .max_capacity(bytes as u64)
                .weigher(move |held: &Held, text: &Arc<str>| {
                    weight(held.key.as_str().len() + text.len())
                })
                .build(),
            tags: Cache::builder()
                .max_capacity(TAG_BYTES)
                .weigher(move |key: &QueryKey, tags: &Arc<[String]>| {
                    weight(
                        key.as_str().len() + tags.iter().map(|tag| tag.len() + 24).sum::<usize>(),
                    )
                })
                .build(),
            ids: RwLock::default(),
        }
    }

    /// The line for a client that holds this version.
    pub(crate) fn line(&self, settled: Settled, held: Option<Version>) -> QueryLine {
        let (subject, mut line) = (settled.subject, Arc::unwrap_or_clone(settled.line));
        let Some(value) = &line.value else { return line };
        let new = value.get();
        let version = Version::of(new);
        if held == Some(version) {
            line.version = Some(version);
            line.value = None;
            return line;
        }
        let of = |version| Held { key: line.key.clone(), version, subject: subject.clone() };
        let old = held.and_then(|held| self.values.get(&of(held)));
        let difference = old.and_then(|old| delta::diff(&old, new));
        self.note(of(version), new);
        if let Some(difference) = difference.filter(|d| d.len() + VERSION_BYTES < new.len())
            && let Ok(difference) = RawValue::from_string(difference)
        {
            line.delta = Some(difference);
            line.version = Some(version);
            line.value = None;
        }
        line
    }

    /// Notes what goes out whole, in the data block of a document.
    pub(crate) fn note_whole(&self, settled: &Settled) {
        let Some(value) = &settled.line.value else { return };
        let (key, subject) = (settled.line.key.clone(), settled.subject.clone());
        self.note(Held { key, version: Version::of(value.get()), subject }, value.get());
    }

    fn note(&self, held: Held, text: &str) {
        if text.len() <= LARGEST && !self.values.contains_key(&held) {
            self.values.insert(held, text.into());
        }
    }

    /// Notes what a query turned out to depend on.
    pub(super) fn note_tags(
        &self,
        id: &'static str,
        key: &QueryKey,
        tags: &Arc<[String]>,
        found: Found,
    ) {
        let known = self.ids.read().unwrap_or_else(PoisonError::into_inner).get(id).copied();
        if known < Some(found) {
            let mut ids = self.ids.write().unwrap_or_else(PoisonError::into_inner);
            let known = ids.entry(id.into()).or_insert(found);
            *known = found.max(*known);
        }
        if found == Found::More && self.tags.get(key).is_none_or(|known| known != *tags) {
            self.tags.insert(key.clone(), Arc::clone(tags));
        }
    }

    /// What a query depended on when it was last read, besides its declared tags; `None` if that is
    /// not known, or is another thing for another visitor.
    pub(crate) fn tags(&self, key: &QueryKey) -> Option<Arc<[String]>> {
        let ids = self.ids.read().unwrap_or_else(PoisonError::into_inner);
        match ids.get(key.id()) {
            Some(Found::Declared) => Some(Arc::new([])),
            Some(Found::More) => self.tags.get(key),
            Some(Found::OfVisitor) | None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use formwork_core::PublicError;

    use super::*;

    fn settled(value: &str, subject: Option<&str>) -> Settled {
        let json = RawValue::from_string(value.to_owned()).unwrap();
        let line = QueryLine::of_value(QueryKey::from_wire("rows?{}"), json);
        let mut settled = Settled::of(Ok::<_, PublicError>(()), line, Arc::new([]));
        settled.subject = subject.map(Arc::from);
        settled
    }

    fn rows(count: usize) -> String {
        let rows: Vec<String> =
            (0..count).map(|id| format!("{{\"id\":{id},\"text\":\"row {id}\"}}")).collect();
        format!("[{}]", rows.join(","))
    }

    #[test]
    fn what_the_client_has_is_not_sent_again() {
        let sent = Sent::new(1 << 20);
        let first = sent.line(settled(&rows(100), None), None);
        assert!(first.value.is_some() && first.version.is_none());
        let version = Version::of(&rows(100));

        let same = sent.line(settled(&rows(100), None), Some(version));
        assert!(same.value.is_none() && same.delta.is_none());
        assert_eq!(same.version, Some(version));

        let more = sent.line(settled(&rows(101), None), Some(version));
        assert_eq!(more.version, Some(Version::of(&rows(101))));
        let delta = more.delta.unwrap();
        assert!(delta.get().len() < 60, "{delta}");
        assert_eq!(delta::apply(&rows(100), delta.get()), Some(rows(101)));
    }

    #[test]
    fn a_version_that_is_not_known_or_not_smaller_brings_the_whole_value() {
        let sent = Sent::new(1 << 20);
        let unknown = sent.line(settled(&rows(3), None), Some(Version::of("[]")));
        assert_eq!(unknown.value.unwrap().get(), rows(3));
        let quite_new = sent.line(settled("[1]", None), Some(Version::of(&rows(3))));
        assert!(quite_new.value.is_some() && quite_new.delta.is_none());
    }

    #[test]
    fn nothing_is_compared_with_what_another_visitor_was_sent() {
        let sent = Sent::new(1 << 20);
        sent.line(settled(&rows(100), Some("ann")), None);
        let version = Some(Version::of(&rows(100)));
        assert!(sent.line(settled(&rows(101), Some("bob")), version).value.is_some());
        assert!(sent.line(settled(&rows(101), Some("ann")), version).delta.is_some());
    }

    #[test]
    fn tags_beyond_the_declared_ones_are_known_once_the_query_was_read() {
        let sent = Sent::new(1 << 20);
        let (plain, more) = (QueryKey::from_wire("plain?1"), QueryKey::from_wire("more?1"));
        assert_eq!(sent.tags(&plain), None);
        let one: Arc<[String]> = Arc::new(["a".to_owned()]);
        sent.note_tags("plain", &plain, &one, Found::Declared);
        assert_eq!(sent.tags(&QueryKey::from_wire("plain?2")), Some(Arc::new([]) as Arc<[String]>));
        let tags: Arc<[String]> = Arc::new(["a".to_owned(), "b".to_owned()]);
        sent.note_tags("more", &more, &tags, Found::More);
        assert_eq!(sent.tags(&more).as_ref(), Some(&tags));
        assert_eq!(sent.tags(&QueryKey::from_wire("more?2")), None);
        sent.note_tags("more", &more, &tags, Found::OfVisitor);
        sent.note_tags("more", &more, &tags, Found::More);
        assert_eq!(sent.tags(&more), None, "another visitor's may be others");
    }
}
