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

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

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

/// The files in a folder as they lay there when the server started. Whoever replaces them while it runs has it
/// send another build's under its own name: nobody is to keep these.
pub(crate) struct Stamps {
    folder: PathBuf,
    files: HashMap<String, Stamp>,
}

/// Length, and when it was changed.
type Stamp = (u64, Option<SystemTime>);

impl Stamps {
    pub(crate) fn of(folder: PathBuf) -> Self {
        let names = fs::read_dir(&folder).into_iter().flatten();
        let names = names.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let files = names.filter_map(|name| Some((name.clone(), stamp(&folder.join(name))?)));
        Stamps { files: files.collect(), folder }
    }

    /// Whether the file of this name is what it was, and so is what it is sent as where it is compressed.
    fn hold(&self, name: &str) -> bool {
        let is_as_it_was =
            |name: &str| self.files.get(name).copied() == stamp(&self.folder.join(name));
        self.files.contains_key(name)
            && ["", ".br", ".gz"].iter().all(|suffix| is_as_it_was(&format!("{name}{suffix}")))
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let file = fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    Some((file.len(), file.modified().ok()))
}

/// What caches are told of a client's file. An address with a build in it is of one content for ever; the
/// same file without it is asked about each time. `None` for anything else.
pub(crate) fn kept(uri: &Uri, folder: &str, build: &str, files: &Stamps) -> Option<&'static str> {
    let (name, of) = asked_for(uri, folder)?;
    // Those of another build lie in a folder of their own.
    let named = of.is_some_and(|of| !of.is_empty() && (of != build || files.hold(name)));
    Some(if named { "public, max-age=31536000, immutable" } else { "no-cache" })
}

/// Where the file lies that a document of another build asks for; `None` for anything else.
pub(crate) fn of_another(uri: &Uri, folder: &str, build: &str) -> Option<Uri> {
    let (name, of) = asked_for(uri, folder)?;
    let of = of?;
    if of == build {
        return None;
    }
    // Whatever else stands there names no folder.
    let is_build = !of.is_empty() && of.bytes().all(|byte| byte.is_ascii_alphanumeric());
    format!("/{folder}/{}/{name}", if is_build { of } else { "none" }).parse().ok()
}

/// Which of the client's files an address is of, and of which build, if it says so; `None` for anything else.
fn asked_for<'a>(uri: &'a Uri, folder: &str) -> Option<(&'a str, Option<&'a str>)> {
    let name = uri.path().strip_prefix('/')?.strip_prefix(folder)?.strip_prefix('/')?;
    let mut pairs = uri.query().unwrap_or_default().split('&').filter_map(|p| p.split_once('='));
    Some((name, pairs.find(|(name, _)| *name == wire::BUILD_PARAMETER).map(|(_, of)| of)))
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
    fn only_what_a_build_names_and_still_is_as_it_was_is_kept_for_ever() {
        let folder = std::env::temp_dir().join(format!("formwork-kept-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for name in ["app.wasm", "app.wasm.br", "app.css"] {
            fs::write(folder.join(name), name).unwrap();
        }
        let files = Stamps::of(folder.clone());
        let kept = |uri: &str| kept(&uri.parse().unwrap(), "pkg", "abc", &files);
        let for_ever = Some("public, max-age=31536000, immutable");
        assert_eq!(kept("/pkg/app.wasm?b=abc"), for_ever);
        assert_eq!(kept("/pkg/app.wasm?a=1&b=def"), for_ever);
        assert_eq!(kept("/pkg/app.css"), Some("no-cache"));
        assert_eq!(kept("/pkg/app.wasm?b="), Some("no-cache"));
        assert_eq!(kept("/pkg/none.wasm?b=abc"), Some("no-cache"));
        assert_eq!(kept("/pkgs/app.wasm?b=abc"), None);
        assert_eq!(kept("/?b=abc"), None);
        // The next build, over this one's files.
        fs::write(folder.join("app.wasm.br"), "another build").unwrap();
        assert_eq!(kept("/pkg/app.wasm?b=abc"), Some("no-cache"));
        assert_eq!(kept("/pkg/app.css?b=abc"), for_ever);
        fs::remove_dir_all(folder).unwrap();
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
