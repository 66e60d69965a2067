//! The `PATH`: joining it, and looking programs up in it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The user's `PATH` with these folders before it.
pub(super) fn join(first: &[PathBuf]) -> OsString {
    let users = env::var_os("PATH").unwrap_or_default();
    let all = first.iter().cloned().chain(env::split_paths(&users));
    env::join_paths(all).unwrap_or(users)
}

/// The first program of that name in `path`.
pub(super) fn which(program: &str, path: &OsStr) -> Option<PathBuf> {
    env::split_paths(path).find_map(|folder| program_in(&folder, program))
}

/// The program of that name in `folder`.
pub(super) fn program_in(folder: &Path, program: &str) -> Option<PathBuf> {
    // npm's programs are scripts on Windows.
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd"] } else { &[""] };
    endings
        .iter()
        .map(|ending| folder.join(format!("{program}{ending}")))
        .find(|file| is_executable(file))
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_wins() {
        let cargo = which("cargo", &join(&[])).unwrap();
        let folder = cargo.parent().unwrap().to_path_buf();
        assert_eq!(
            which("cargo", &join(std::slice::from_ref(&folder))),
            program_in(&folder, "cargo")
        );
        assert_eq!(which("no-such-program", &join(&[folder])), None);
    }
}
