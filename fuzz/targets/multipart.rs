//! A body of parts, in chunks of any size: the size of the chunks changes nothing.
#![no_main]

use futures::executor::block_on;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    let (chunk, body) = input;
    let kind = "multipart/form-data; boundary=b";
    let whole = block_on(formwork_axum::fuzzing::parts(kind, body, body.len()));
    let chunked = block_on(formwork_axum::fuzzing::parts(kind, body, usize::from(chunk)));
    assert_eq!(whole, chunked);
    if let Ok(text) = std::str::from_utf8(body) {
        // The header is a visitor's as well.
        let _ = block_on(formwork_axum::fuzzing::parts(text, body, body.len()));
    }
});
