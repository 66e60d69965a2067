//! The documents that the checks read.

use std::fs;
use std::path::Path;

use anyhow::Result;

use super::{Source, sources};

/// Every document for people: those at the root, and all below `docs/`.
pub(super) fn read(root: &Path) -> Result<Vec<Source>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(root)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            pages.push(sources::file(root, name)?);
        }
    }
    sources::walk(root, "docs", &[".md"], &mut pages)?;
    pages.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(pages)
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
