//! The source files that the checks read.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Source;

/// Folders with sources of ours. A new top-level one with code in it is named here.
const FOLDERS: &[&str] = &[
    "crates",
    "app",
    "server",
    "client",
    "xtask",
    "examples",
    "templates",
    "end2end",
    "bench",
    "fuzz",
    "soak",
];

/// Every Rust and TypeScript file of the project, in the order of their paths.
pub(super) fn read(root: &Path) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in FOLDERS {
        if root.join(folder).is_dir() {
            walk(root, folder, &[".rs", ".ts"], &mut sources)?;
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// Adds the files below a folder that end like this.
pub(super) fn walk(
    root: &Path,
    folder: &str,
    endings: &[&str],
    sources: &mut Vec<Source>,
) -> Result<()> {
    for entry in fs::read_dir(root.join(folder)).with_context(|| format!("reading {folder}"))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if entry.file_type()?.is_dir() {
            if !name.starts_with('.') && name != "target" && name != "node_modules" {
                walk(root, &path, endings, sources)?;
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            sources.push(file(root, path)?);
        }
    }
    Ok(())
}

/// One file.
pub(super) fn file(root: &Path, path: String) -> Result<Source> {
    let text = fs::read_to_string(root.join(&path)).with_context(|| format!("reading {path}"))?;
    Ok(Source { path, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_file_is_among_them_and_no_dependency_is() {
        let sources = read(&crate::paths::root()).unwrap();
        assert!(sources.iter().any(|source| source.path == "xtask/src/tidy/sources.rs"));
        assert!(sources.iter().all(|source| !source.path.contains("node_modules")));
    }
}
