//! The build: a hash of what the client loads, so that equal files are the same build everywhere.
//!
//! The files of every build have the same names, and a client of one build can't hydrate the page of
//! another. So a document asks for its files with its build in the address, `/pkg/app.wasm?b=BUILD`,
//! and is given those of that build or none:
//!
//! 1. Those of this server's build are what lies in the folder.
//! 2. Those of an older one lie in a folder within it that is named by that build, if whoever deploys
//!    keeps them there: `pkg/6f1c0de2a94b7d35/app.wasm`.
//! 3. Otherwise there are none: the page stays as it came, and its forms are posted without a script.

use std::{fs, path::Path};

use formwork_core::wire;
use http::Uri;
use sha2::{Digest, Sha256};

use crate::hex::hex;

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
    hex(&hash.finalize()[..8])
}

/// What caches are told of a client's file. An address with a build in it is of one content for ever; the
/// same file without it is asked about each time. `None` for anything else.
pub(crate) fn kept(uri: &Uri, folder: &str) -> Option<&'static str> {
    uri.path().strip_prefix('/')?.strip_prefix(folder)?.strip_prefix('/')?;
    let mut pairs = uri.query().unwrap_or_default().split('&');
    let named = pairs.any(|pair| {
        pair.split_once('=')
            .is_some_and(|(name, of)| name == wire::BUILD_PARAMETER && !of.is_empty())
    });
    Some(if named { "public, max-age=31536000, immutable" } else { "no-cache" })
}

/// Where the file lies that a document of another build asks for; `None` for anything else.
pub(crate) fn of_another(uri: &Uri, folder: &str, build: &str) -> Option<Uri> {
    let name = uri.path().strip_prefix('/')?.strip_prefix(folder)?.strip_prefix('/')?;
    let pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    let of = pairs.into_iter().find(|(name, _)| *name == wire::BUILD_PARAMETER)?.1;
    if of == build {
        return None;
    }
    // Whatever else stands there names no folder.
    let is_build = !of.is_empty() && of.bytes().all(|byte| byte.is_ascii_alphanumeric());
    format!("/{folder}/{}/{name}", if is_build { of } else { "none" }).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(uri: &str, expect: Option<&str>) {
        let found = of_another(&uri.parse().unwrap(), "pkg", "abc");
        assert_eq!(found.map(|uri| uri.to_string()).as_deref(), expect);
    }

    #[test]
    fn a_document_is_given_the_files_of_its_own_build() {
        check("/pkg/app.wasm?b=abc", None);
        check("/pkg/app.wasm", None);
        check("/pkg/app.wasm?c=d", None);
        check("/other/app.wasm?b=def", None);
        check("/pkgs/app.wasm?b=def", None);
        check("/pkg/app.wasm?b=def", Some("/pkg/def/app.wasm"));
        check("/pkg/app.wasm?a=1&b=def", Some("/pkg/def/app.wasm"));
        check("/pkg/app.wasm?b=../../etc", Some("/pkg/none/app.wasm"));
        check("/pkg/app.wasm?b=", Some("/pkg/none/app.wasm"));
    }

    #[test]
    fn only_what_a_build_names_is_kept_for_ever() {
        let kept = |uri: &str| kept(&uri.parse().unwrap(), "pkg");
        let for_ever = Some("public, max-age=31536000, immutable");
        assert_eq!(kept("/pkg/app.wasm?b=abc"), for_ever);
        assert_eq!(kept("/pkg/app.wasm?a=1&b=def"), for_ever);
        assert_eq!(kept("/pkg/app.css"), Some("no-cache"));
        assert_eq!(kept("/pkg/app.wasm?b="), Some("no-cache"));
        assert_eq!(kept("/pkgs/app.wasm?b=abc"), None);
        assert_eq!(kept("/?b=abc"), None);
    }

    #[test]
    fn equal_files_are_one_build_wherever_they_lie() {
        let file = |folder: &Path, name: &str, text: &str| {
            fs::create_dir_all(folder).unwrap();
            fs::write(folder.join(name), text).unwrap();
        };
        let root = std::env::temp_dir().join(format!("formwork-build-{}", std::process::id()));
        let (one, other) = (root.join("one"), root.join("other/deeper"));
        assert_eq!(of_client_files(&one), "none");
        for folder in [&other, &one] {
            file(folder, "b.js", "script");
            file(folder, "a.wasm", "code");
            file(folder, "c.txt", &folder.display().to_string());
        }
        let build = of_client_files(&one);
        assert_eq!((build.len(), &build), (16, &of_client_files(&other)));
        file(&one, "a.wasm", "other code");
        assert_ne!(build, of_client_files(&one));
        fs::remove_dir_all(root).unwrap();
    }
}
