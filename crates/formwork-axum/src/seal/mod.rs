//! Sealing: what the server hands out and gets back unaltered and unread.
//!
//! 1. A sealed text opens only for the purpose and the associated data it was sealed for.
//! 2. Every purpose has a key of its own, derived by HKDF-SHA256 (RFC 5869) from each key of the
//!    ring.
//! 3. The first key of the ring seals; every key opens. Removing a key ends what it sealed.
//! 4. Whatever does not open is refused in the same way: nothing tells a wrong key from a forgery.

mod keys;
mod xaes;

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

pub(crate) use keys::load;
#[cfg(test)]
pub(crate) use keys::make;

/// The key ring. Its keys never show in `Debug`.
pub(crate) struct Keys(Vec<Zeroizing<[u8; 32]>>);

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
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Purpose::Flash => b"formwork flash v1",
        }
    }
}

impl Keys {
    /// Seals text for a purpose; `context` must be the same when it is opened.
    pub(crate) fn seal(&self, purpose: Purpose, context: &[u8], text: &[u8]) -> String {
        let mut nonce = [0_u8; xaes::NONCE];
        getrandom::fill(&mut nonce).expect("the operating system has randomness");
        let key = subkey(&self.0[0], purpose);
        let mut sealed = nonce.to_vec();
        sealed.extend(xaes::seal(&key, &nonce, context, text));
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Opens what [`seal`](Keys::seal) made, or nothing.
    pub(crate) fn open(&self, purpose: Purpose, context: &[u8], sealed: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, text) = sealed.split_first_chunk()?;
        self.0.iter().find_map(|key| xaes::open(&subkey(key, purpose), nonce, context, text))
    }
}

fn subkey(key: &[u8; 32], purpose: Purpose) -> Zeroizing<[u8; 32]> {
    let mut subkey = Zeroizing::new([0_u8; 32]);
    Hkdf::<Sha256>::new(None, key)
        .expand(purpose.label(), &mut *subkey)
        .expect("32 bytes are within HKDF's limit");
    subkey
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(keys: &[u8]) -> Keys {
        Keys(keys.iter().map(|byte| Zeroizing::new([*byte; 32])).collect())
    }

    #[test]
    fn what_is_sealed_opens_for_the_same_context_only() {
        let keys = ring(&[1]);
        let sealed = keys.seal(Purpose::Flash, b"/a", b"hello");
        assert_eq!(keys.open(Purpose::Flash, b"/a", &sealed).as_deref(), Some(&b"hello"[..]));
        assert_eq!(keys.open(Purpose::Flash, b"/b", &sealed), None);
        assert_ne!(sealed, keys.seal(Purpose::Flash, b"/a", b"hello"), "nonces are random");
    }

    #[test]
    fn a_rotated_key_opens_while_it_is_listed() {
        let sealed = ring(&[1]).seal(Purpose::Flash, b"", b"x");
        assert!(ring(&[2, 1]).open(Purpose::Flash, b"", &sealed).is_some());
        assert!(ring(&[2]).open(Purpose::Flash, b"", &sealed).is_none());
    }

    #[test]
    fn every_flipped_byte_is_refused() {
        let keys = ring(&[1]);
        let sealed = URL_SAFE_NO_PAD.decode(keys.seal(Purpose::Flash, b"", b"text")).unwrap();
        for at in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[at] ^= 1;
            let forged = URL_SAFE_NO_PAD.encode(forged);
            assert_eq!(keys.open(Purpose::Flash, b"", &forged), None, "byte {at}");
        }
        for short in ["", "AAAA", "not base64!"] {
            assert_eq!(keys.open(Purpose::Flash, b"", short), None);
        }
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", ring(&[7, 7])), "Keys(2 keys, hidden)");
    }
}
