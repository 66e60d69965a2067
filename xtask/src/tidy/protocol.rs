//! `docs/PROTOCOL.md` is about the types that travel as they are now: it carries their fingerprint.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Finding, Source, line_of};

const PAGE: &str = "docs/PROTOCOL.md";

/// Where what travels is defined.
const FILES: &[&str] = &[
    "crates/formwork-core/src/delta/",
    "crates/formwork-core/src/page.rs",
    "crates/formwork-core/src/version.rs",
    "crates/formwork-core/src/wire.rs",
];

/// What stands before the fingerprint.
const PINNED: &str = "Pinned to the source: `";

pub(super) fn check(root: &Path, sources: &[Source]) -> Result<Vec<Finding>> {
    let page = fs::read_to_string(root.join(PAGE)).with_context(|| format!("reading {PAGE}"))?;
    Ok(compare(&page, &fingerprint(sources)).into_iter().collect())
}

fn compare(page: &str, expect: &str) -> Option<Finding> {
    let pinned = page.split_once(PINNED).and_then(|(_, rest)| rest.split('`').next());
    (pinned != Some(expect)).then(|| Finding {
        path: PAGE.into(),
        line: line_of(page, |line| line.contains(PINNED)),
        what: "what travels between browser and server has changed since this page was checked"
            .into(),
        mend: format!(
            "make it say what is so now, raise its version if an older client can't read it, then \
             write `{expect}` as the pin"
        ),
    })
}

/// 64-bit FNV-1a of the files' code: tests and comments say nothing to the other side.
fn fingerprint(sources: &[Source]) -> String {
    let mut files: Vec<&Source> = sources
        .iter()
        .filter(|source| FILES.iter().any(|path| source.path.starts_with(path)))
        .collect();
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for source in files {
        let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = code.lines().map(str::trim).filter(|line| !line.starts_with("//"));
        for byte in lines.flat_map(str::bytes) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn only_what_travels_counts() {
        let wire = "crates/formwork-core/src/wire.rs";
        let of = |text: &str| fingerprint(&[source(wire, text)]);
        let plain = of("//! Lines.\npub struct Line;\n");
        assert_eq!(plain, of("//! Other words.\npub struct Line;\n\n#[cfg(test)]\nmod tests {}\n"));
        assert_ne!(plain, of("//! Lines.\npub struct Line(u8);\n"));
        let elsewhere = source("crates/formwork-core/src/form.rs", "pub struct Form;");
        let both = [elsewhere, source(wire, "//! Lines.\npub struct Line;\n")];
        assert_eq!(plain, fingerprint(&both));
    }

    #[test]
    fn a_page_that_was_not_checked_says_what_to_write() {
        let page = "# Protocol\n\nVersion 1. Pinned to the source: `00ff`\n";
        assert!(compare(page, "00ff").is_none());
        let finding = compare(page, "1234").unwrap();
        assert!(finding.line == 3 && finding.mend.contains("write `1234`"), "{finding}");
        assert!(compare("# Protocol", "00ff").is_some());
    }
}
