//! `docs/BENCHMARKS.md` names the versions that the peers are built from, and their lock files hold these,
//! and name no package host.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Finding, line_of};
use crate::bench::Peer;

const PAGE: &str = "docs/BENCHMARKS.md";

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let page = read(root, PAGE)?;
    let mut findings = Vec::new();
    for peer in Peer::ALL {
        let version = peer.version()?;
        findings.extend(told(&page, peer.title(), &version));
        let (package, lock) = peer.locked_in();
        findings.extend(locked(lock, &read(root, lock)?, package, &version));
    }
    Ok(findings)
}

fn read(root: &Path, path: &str) -> Result<String> {
    fs::read_to_string(root.join(path)).with_context(|| format!("reading {path}"))
}

/// The page's table of versions has this row.
fn told(page: &str, title: &str, version: &str) -> Option<Finding> {
    let row = format!("| {title} | ");
    let told = page.lines().find_map(|line| line.strip_prefix(&row)?.split(' ').next());
    let what = match told {
        Some(told) if told == version => return None,
        Some(told) => format!("{title} is {told} here and {version} where it is built"),
        None => format!("{title} is not told"),
    };
    Some(Finding {
        path: PAGE.into(),
        line: line_of(page, |line| line.starts_with(&row)),
        what,
        mend: "measure it again, and say which version that is".into(),
    })
}

fn locked(path: &str, lock: &str, package: &str, version: &str) -> Vec<Finding> {
    let finding =
        |line, what, mend: &str| Finding { path: path.into(), line, what, mend: mend.into() };
    let mut findings = Vec::new();
    let entry = line_of(lock, |line| line.trim() == package);
    let next = lock.lines().nth(entry).unwrap_or_default();
    if !next.contains(&format!("\"{version}\"")) {
        let what = format!("it does not lock {version}");
        findings.push(finding(entry, what, "install it anew, and commit the lock file"));
    }
    if lock.contains("\"resolved\":") {
        let line = line_of(lock, |line| line.contains("\"resolved\":"));
        let mend = "npm install --omit-lockfile-registry-resolved";
        findings.push(finding(line, "it names a package host".into(), mend));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_tells_the_version_that_is_built() {
        let page = "# What it costs\n\n| | version |\n|---|---|\n| Next.js | 16.4.6 | text |\n";
        assert_eq!(told(page, "Next.js", "16.4.6"), None);
        let found = told(page, "Next.js", "16.5.0").unwrap();
        assert_eq!(
            (found.line, &*found.what),
            (5, "Next.js is 16.4.6 here and 16.5.0 where it is built")
        );
        assert_eq!(told(page, "SvelteKit", "3.2.0").unwrap().what, "SvelteKit is not told");
    }

    #[test]
    fn lock_files_hold_it_and_name_no_host() {
        let lock = "    \"node_modules/next\": {\n      \"version\": \"16.4.6\",\n";
        let found = |lock: &str, version| {
            let findings = locked("lock", lock, "\"node_modules/next\": {", version);
            findings.into_iter().map(|finding| finding.what).collect::<Vec<_>>()
        };
        assert!(found(lock, "16.4.6").is_empty());
        assert_eq!(found(lock, "16.4.7"), ["it does not lock 16.4.7"]);
        let hosted = format!("{lock}      \"resolved\": \"somewhere\",\n");
        assert_eq!(found(&hosted, "16.4.6"), ["it names a package host"]);
        assert_eq!(found("", "16.4.6"), ["it does not lock 16.4.6"]);
    }
}
