//! The texts of a page that is kept: compressed once, for everyone.

use std::io::Write;

use brotli::enc::BrotliEncoderParams;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

/// Good enough for a text that is sent many times, and made in a millisecond or two.
const BROTLI_QUALITY: i32 = 6;

/// The text as brotli, gzip and itself; empty where it would not be smaller.
pub(super) async fn all(text: Bytes) -> [Bytes; 3] {
    let itself = text.clone();
    let made = tokio::task::spawn_blocking(move || (brotli(&text), gzip(&text))).await;
    let (brotli, gzip) = made.unwrap_or_default();
    let smaller =
        |made: Vec<u8>| if made.len() < itself.len() { made.into() } else { Bytes::new() };
    [smaller(brotli), smaller(gzip), itself.clone()]
}

fn brotli(text: &[u8]) -> Vec<u8> {
    let params = BrotliEncoderParams { quality: BROTLI_QUALITY, ..BrotliEncoderParams::default() };
    let mut made = Vec::new();
    // Writing to memory does not fail.
    let _ = brotli::BrotliCompress(&mut &text[..], &mut made, &params);
    made
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    let _ = encoder.write_all(text);
    encoder.finish().unwrap_or_default()
}
