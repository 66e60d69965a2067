//! What the fuzz targets in `fuzz/` reach into: the very functions that a request runs through.

use std::path::Path;

use axum::body::Body;
use bytes::Bytes;
use formwork_core::Entries;
use futures::stream;

use crate::{
    seal::{self, Keys, Opened, Purpose},
    submit, urlencoded,
};

/// The limits of the default settings.
const LIMIT: usize = 1024 * 1024;
const MAX_FIELDS: usize = 1_000;
const MAX_FILES: usize = 20;

/// The fields of an `application/x-www-form-urlencoded` body, if it is one.
pub fn fields(body: &[u8]) -> Option<Entries> {
    urlencoded::parse(body, MAX_FIELDS).ok()
}

/// The fields of a `multipart/form-data` body that arrives in chunks of this many bytes.
pub async fn parts(content_type: &str, body: &[u8], chunk: usize) -> Option<Entries> {
    let chunks: Vec<Result<Bytes, std::io::Error>> =
        body.chunks(chunk.max(1)).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let mut body = Body::from_stream(stream::iter(chunks));
    let limits =
        submit::Limits { bytes: LIMIT, fields: MAX_FIELDS, files: MAX_FILES, past: LIMIT as u64 };
    submit::parts(content_type, &mut body, limits).await
}

/// A key ring of its own, and what it has sealed.
pub struct Sealer(Keys, String);

impl Default for Sealer {
    fn default() -> Self {
        let keys = seal::load(Some(&seal::make()), true, Path::new("")).expect("a sound key");
        let sealed = keys.seal(Purpose::Bound, b"action@shape", b"the text");
        Sealer(keys, sealed)
    }
}

impl Sealer {
    /// What is sealed.
    pub fn sealed(&self) -> &str {
        &self.1
    }

    /// The text, if this opens for the context that the sealed one is for.
    pub fn open(&self, sealed: &str) -> Option<Vec<u8>> {
        match self.0.open(Purpose::Bound, b"action@shape", sealed) {
            Opened::Text(text) => Some(text),
            Opened::UnknownKey | Opened::Forged => None,
        }
    }
}
