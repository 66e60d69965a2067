//! Every rule of `docs/SECURITY.md` names a test, and every test that it names exists.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Finding, Source};

const FILE: &str = "docs/SECURITY.md";

pub(super) fn check(root: &Path, sources: &[Source]) -> Result<Vec<Finding>> {
    let text = fs::read_to_string(root.join(FILE)).with_context(|| format!("reading {FILE}"))?;
    Ok(findings(&text, |test| exists(test, sources)))
}

/// A test as the document names it: a function, a file of `tests/ui/`, or the title of a journey.
fn exists(test: &str, sources: &[Source]) -> bool {
    if test.ends_with(".rs") {
        let below = format!("/{test}");
        return sources.iter().any(|source| source.path == test || source.path.ends_with(&below));
    }
    let (function, journey) = (format!("fn {test}("), format!("'{test}'"));
    sources.iter().any(|source| source.text.contains(&function) || source.text.contains(&journey))
}

fn findings(text: &str, exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |line: usize, what: String, mend: &str| {
        findings.push(Finding { path: FILE.into(), line, what, mend: mend.to_owned() });
    };
    for (line, rule) in rules(text) {
        let tests: Vec<&str> = rule.split('`').skip(1).step_by(2).filter(|t| is_test(t)).collect();
        if tests.is_empty() {
            found(line, "this rule names no test".into(), "name one that fails if it is not kept");
        }
        for test in tests.into_iter().filter(|test| !exists(test)) {
            let what = format!("there is no test `{test}`");
            found(line, what, "name the test that proves the rule now");
        }
    }
    findings
}

/// What is in backticks and looks like a test: `t1_…`, a long name in snake case, `tests/ui/x.rs`, or
/// a journey's title, which begins with a scenario's number or is a sentence.
fn is_test(text: &str) -> bool {
    let name = text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    let journey = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.contains(' ')
        && text.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    let sentence = text.split(' ').count() > 6;
    let file = ["tests/ui/", "client/mistakes/"].iter().any(|folder| text.starts_with(folder));
    (name && text.matches('_').count() >= 3) || file || journey || sentence
}

/// The numbered rules, each with its line and all of its text.
fn rules(text: &str) -> Vec<(usize, String)> {
    let mut rules: Vec<(usize, String)> = Vec::new();
    let mut within = false;
    for (at, line) in text.lines().enumerate() {
        let numbered =
            line.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok());
        within = numbered || (within && line.starts_with("   "));
        if numbered {
            rules.push((at + 1, line.to_owned()));
        } else if let (true, Some((_, rule))) = (within, rules.last_mut()) {
            rule.push(' ');
            rule.push_str(line.trim());
        }
    }
    rules
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_without_a_test_and_a_test_that_is_gone_are_found() {
        let text = "# Rules\n\n1. Proved.\n   — `t1_it_is_so`\n2. Not proved: `Bound`, `cargo test`.\n\
                    3. Was proved. — `t2_that_is_gone`, `tests/ui/x.rs`, `T12 what was typed`\n\nMore.";
        let findings = findings(text, |test| test == "t1_it_is_so");
        let found: Vec<_> = findings.iter().map(|f| (f.line, f.what.as_str())).collect();
        assert_eq!(
            found,
            [
                (5, "this rule names no test"),
                (6, "there is no test `t2_that_is_gone`"),
                (6, "there is no test `tests/ui/x.rs`"),
                (6, "there is no test `T12 what was typed`"),
            ]
        );
    }
}
