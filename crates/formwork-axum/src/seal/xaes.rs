//! XAES-256-GCM: AES-256-GCM with a 192-bit nonce, which may be random at any scale.
//!
//! The construction is C2SP's (c2sp.org/XAES-256-GCM): half of the nonce derives a key by
//! NIST SP 800-108r1 (CMAC in counter mode), the other half is the AES-GCM nonce.

use aes::{
    Aes256,
    cipher::{BlockCipherEncrypt, KeyInit},
};
use aes_gcm::{
    Aes256Gcm,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

/// The length of a nonce in bytes.
pub(super) const NONCE: usize = 24;

/// The ciphertext and its tag.
pub(super) fn seal(key: &[u8; 32], nonce: &[u8; NONCE], context: &[u8], text: &[u8]) -> Vec<u8> {
    let (cipher, nonce) = derive(key, nonce);
    cipher
        .encrypt(&nonce.into(), Payload { msg: text, aad: context })
        .expect("the text is far below AES-GCM's limit of 64 GiB")
}

/// The text, if key, nonce and context are those it was sealed with.
pub(super) fn open(
    key: &[u8; 32],
    nonce: &[u8; NONCE],
    context: &[u8],
    sealed: &[u8],
) -> Option<Vec<u8>> {
    let (cipher, nonce) = derive(key, nonce);
    cipher.decrypt(&nonce.into(), Payload { msg: sealed, aad: context }).ok()
}

fn derive(key: &[u8; 32], nonce: &[u8; NONCE]) -> (Aes256Gcm, [u8; 12]) {
    let aes = Aes256::new(key.into());
    let mut k1 = Zeroizing::new([0_u8; 16]);
    aes.encrypt_block((&mut *k1).into());
    double(&mut k1);

    let mut derived = Zeroizing::new([0_u8; 32]);
    for (counter, half) in [1_u8, 2].into_iter().zip(derived.chunks_exact_mut(16)) {
        let mut block = Zeroizing::new([0_u8; 16]);
        block[..4].copy_from_slice(&[0, counter, b'X', 0]);
        block[4..].copy_from_slice(&nonce[..12]);
        for (byte, mask) in block.iter_mut().zip(k1.iter()) {
            *byte ^= mask;
        }
        aes.encrypt_block((&mut *block).into());
        half.copy_from_slice(&*block);
    }
    let mut rest = [0; 12];
    rest.copy_from_slice(&nonce[12..]);
    (Aes256Gcm::new((&*derived).into()), rest)
}

/// Doubling in GF(2¹²⁸), as CMAC does for its first subkey.
fn double(block: &mut [u8; 16]) {
    let carry = block[0] >> 7;
    let shifted = u128::from_be_bytes(*block) << 1;
    *block = shifted.to_be_bytes();
    block[15] ^= carry * 0x87;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The specification's test vectors: both cases of the CMAC subkey's most significant bit.
    #[test]
    fn the_specifications_vectors() {
        let nonce = b"ABCDEFGHIJKLMNOPQRSTUVWX";
        let text = b"XAES-256-GCM";
        let cases: [(u8, &[u8], &str); 2] = [
            (1, b"", "ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271"),
            (
                3,
                b"c2sp.org/XAES-256-GCM",
                "986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d",
            ),
        ];
        for (byte, context, expect) in cases {
            let sealed = seal(&[byte; 32], nonce, context, text);
            assert_eq!(crate::hex::hex(&sealed), expect);
            assert_eq!(open(&[byte; 32], nonce, context, &sealed).as_deref(), Some(&text[..]));
        }
    }
}
