//! Values, invalidations and ends as the bytes that travel between instances.
//!
//! A text header of serde's, its length before it, and then plain bytes. Another build's bytes that
//! can't be read are as none.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Ended, Entry, Fingerprint, Invalidation, Moment};
use crate::store::Life;

#[derive(Serialize, Deserialize)]
struct Header {
    as_of: u64,
    made_at: u64,
    /// Fresh, stale and expire, in milliseconds.
    life: [u64; 3],
    tags: Vec<String>,
    /// How long each part is.
    parts: Vec<usize>,
    decoded_bytes: usize,
}

pub(super) fn write_entry(entry: &Entry) -> Vec<u8> {
    let Life { fresh, stale, expire } = entry.life();
    let header = Header {
        as_of: entry.as_of().0,
        made_at: entry.made_at(),
        life: [fresh, stale, expire].map(super::millis),
        tags: entry.tags().to_vec(),
        parts: entry.parts().iter().map(Bytes::len).collect(),
        decoded_bytes: entry.decoded_bytes(),
    };
    let header = serde_json::to_vec(&header).expect("plain data");
    let length = u32::try_from(header.len()).expect("tags are short");
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(header);
    for part in entry.parts() {
        bytes.extend_from_slice(part);
    }
    bytes
}

pub(super) fn read_entry(mut bytes: Bytes) -> Option<Entry> {
    if bytes.len() < 4 {
        return None;
    }
    let length = u32::from_be_bytes(bytes.split_to(4)[..].try_into().ok()?);
    let length = usize::try_from(length).ok().filter(|length| *length <= bytes.len())?;
    let header: Header = serde_json::from_slice(&bytes.split_to(length)).ok()?;
    let mut parts = Vec::with_capacity(header.parts.len());
    for length in header.parts {
        if length > bytes.len() {
            return None;
        }
        parts.push(bytes.split_to(length));
    }
    let [fresh, stale, expire] = header.life.map(Duration::from_millis);
    let life = Life { fresh, stale, expire };
    let tags: Arc<[String]> = header.tags.into();
    let entry = Entry::made_at_time(Moment(header.as_of), header.made_at, life, tags, parts);
    Some(entry.decoding_to(header.decoded_bytes))
}

#[derive(Serialize, Deserialize)]
struct Tags {
    #[serde(default)]
    everything: bool,
    updated: Vec<String>,
    /// With the grace of each in milliseconds.
    stale: Vec<(String, u64)>,
}

/// Without its moment: Redis puts that in front, and a space.
pub(super) fn write_invalidation(what: &Invalidation) -> Vec<u8> {
    let stale = what.stale.iter().map(|(tag, grace)| (tag.clone(), super::millis(*grace)));
    let (everything, updated) = (what.everything, what.updated.clone());
    let tags = Tags { everything, updated, stale: stale.collect() };
    serde_json::to_vec(&tags).expect("plain data")
}

pub(super) fn read_invalidation(message: &[u8]) -> Option<(Moment, Invalidation)> {
    let space = message.iter().position(|byte| *byte == b' ')?;
    let moment = std::str::from_utf8(&message[..space]).ok()?.parse().ok()?;
    let Tags { everything, updated, stale } = serde_json::from_slice(&message[space + 1..]).ok()?;
    let stale = stale.into_iter().map(|(tag, grace)| (tag, Duration::from_millis(grace)));
    Some((Moment(moment), Invalidation { everything, updated, stale: stale.collect() }))
}

pub(super) fn write_ended(submission: &Fingerprint, ended: &Ended) -> Vec<u8> {
    let (kind, text): (u8, &[u8]) = match ended {
        Ended::Recorded(outcome) => (b'o', outcome),
        Ended::Failed(failure) | Ended::Unsure(failure) => (b'f', failure),
        Ended::Unknown | Ended::Lost => (b'u', &[]),
    };
    [submission.as_slice(), &[kind], text].concat()
}

pub(super) fn read_ended(message: &[u8]) -> Option<(Fingerprint, Ended)> {
    let (submission, rest) = message.split_first_chunk()?;
    let (kind, text) = rest.split_first()?;
    let text = Bytes::copy_from_slice(text);
    let ended = match kind {
        b'o' => Ended::Recorded(text),
        b'f' => Ended::Failed(text),
        _ => Ended::Unknown,
    };
    Some((*submission, ended))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let parts = vec![Bytes::from_static(b"head"), Bytes::new(), Bytes::from_static(&[0, 255])];
        let tags: Arc<[String]> = Arc::new(["tickets".to_owned()]);
        let entry = Entry::new(Moment(7), Life::minutes(1), tags, parts).decoding_to(500);
        let read = read_entry(write_entry(&entry).into()).unwrap();
        assert_eq!((read.as_of(), read.made_at()), (entry.as_of(), entry.made_at()));
        assert_eq!((read.life(), read.tags()), (entry.life(), entry.tags()));
        assert_eq!((read.parts(), read.weight()), (entry.parts(), entry.weight()));

        let what = Invalidation {
            everything: true,
            updated: vec!["a b".to_owned()],
            stale: vec![("c".to_owned(), Duration::from_secs(5))],
        };
        let message = [b"12 ".as_slice(), &write_invalidation(&what)].concat();
        assert_eq!(read_invalidation(&message), Some((Moment(12), what)));

        let ended = Ended::Failed("no".into());
        assert_eq!(read_ended(&write_ended(&[3; 32], &ended)), Some(([3; 32], ended)));
    }

    #[test]
    fn what_can_not_be_read_is_as_none() {
        let whole = write_entry(&Entry::new(
            Moment(7),
            Life::minutes(1),
            Arc::new([]),
            vec![Bytes::from_static(b"value")],
        ));
        for end in 0..whole.len() {
            assert!(read_entry(Bytes::copy_from_slice(&whole[..end])).is_none(), "{end}");
        }
        assert!(read_invalidation(b"7").is_none());
        assert!(read_ended(b"short").is_none());
    }
}
