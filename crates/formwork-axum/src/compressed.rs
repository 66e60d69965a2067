//! The client's files as they are sent compressed: `app.wasm.br` and `app.wasm.gz`, which
//! `cargo leptos build --release --precompress` puts beside `app.wasm`.
//!
//! A build without `--precompress` leaves them there as they were. Sent in place of the new file, an old
//! one would be a client of another build, so all are compared once when the server starts.

use std::{
    fs,
    io::{self, Read},
    path::Path,
};

use flate2::read::GzDecoder;

/// Whether every compressed file in this folder, and in those within it, is of the file beside it.
pub(crate) fn are_current(folder: &Path) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.into_iter().all(|path| match path.is_dir() {
        // What is linked to is another's.
        true => path.is_symlink() || are_current(&path),
        false => is_current(&path),
    })
}

fn is_current(path: &Path) -> bool {
    // What stands alone is a file of its own.
    let Ok(beside) = fs::read(path.with_extension("")) else { return true };
    let Some(whole) = whole(path, beside.len() as u64 + 1) else { return true };
    let current = whole.is_ok_and(|whole| whole == beside);
    if !current {
        tracing::warn!(
            path = %path.display(),
            "this file was made of another build: nothing is sent compressed; build with --precompress"
        );
    }
    current
}

/// What was compressed, up to so many bytes; `None` if nothing was.
fn whole(path: &Path, most: u64) -> Option<io::Result<Vec<u8>>> {
    let extension = path.extension()?.to_str()?;
    let read = |file: fs::File| -> io::Result<Vec<u8>> {
        let mut whole = Vec::new();
        match extension {
            "br" => brotli::Decompressor::new(file, 4096).take(most).read_to_end(&mut whole),
            _ => GzDecoder::new(file).take(most).read_to_end(&mut whole),
        }?;
        Ok(whole)
    };
    matches!(extension, "br" | "gz").then(|| fs::File::open(path).and_then(read))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn what_another_build_has_compressed_is_noticed() {
        let root = std::env::temp_dir().join(format!("formwork-compressed-{}", std::process::id()));
        let pkg = root.join("pkg");
        fs::create_dir_all(&pkg).unwrap();
        let brotli = |text: &[u8]| {
            let mut made = Vec::new();
            brotli::BrotliCompress(&mut &text[..], &mut made, &Default::default()).unwrap();
            fs::write(pkg.join("app.wasm.br"), made).unwrap();
        };
        let gzip = |text: &[u8]| {
            let mut made = GzEncoder::new(Vec::new(), Compression::default());
            made.write_all(text).unwrap();
            fs::write(pkg.join("app.wasm.gz"), made.finish().unwrap()).unwrap();
        };
        assert!(are_current(&root.join("nowhere")));
        fs::write(pkg.join("app.wasm"), "this build").unwrap();
        brotli(b"this build");
        gzip(b"this build");
        fs::write(pkg.join("archive.gz"), "a file of its own").unwrap();
        assert!(are_current(&root));
        gzip(b"another build");
        assert!(!are_current(&root));
        gzip(b"this build");
        fs::write(pkg.join("app.wasm.br"), "no brotli").unwrap();
        assert!(!are_current(&root));
        fs::remove_dir_all(root).unwrap();
    }
}
