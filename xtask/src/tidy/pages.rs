//! The documents that the checks read.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::Source;

/// Every document for people: those at the root, and all below `docs/`.
pub(super) fn read(root: &Path) -> Result<Vec<Source>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(root)? {
        add(root, entry?.file_name().to_string_lossy().into_owned(), &mut pages)?;
    }
    walk(root, "docs", &mut pages)?;
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(pages)
}

fn walk(root: &Path, folder: &str, pages: &mut Vec<Source>) -> Result<()> {
    for entry in fs::read_dir(root.join(folder)).with_context(|| format!("reading {folder}"))? {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(root, &path, pages)?;
        } else {
            add(root, path, pages)?;
        }
    }
    Ok(())
}

fn add(root: &Path, path: String, pages: &mut Vec<Source>) -> Result<()> {
    if path.ends_with(".md") {
        let text =
            fs::read_to_string(root.join(&path)).with_context(|| format!("reading {path}"))?;
        pages.push(Source { path, text });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_and_the_documents_are_among_them() {
        let pages = read(&crate::paths::root()).unwrap();
        for path in ["README.md", "docs/SECURITY.md"] {
            assert!(pages.iter().any(|page| page.path == path), "{path}");
        }
    }
}
