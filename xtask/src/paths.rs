//! Where things are.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR")
        .unwrap_or_else(|| OsString::from(env!("CARGO_MANIFEST_DIR")));
    let xtask = PathBuf::from(xtask);
    xtask.parent().map_or(xtask.clone(), Path::to_path_buf)
}

/// The one target folder of the workspace and the guestbook (see `.cargo/config.toml`).
pub(crate) fn target() -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| OsString::from("target"));
    root().join(folder)
}

/// The Playwright project.
pub(crate) fn end2end() -> PathBuf {
    root().join("end2end")
}

/// Where tools of a fixed version are installed: shared by every clone, and apart from the tools
/// a user has put on the `PATH`, which are never overwritten.
pub(crate) fn tools() -> PathBuf {
    cargo_home().join("formwork-tools")
}

fn cargo_home() -> PathBuf {
    std::env::var_os("CARGO_HOME")
        .map_or_else(|| std::env::home_dir().unwrap_or_default().join(".cargo"), PathBuf::from)
}
