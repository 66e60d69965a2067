//! Code in the guide is cut from files that are compiled and tested.
//!
//! In a page, `<!-- from path/of/file.rs#name -->` stands before a fenced block, whose content is then
//! what stands in that file between `// guide: name` and `// guide: end`. Several pieces of one name
//! are put together, a blank line between them. `BLESS=1 cargo xtask tidy` writes the blocks anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Finding, Source};

/// Pages whose code has to come from somewhere.
const GUIDE: &[&str] = &["README.md", "docs/guide/"];

/// Languages of code that could be cut from a file of ours.
const CODE: &[&str] = &["rust", "ts", "toml"];

pub(super) fn check(root: &Path, pages: &[Source], sources: &[Source]) -> Result<Vec<Finding>> {
    let bless = std::env::var_os("BLESS").is_some();
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    for page in pages {
        let cut = |from: &str| {
            let (file, name) = from.split_once('#').context("it names no region: `file#name`")?;
            let text = fs::read_to_string(root.join(file)).context("there is no such file")?;
            region(&text, name)
        };
        let written = write(page, cut);
        used.extend(written.from);
        let text_differs = written.text != page.text;
        if bless && text_differs {
            fs::write(root.join(&page.path), written.text)?;
        }
        findings.extend(written.findings.into_iter().filter(|found| !bless || !found.blessed));
    }
    let mut findings: Vec<_> = findings.into_iter().map(|found| found.finding).collect();
    findings.extend(unused(sources, &used));
    Ok(findings)
}

/// A page with its blocks as they should be.
struct Written {
    text: String,
    /// What its blocks are cut from.
    from: Vec<String>,
    findings: Vec<Found>,
}

struct Found {
    finding: Finding,
    /// Whether writing the page anew mends it.
    blessed: bool,
}

fn write(page: &Source, cut: impl Fn(&str) -> Result<String>) -> Written {
    let mut written = Written { text: String::new(), from: Vec::new(), findings: Vec::new() };
    let mut lines = page.text.lines().enumerate();
    let mut from: Option<&str> = None;
    let is_guide = GUIDE.iter().any(|path| page.path.starts_with(path));
    while let Some((at, line)) = lines.next() {
        written.text.push_str(line);
        written.text.push('\n');
        let Some(language) = line.strip_prefix("```") else {
            from = line.strip_prefix("<!-- from ").and_then(|rest| rest.strip_suffix(" -->"));
            continue;
        };
        let block: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```").collect();
        let block = block.join("\n");
        let mut found = |what: String, mend: &str, blessed| {
            let (path, mend) = (page.path.clone().into(), mend.to_owned());
            let finding = Finding { path, line: at + 1, what, mend };
            written.findings.push(Found { finding, blessed });
        };
        let content = match from.take().map(|from| (from, cut(from))) {
            None => {
                if is_guide && CODE.contains(&language) {
                    let mend =
                        "mark it in a tested file, and say `<!-- from file#name -->` before it";
                    found("this code is cut from no file".into(), mend, false);
                }
                block
            }
            Some((from, Ok(content))) => {
                if content != block {
                    found(
                        format!("this is not what {from} says"),
                        "BLESS=1 cargo xtask tidy",
                        true,
                    );
                }
                written.from.push(from.to_owned());
                content
            }
            Some((from, Err(error))) => {
                found(format!("{from}: {error:#}"), "name a region that is there", false);
                block
            }
        };
        written.text.push_str(&content);
        written.text.push_str("\n```\n");
    }
    written
}

/// The name of a region that begins in this line; `end` ends it.
fn mark(line: &str) -> Option<&str> {
    let comment = line.trim_start();
    comment.strip_prefix("// guide: ").or_else(|| comment.strip_prefix("# guide: "))
}

/// What stands in a text under this name.
fn region(text: &str, name: &str) -> Result<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut pieces: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        match mark(line) {
            Some("end") => drop(open.pop().context("one `guide: end` too many")?),
            Some(begun) => {
                open.push(begun);
                if begun == name {
                    pieces.push(Vec::new());
                }
            }
            None if open.contains(&name) => pieces.last_mut().expect("it is open").push(line),
            None => {}
        }
    }
    if let Some(begun) = open.pop() {
        bail!("its region `{begun}` does not end");
    }
    if pieces.is_empty() {
        bail!("it has no such region");
    }
    let pieces: Vec<String> = pieces.iter().map(|piece| outdented(piece)).collect();
    Ok(pieces.join("\n\n"))
}

/// The lines without what they are all indented by.
fn outdented(lines: &[&str]) -> String {
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let by = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let lines: Vec<&str> = lines.iter().map(|line| line.get(by..).unwrap_or("")).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}

/// Regions of which no page shows anything.
fn unused(sources: &[Source], used: &BTreeSet<String>) -> Vec<Finding> {
    // What is written about this check would be found by it.
    let sources = sources.iter().filter(|source| !source.path.starts_with("xtask/"));
    let marks = sources.flat_map(|source| {
        let lines = source.text.lines().enumerate();
        lines.filter_map(move |(at, line)| Some((source, at + 1, mark(line)?)))
    });
    marks
        .filter(|(source, _, name)| {
            *name != "end" && !used.contains(&format!("{}#{name}", source.path))
        })
        .map(|(source, line, name)| Finding {
            path: source.path.clone().into(),
            line,
            what: format!("no page shows the region `{name}`"),
            mend: "show it, or remove its comments".into(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE_FILE: &str = "// guide: a\nfn one() {\n    // guide: b\n    two();\n\n        three();\n    \
                             // guide: end\n}\n// guide: end\nfn four() {}\n// guide: b\nfive();\n// guide: end\n";

    #[test]
    fn regions_nest_and_pieces_are_put_together() {
        assert_eq!(
            region(CODE_FILE, "a").unwrap(),
            "fn one() {\n    two();\n\n        three();\n}"
        );
        assert_eq!(region(CODE_FILE, "b").unwrap(), "two();\n\n    three();\n\nfive();");
        for (text, name, error) in [
            (CODE_FILE, "c", "it has no such region"),
            ("// guide: a\n", "a", "its region `a` does not end"),
            ("# guide: end\n", "a", "one `guide: end` too many"),
        ] {
            assert_eq!(region(text, name).unwrap_err().to_string(), error);
        }
    }

    fn page(text: &str) -> Source {
        Source { path: "docs/guide/forms.md".into(), text: text.into() }
    }

    fn found(text: &str) -> Vec<(usize, String, bool)> {
        let cut = |from: &str| region(CODE_FILE, from.trim_start_matches("app.rs#"));
        let found = write(&page(text), cut).findings;
        found.into_iter().map(|f| (f.finding.line, f.finding.what, f.blessed)).collect()
    }

    #[test]
    fn a_block_is_what_its_region_says_and_none_is_made_up() {
        let good = "Text.\n\n<!-- from app.rs#a -->\n```rust\nfn one() {\n    two();\n\n        three();\n}\n```\n\n```sh\nls\n```\n";
        assert_eq!(found(good), []);
        let other = good.replace("two();", "too();");
        assert_eq!(found(&other), [(4, "this is not what app.rs#a says".into(), true)]);
        assert_eq!(write(&page(&other), |_| region(CODE_FILE, "a")).text, good);
        assert_eq!(
            found("```rust\nmade_up();\n```\n<!-- from app.rs#z -->\n```rust\n```\n"),
            [
                (1, "this code is cut from no file".into(), false),
                (5, "app.rs#z: it has no such region".into(), false),
            ]
        );
    }

    #[test]
    fn a_region_that_nobody_shows_is_found() {
        let source = Source { path: "app.rs".into(), text: CODE_FILE.into() };
        let lines: Vec<_> = unused(&[source], &BTreeSet::from(["app.rs#b".to_owned()]))
            .into_iter()
            .map(|finding| (finding.line, finding.what))
            .collect();
        assert_eq!(lines, [(1, "no page shows the region `a`".to_owned())]);
    }
}
