//! The version of a value that travels as JSON: a checksum of its text.

use std::fmt;

use serde::{Deserialize, Serialize, de::Error as _};

/// The version of a JSON text: equal texts have equal versions on every machine.
///
/// It is a checksum (MurmurHash64A with seed 0), not a signature: it tells an old value from a new
/// one, and a difference that was applied to the wrong value from one applied to the right one.
/// Nothing is trusted because of it.
///
/// ```
/// use formwork_core::Version;
/// let version = Version::of("[1,2]");
/// assert_eq!(Version::parse(&version.to_string()), Some(version));
/// assert_ne!(version, Version::of("[1,3]"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(u64);

const MULTIPLIER: u64 = 0xc6a4_a793_5bd1_e995;
const SHIFT: u32 = 47;

impl Version {
    /// The version of this text.
    pub fn of(text: &str) -> Self {
        let mut hash = (text.len() as u64).wrapping_mul(MULTIPLIER);
        let mut words = text.as_bytes().chunks_exact(8);
        for word in &mut words {
            let mut word = u64::from_le_bytes(word.try_into().expect("eight bytes"));
            word = word.wrapping_mul(MULTIPLIER);
            word = (word ^ (word >> SHIFT)).wrapping_mul(MULTIPLIER);
            hash = (hash ^ word).wrapping_mul(MULTIPLIER);
        }
        let rest = words.remainder();
        if !rest.is_empty() {
            let mut last = [0; 8];
            last[..rest.len()].copy_from_slice(rest);
            hash = (hash ^ u64::from_le_bytes(last)).wrapping_mul(MULTIPLIER);
        }
        hash = (hash ^ (hash >> SHIFT)).wrapping_mul(MULTIPLIER);
        Version(hash ^ (hash >> SHIFT))
    }

    /// Reads what [`Display`](fmt::Display) wrote: sixteen lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        crate::shape::parse_hex(text).map(Version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Serialize for Version {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Version::parse(&text).ok_or_else(|| D::Error::custom("not a version"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pinned: the other side may be of another build.
    #[test]
    fn the_checksum_never_changes() {
        for (text, expect) in [
            ("", "0000000000000000"),
            ("a", "071717d2d36b6b11"),
            ("[1,2,3]", "b58ce6345209b5b6"),
            ("{\"id\":7,\"title\":\"Printer\"}", "11a09755e0859c22"),
        ] {
            assert_eq!(Version::of(text).to_string(), expect, "{text:?}");
        }
    }

    #[test]
    fn every_byte_counts() {
        let text = "0123456789abcdef0123";
        for at in 0..text.len() {
            let mut other = text.as_bytes().to_vec();
            other[at] ^= 1;
            assert_ne!(Version::of(text), Version::of(std::str::from_utf8(&other).unwrap()));
        }
    }
}
