//! `cargo xtask tidy`: the conventions a machine can check, one file each.

mod features;
mod guarantees;
mod links;
mod lockfiles;
mod opening;
mod pages;
mod peers;
mod protocol;
mod scenarios;
mod security;
mod settings;
mod snippets;
mod sources;

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::paths;

/// Runs every check; all findings are printed, and any is a failure.
pub(crate) fn run() -> Result<()> {
    let findings = check(&paths::root())?;
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        1 => bail!("1 convention is not kept"),
        n => bail!("{n} conventions are not kept"),
    }
}

fn check(root: &Path) -> Result<Vec<Finding>> {
    let (sources, pages) = (sources::read(root)?, pages::read(root)?);
    let mut findings = Vec::new();
    findings.extend(sources.iter().filter_map(opening::check));
    findings.extend(sources.iter().flat_map(features::check));
    findings.extend(scenarios::check(&sources));
    findings.extend(links::check(root, &pages));
    findings.extend(or_unreadable("docs/guide", snippets::check(root, &pages, &sources)));
    findings.extend(or_unreadable("docs/GUARANTEES.md", guarantees::check(root, &sources)));
    findings.extend(or_unreadable("docs/PROTOCOL.md", protocol::check(root, &sources)));
    findings.extend(or_unreadable("docs/SECURITY.md", security::check(root, &sources)));
    findings.extend(or_unreadable("docs/BENCHMARKS.md", peers::check(root)));
    findings.extend(or_unreadable("Leptos.toml", settings::check(root)));
    findings.extend(or_unreadable("Cargo.lock", lockfiles::check(root)));
    Ok(findings)
}

/// A check that could not read what it is about is a finding like the others, not their end.
fn or_unreadable(path: &str, checked: Result<Vec<Finding>>) -> Vec<Finding> {
    checked.unwrap_or_else(|error| {
        vec![Finding {
            path: path.into(),
            line: 1,
            what: format!("{error:#}"),
            mend: "add it, or mend it".into(),
        }]
    })
}

/// A file of the project, read.
struct Source {
    /// From the root, with `/` between its parts.
    path: String,
    text: String,
}

/// A convention that is not kept at a place.
#[derive(Debug, PartialEq)]
struct Finding {
    path: PathBuf,
    /// From 1.
    line: usize,
    what: String,
    mend: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        write!(f, "{path}:{}: {}\n    {}", self.line, self.what, self.mend)
    }
}

/// The line, from 1, of the first one for which `is_it` holds; 1 when none is.
fn line_of(text: &str, is_it: impl Fn(&str) -> bool) -> usize {
    text.lines().position(is_it).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_says_where_what_and_how_to_mend_it() {
        let finding = Finding {
            path: "app/src/lib.rs".into(),
            line: 7,
            what: "this is wrong".into(),
            mend: "do it right".into(),
        };
        assert_eq!(finding.to_string(), "app/src/lib.rs:7: this is wrong\n    do it right");
    }
}
