//! Sealing: what the server hands out and gets back unaltered and unread.
//!
//! 1. A sealed text opens only for the purpose and the associated data it was sealed for.
//! 2. Every purpose has a key of its own, derived by HKDF-SHA256 (RFC 5869) from each key of the
//!    ring.
//! 3. The first key of the ring seals; every key opens. Removing a key ends what it sealed.
//! 4. A sealed text names its key by a fingerprint, so that one whose key is gone can be told from a
//!    forgery; nothing else about why it does not open is told.

mod keys;
mod xaes;

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::hex::hex;

pub(crate) use keys::{configured, holds_keys, load, make};

/// The key ring. Its keys never show in `Debug`.
pub(crate) struct Keys(Vec<Key>);

/// What one key of the ring is for: derived once, not for every form of every page.
struct Key {
    fingerprint: [u8; FINGERPRINT],
    /// By purpose.
    subkeys: [Zeroizing<[u8; 32]>; Purpose::ALL.len()],
}

impl Key {
    fn new(key: &[u8; 32]) -> Self {
        let mut fingerprint = [0; FINGERPRINT];
        derive(key, &[b"formwork key fingerprint v1"], &mut fingerprint);
        let subkeys = Purpose::ALL.map(|purpose| {
            let mut subkey = Zeroizing::new([0_u8; 32]);
            derive(key, &[purpose.label()], &mut *subkey);
            subkey
        });
        Key { fingerprint, subkeys }
    }

    fn subkey(&self, purpose: Purpose) -> &[u8; 32] {
        &self.subkeys[purpose as usize]
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({} keys, hidden)", self.0.len())
    }
}

/// What a sealed text is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// An outcome on its way from a post to the page that shows it.
    Flash,
    /// Values that are bound to an action.
    Bound,
    /// A form that waits for its sender to sign in.
    Resume,
    /// What was answered in the steps of a form before.
    Steps,
    /// What a submission is sent in place of.
    Again,
}

impl Purpose {
    /// In the order in which they are declared.
    const ALL: [Purpose; 5] =
        [Purpose::Flash, Purpose::Bound, Purpose::Resume, Purpose::Steps, Purpose::Again];

    const fn label(self) -> &'static [u8] {
        match self {
            Purpose::Flash => b"formwork flash v1",
            Purpose::Bound => b"formwork bound v1",
            Purpose::Resume => b"formwork resume v1",
            Purpose::Steps => b"formwork steps v1",
            Purpose::Again => b"formwork again v1",
        }
    }
}

/// What became of a sealed text.
#[derive(Debug, PartialEq)]
pub(crate) enum Opened {
    /// What was sealed.
    Text(Vec<u8>),
    /// The key that sealed it is no longer listed.
    UnknownKey,
    /// Not sealed here, or for something else, or changed.
    Forged,
}

/// How many bytes of a key's fingerprint a sealed text carries.
const FINGERPRINT: usize = 4;

impl Keys {
    /// Seals text for a purpose; `context` must be the same when it is opened.
    pub(crate) fn seal(&self, purpose: Purpose, context: &[u8], text: &[u8]) -> String {
        let mut nonce = [0_u8; xaes::NONCE];
        getrandom::fill(&mut nonce).expect("the operating system has randomness");
        let mut sealed = self.0[0].fingerprint.to_vec();
        sealed.extend(nonce);
        sealed.extend(xaes::seal(self.0[0].subkey(purpose), &nonce, context, text));
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Opens what [`seal`](Keys::seal) made.
    pub(crate) fn open(&self, purpose: Purpose, context: &[u8], sealed: &str) -> Opened {
        let Ok(sealed) = URL_SAFE_NO_PAD.decode(sealed) else { return Opened::Forged };
        let parts = sealed
            .split_first_chunk::<FINGERPRINT>()
            .and_then(|(named, rest)| Some((named, rest.split_first_chunk()?)));
        let Some((named, (nonce, text))) = parts else { return Opened::Forged };
        let mut listed = self.0.iter().filter(|key| key.fingerprint == *named).peekable();
        if listed.peek().is_none() {
            return Opened::UnknownKey;
        }
        listed
            .find_map(|key| xaes::open(key.subkey(purpose), nonce, context, text))
            .map_or(Opened::Forged, Opened::Text)
    }

    /// A short name for a text, equal for equal texts, that tells nothing about it without the key.
    pub(crate) fn name(&self, purpose: Purpose, text: &[u8]) -> String {
        let mut name = [0_u8; 8];
        derive(self.0[0].subkey(purpose), &[b"name", text], &mut name);
        hex(&name)
    }
}

/// Seconds since 1970, for what expires.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs())
}

fn derive(key: &[u8], info: &[&[u8]], out: &mut [u8]) {
    Hkdf::<Sha256>::new(None, key)
        .expand_multi_info(info, out)
        .expect("what is asked for is within HKDF's limit");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(keys: &[u8]) -> Keys {
        Keys(keys.iter().map(|byte| Key::new(&[*byte; 32])).collect())
    }

    #[test]
    fn what_is_sealed_opens_for_the_same_context_only() {
        let keys = ring(&[1]);
        let sealed = keys.seal(Purpose::Flash, b"/a", b"hello");
        assert_eq!(keys.open(Purpose::Flash, b"/a", &sealed), Opened::Text(b"hello".to_vec()));
        assert_eq!(keys.open(Purpose::Flash, b"/b", &sealed), Opened::Forged);
        assert_eq!(keys.open(Purpose::Bound, b"/a", &sealed), Opened::Forged);
        assert_ne!(sealed, keys.seal(Purpose::Flash, b"/a", b"hello"), "nonces are random");
    }

    #[test]
    fn a_rotated_key_opens_while_it_is_listed() {
        let sealed = ring(&[1]).seal(Purpose::Flash, b"", b"x");
        let open = |keys: &[u8]| ring(keys).open(Purpose::Flash, b"", &sealed);
        assert_eq!(open(&[2, 1]), Opened::Text(b"x".to_vec()));
        assert_eq!(open(&[2]), Opened::UnknownKey);
    }

    #[test]
    fn every_flipped_byte_is_refused() {
        let keys = ring(&[1]);
        let sealed = URL_SAFE_NO_PAD.decode(keys.seal(Purpose::Flash, b"", b"text")).unwrap();
        for at in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[at] ^= 1;
            let forged = URL_SAFE_NO_PAD.encode(forged);
            let opened = keys.open(Purpose::Flash, b"", &forged);
            let expect = if at < FINGERPRINT { Opened::UnknownKey } else { Opened::Forged };
            assert_eq!(opened, expect, "byte {at}");
        }
        for short in ["", "AAAA", "not base64!"] {
            assert_eq!(keys.open(Purpose::Flash, b"", short), Opened::Forged);
        }
    }

    #[test]
    fn a_name_is_stable_and_of_its_key() {
        assert_eq!(ring(&[1]).name(Purpose::Bound, b"7"), ring(&[1]).name(Purpose::Bound, b"7"));
        assert_ne!(ring(&[1]).name(Purpose::Bound, b"7"), ring(&[1]).name(Purpose::Bound, b"8"));
        assert_ne!(ring(&[1]).name(Purpose::Bound, b"7"), ring(&[2]).name(Purpose::Bound, b"7"));
    }

    #[test]
    fn every_purpose_has_a_key_of_its_own() {
        let key = Key::new(&[1; 32]);
        for purpose in Purpose::ALL {
            let same =
                Purpose::ALL.into_iter().filter(|other| key.subkey(*other) == key.subkey(purpose));
            assert_eq!(same.count(), 1, "{purpose:?}");
        }
    }

    #[test]
    fn the_seal_shows_no_key() {
        assert_eq!(format!("{:?}", ring(&[7, 7])), "Keys(2 keys, hidden)");
    }
}
