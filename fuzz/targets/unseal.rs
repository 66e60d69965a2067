//! What was not sealed here does not open, however close it comes.
#![no_main]

use std::sync::LazyLock;

use formwork_axum::fuzzing::Sealer;
use libfuzzer_sys::fuzz_target;

static SEALER: LazyLock<Sealer> = LazyLock::new(Sealer::default);

fuzz_target!(|input: (u16, &[u8])| {
    let (at, bytes) = input;
    if let Ok(text) = std::str::from_utf8(bytes) {
        assert!(SEALER.open(text).is_none());
    }
    // The real one, with these bytes in it somewhere.
    let mut sealed = SEALER.sealed().as_bytes().to_vec();
    let at = usize::from(at) % sealed.len();
    let length = bytes.len().min(sealed.len() - at);
    sealed[at..at + length].copy_from_slice(&bytes[..length]);
    if let Ok(text) = std::str::from_utf8(&sealed) {
        let opened = SEALER.open(text);
        assert_eq!(opened.is_some(), text == SEALER.sealed());
    }
});
