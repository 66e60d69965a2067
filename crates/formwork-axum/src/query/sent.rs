//! What clients hold: the values that they were sent, and what these depended on.
//!
//! A client names the version of the value that it holds. Where this instance still has that value,
//! the difference travels instead of the new one, whenever it is smaller.

use std::{hash::Hash, sync::Arc};

use formwork_core::{QueryKey, Version, delta, wire::QueryLine};
use moka::sync::Cache;
use serde_json::value::RawValue;

use super::{Asked, Settled};

/// Values and tags, each bounded by bytes.
pub(crate) struct Sent {
    values: Cache<Held, Arc<str>>,
    /// What a value depended on that was sent. Of one that another process sent nothing is known, nor of
    /// what the same query depends on for other arguments.
    tags: Cache<Held, Arc<[String]>>,
    /// The same for whoever was sent that value.
    tags_of_all: Cache<(QueryKey, Version), Arc<[String]>>,
}

/// A value that was sent to some visitor, or to all.
#[derive(Clone, PartialEq, Eq, Hash)]
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
                .weigher(move |held: &Held, tags| weight(held.key.as_str().len() + bytes_of(tags)))
                .build(),
            tags_of_all: Cache::builder()
                .max_capacity(TAG_BYTES)
                .weigher(move |(key, _): &(QueryKey, Version), tags| {
                    weight(key.as_str().len() + bytes_of(tags))
                })
                .build(),
        }
    }

    /// The line for a client that holds this version.
    pub(crate) fn line(&self, settled: Settled, held: Option<Version>) -> QueryLine {
        let Some(value) = &settled.line.value else { return Arc::unwrap_or_clone(settled.line) };
        let (key, version) = (settled.line.key.clone(), Version::of(value.get()));
        self.note_tags(&settled, version);
        if held == Some(version) {
            return QueryLine::of_version(key, version);
        }
        let reader = reader(&settled);
        let mut line = Arc::unwrap_or_clone(settled.line);
        let (Some(reader), Some(value)) = (reader, &line.value) else { return line };
        let (of, new) = (|version| reader.of(&key, version), value.get());
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
        let version = Version::of(value.get());
        self.note_tags(settled, version);
        if let Some(reader) = reader(settled) {
            self.note(reader.of(&settled.line.key, version), value.get());
        }
    }

    fn note(&self, held: Held, text: &str) {
        if text.len() <= LARGEST && !self.values.contains_key(&held) {
            self.values.insert(held, text.into());
        }
    }

    /// Notes what the value depends on; equal ones may, of different things. What is for its visitor alone is
    /// noted for who that is: by the guard's name for them, and by what they are known by.
    fn note_tags(&self, settled: &Settled, version: Version) {
        let Settled { line, tags, .. } = settled;
        note_more(&self.tags_of_all, (line.key.clone(), version), tags);
        for reader in readers(settled) {
            note_more(&self.tags, reader.of(&line.key, version), tags);
        }
    }

    /// What the value depended on that this visitor, or everybody, was sent; `None` if that is not known.
    pub(crate) fn tags(
        &self,
        asked: &Asked,
        subject: Option<&str>,
        visitor: Option<&str>,
    ) -> Option<Arc<[String]>> {
        let version = asked.held?;
        let of = |subject| self.tags.get(&Held { key: asked.key.clone(), version, subject });
        let named = || of(Some(subject?.into()));
        let known = || of(Some(known_by(visitor?)));
        of(None).or_else(named).or_else(known)
    }

    /// What it depended on for whoever was sent it. No visitor may be told anything because of it.
    pub(super) fn tags_of_all(
        &self,
        key: &QueryKey,
        held: Option<Version>,
    ) -> Option<Arc<[String]>> {
        self.tags_of_all.get(&(key.clone(), held?))
    }
}

/// Whom a value was sent to: everybody, or one visitor.
struct Reader(Option<Arc<str>>);

impl Reader {
    fn of(&self, key: &QueryKey, version: Version) -> Held {
        Held { key: key.clone(), version, subject: self.0.clone() }
    }
}

/// Whom it is for, under each name that they have here; none if it is for somebody of whom nothing is known.
fn readers(settled: &Settled) -> impl Iterator<Item = Reader> {
    let everybody = (!settled.personal).then_some(None);
    let (subject, visitor) = (settled.subject.clone(), settled.visitor.as_deref().map(known_by));
    let names = subject.into_iter().chain(visitor).map(Some).filter(|_| settled.personal);
    everybody.into_iter().chain(names).map(Reader)
}

/// The same under one name.
fn reader(settled: &Settled) -> Option<Reader> {
    readers(settled).next()
}

/// Apart from every subject that a guard may name.
fn known_by(visitor: &str) -> Arc<str> {
    format!("\0{visitor}").into()
}

/// As many tags as are known of one value; with more it counts as unknown.
const MOST_TAGS: usize = 256;

fn note_more<K>(known: &Cache<K, Arc<[String]>>, held: K, tags: &Arc<[String]>)
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
{
    let Some(before) = known.get(&held) else { return known.insert(held, Arc::clone(tags)) };
    let more: Vec<_> = tags.iter().filter(|tag| !before.contains(tag)).collect();
    if before.len() + more.len() > MOST_TAGS {
        known.invalidate(&held);
    } else if !more.is_empty() {
        known.insert(held, before.iter().chain(more).cloned().collect());
    }
}

fn bytes_of(tags: &Arc<[String]>) -> usize {
    tags.iter().map(|tag| tag.len() + 24).sum()
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
        settled.personal = subject.is_some();
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
    fn nor_where_nobody_names_the_visitor() {
        let sent = Sent::new(1 << 20);
        let of_visitor = |value: &str, visitor: Option<&str>| {
            let mut settled = settled(value, None);
            (settled.personal, settled.visitor) = (true, visitor.map(Arc::from));
            settled
        };
        let version = Some(Version::of(&rows(100)));
        sent.note_whole(&of_visitor(&rows(100), Some("a session")));
        for other in [Some("another"), None] {
            assert!(sent.line(of_visitor(&rows(101), other), version).value.is_some(), "{other:?}");
        }
        assert!(sent.line(settled(&rows(101), None), version).value.is_some(), "nor for everybody");
        assert!(sent.line(of_visitor(&rows(101), Some("a session")), version).delta.is_some());

        let (of_nobody, newer) = (rows(200), rows(201));
        sent.line(of_visitor(&of_nobody, None), None);
        let version = Some(Version::of(&of_nobody));
        assert!(
            sent.line(of_visitor(&newer, None), version).value.is_some(),
            "two such may be two"
        );
    }

    #[test]
    fn what_a_value_depended_on_is_known_of_the_one_that_was_sent() {
        let sent = Sent::new(1 << 20);
        let with_tags = |value: &str, subject: Option<&str>, tags: &[&str]| {
            let tags: Arc<[String]> = tags.iter().map(|&tag| tag.to_owned()).collect();
            let mut settled = settled(value, subject);
            settled.tags = tags;
            settled
        };
        let asked = |args: &str, value: Option<&str>| {
            let key = QueryKey::from_wire(format!("rows?{args}"));
            Asked { key, held: value.map(Version::of), is_kept: false }
        };
        let check = |asked: &Asked, subject: Option<&str>, expect: Option<&[&str]>| {
            let tags = sent.tags(asked, subject, None);
            assert_eq!(
                tags.as_deref().map(|tags| tags.iter().map(String::as_str).collect()),
                expect.map(<[_]>::to_vec)
            );
        };
        check(&asked("{}", Some("[1]")), None, None);
        sent.line(with_tags("[1]", None, &["a"]), None);
        check(&asked("{}", Some("[1]")), None, Some(&["a"]));
        check(&asked("{}", Some("[2]")), None, None);
        check(&asked("{}", None), None, None);
        check(&asked("7", Some("[1]")), None, None);
        sent.note_whole(&with_tags("[1]", None, &["b", "a"]));
        check(&asked("{}", Some("[1]")), Some("ann"), Some(&["a", "b"]));
        sent.line(with_tags("[3]", Some("ann"), &["ann"]), None);
        check(&asked("{}", Some("[3]")), Some("ann"), Some(&["ann"]));
        check(&asked("{}", Some("[3]")), Some("bob"), None);
        let mut nobodys = with_tags("[4]", None, &["c"]);
        nobodys.personal = true;
        sent.line(nobodys, None);
        check(&asked("{}", Some("[4]")), None, None);
        let mut of_session = with_tags("[5]", None, &["d"]);
        (of_session.personal, of_session.visitor) = (true, Some("a session".into()));
        sent.note_whole(&of_session);
        let five = asked("{}", Some("[5]"));
        assert_eq!(
            sent.tags(&five, None, Some("a session")).as_deref(),
            Some(&["d".to_owned()][..])
        );
        assert_eq!(sent.tags(&five, Some("ann"), Some("another")), None);
        let of_all = sent.tags_of_all(&asked("{}", None).key, Some(Version::of("[4]")));
        assert_eq!(of_all.as_deref(), Some(&["c".to_owned()][..]));
    }
}
