//! The build: a hash of what the client loads, so that equal files are the same build everywhere.

use std::{fs, path::Path};

use sha2::{Digest, Sha256};

/// The first 16 hexadecimal digits of SHA-256 over the client's files in order of their names;
/// `none` when there are none, as in tests without a client.
pub(crate) fn of_client_files(folder: &Path) -> String {
    let mut files: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "wasm" || e == "js" || e == "css"))
        .collect();
    files.sort();
    let mut hash = Sha256::new();
    for file in &files {
        if let Ok(bytes) = fs::read(file) {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
    }
    if files.is_empty() {
        return "none".to_owned();
    }
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
