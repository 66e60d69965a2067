//! `docs/GUARANTEES.md` has every promise, and each names tests that exist.
//!
//! A row is `| 7 | what is promised | proof |`. A proof names a file and the tests in it,
//! `` `http/once.rs`: `o1_…`, `o1_…` ``, or a file that must not compile. What a row does not prove
//! stands behind "Not shown:".

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Finding, Source};

const FILE: &str = "docs/GUARANTEES.md";

/// How many promises there are.
const PROMISES: usize = 40;

/// What a row does not prove.
const NOT_SHOWN: &str = "Not shown:";

/// Files that prove something by not compiling.
const REFUSED: &[&str] = &["tests/ui/", "client/mistakes/"];

pub(super) fn check(root: &Path, sources: &[Source]) -> Result<Vec<Finding>> {
    let text = fs::read_to_string(root.join(FILE)).with_context(|| format!("reading {FILE}"))?;
    Ok(findings(&text, sources))
}

fn findings(text: &str, sources: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut found = |line: usize, what: String, mend: &str| {
        findings.push(Finding { path: FILE.into(), line, what, mend: mend.to_owned() });
    };
    let rows: Vec<_> = rows(text).collect();
    for number in 1..=PROMISES {
        if rows.iter().filter(|row| row.number == number).count() != 1 {
            found(
                1,
                format!("there is not one row {number}"),
                "every promise has a row of its own",
            );
        }
    }
    for row in rows {
        let tests = proofs(row.proof);
        if tests.is_empty() {
            found(row.line, "this row names no test".into(), "name one, or the nearest there is");
        }
        for (file, test) in tests.into_iter().filter(|(file, test)| !exists(file, test, sources)) {
            let what = match test {
                "" => format!("there is no file `{file}`, or more than one"),
                test => format!("there is no test `{test}` in `{file}`"),
            };
            found(row.line, what, "name the test that proves it now");
        }
    }
    findings
}

struct Row<'a> {
    /// From 1.
    line: usize,
    number: usize,
    proof: &'a str,
}

fn rows(text: &str) -> impl Iterator<Item = Row<'_>> {
    text.lines().enumerate().filter_map(|(at, line)| {
        let mut cells = line.strip_prefix("| ")?.splitn(3, " | ");
        let number = cells.next()?.parse().ok()?;
        Some(Row { line: at + 1, number, proof: cells.nth(1)? })
    })
}

/// Each test with its file; a file that must not compile has none. Commands are for the reader.
fn proofs(cell: &str) -> Vec<(&str, &str)> {
    let shown = cell.split(NOT_SHOWN).next().unwrap_or_default();
    let mut file = "";
    let mut proofs = Vec::new();
    for name in shown.split('`').skip(1).step_by(2).filter(|name| !name.starts_with("cargo ")) {
        if REFUSED.iter().any(|folder| name.starts_with(folder)) {
            proofs.push((name, ""));
        } else if name.ends_with(".rs") || name.ends_with(".spec.ts") {
            file = name;
        } else {
            proofs.push((file, name));
        }
    }
    proofs
}

fn exists(file: &str, test: &str, sources: &[Source]) -> bool {
    let below = format!("/{file}");
    let is_it = |source: &&Source| source.path == file || source.path.ends_with(&below);
    let mut found = sources.iter().filter(is_it);
    let (Some(source), None) = (found.next(), found.next()) else { return false };
    if test.is_empty() {
        true
    } else if file.ends_with(".ts") {
        [format!("'{test}'"), format!("\"{test}\"")].iter().any(|title| source.text.contains(title))
    } else {
        is_test(test, &source.text)
    }
}

/// Whether the function has `#[test]`, or `#[tokio::test]`, above it.
fn is_test(name: &str, text: &str) -> bool {
    let function = format!("fn {name}(");
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    let at = lines.iter().position(|line| line.contains(&function));
    at.is_some_and(|at| {
        let above = lines[..at].iter().rev();
        let mut attributes =
            above.take_while(|line| line.starts_with("#[") || line.starts_with("//"));
        attributes.any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources() -> Vec<Source> {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        vec![
            source(
                "crates/formwork/tests/http/once.rs",
                "#[tokio::test]\n// Why.\nasync fn o1_x() {}\nfn o1_y() {}",
            ),
            source("crates/formwork/tests/ui/action.rs", ""),
            source("end2end/tests/a.spec.ts", "test('N1 a', async"),
        ]
    }

    #[test]
    fn every_promise_needs_a_row_and_every_row_a_test_that_is_there() {
        let mut text = "| # | promise | proved by |\n".to_owned();
        for number in 1..=PROMISES {
            let proof = match number {
                1 => "`http/once.rs`: `o1_x`; `a.spec.ts`: `N1 a`",
                2 => "`tests/ui/action.rs`",
                3 => "Not shown: `http/once.rs`: `o1_x`",
                4 => "`http/once.rs`: `o1_y`, `o1_z`",
                5 => "`tests/ui/gone.rs`; `a.spec.ts`: `N1 b`",
                6 => continue,
                _ => "`cargo xtask test`, `once.rs`: `o1_x`. Not shown: `what`.",
            };
            text.push_str(&format!("| {number} | it is so | {proof} |\n"));
        }
        let found: Vec<_> =
            findings(&text, &sources()).into_iter().map(|f| (f.line, f.what)).collect();
        let expect = [
            (1, "there is not one row 6"),
            (4, "this row names no test"),
            (5, "there is no test `o1_y` in `http/once.rs`"),
            (5, "there is no test `o1_z` in `http/once.rs`"),
            (6, "there is no file `tests/ui/gone.rs`, or more than one"),
            (6, "there is no test `N1 b` in `a.spec.ts`"),
        ];
        assert_eq!(found, expect.map(|(line, what)| (line, what.to_owned())));
    }
}
