//! Links of documents to files and headings of the project lead somewhere, and the book has every page
//! of the guide.

use std::path::{Component, Path, PathBuf};

use super::{Finding, Source};

const SUMMARY: &str = "docs/SUMMARY.md";

pub(super) fn check(root: &Path, pages: &[Source]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut in_book = Vec::new();
    for page in pages {
        for (line, target) in links(&page.text) {
            let (file, heading) = target.split_once('#').unwrap_or((target, ""));
            let folder = Path::new(&page.path).parent().unwrap_or(Path::new(""));
            let path = match file {
                "" => page.path.clone(),
                file => plain(&folder.join(file)),
            };
            if page.path == SUMMARY {
                in_book.push(path.clone());
            }
            if !leads_somewhere(root, pages, &path, heading) {
                findings.push(Finding {
                    path: page.path.clone().into(),
                    line,
                    what: format!("there is no `{target}`"),
                    mend: "link to what is there".into(),
                });
            }
        }
    }
    let guide = pages.iter().filter(|page| page.path.starts_with("docs/guide/"));
    findings.extend(guide.filter(|page| !in_book.contains(&page.path)).map(|page| Finding {
        path: page.path.clone().into(),
        line: 1,
        what: "the book does not have this page".into(),
        mend: format!("name it in {SUMMARY}"),
    }));
    findings
}

fn leads_somewhere(root: &Path, pages: &[Source], path: &str, heading: &str) -> bool {
    match pages.iter().find(|page| page.path == path) {
        Some(page) => heading.is_empty() || headings(&page.text).any(|slug| slug == heading),
        None => heading.is_empty() && root.join(path).exists(),
    }
}

/// The targets of links that are no address on the web, each with its line.
fn links(text: &str) -> Vec<(usize, &str)> {
    let mut in_code = false;
    let mut links = Vec::new();
    for (at, line) in text.lines().enumerate() {
        in_code ^= line.starts_with("```");
        if !in_code {
            let targets = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
            let ours = targets.filter(|target| !target.contains(':'));
            links.extend(ours.map(|target| (at + 1, target)));
        }
    }
    links
}

/// The headings, as a link names them.
fn headings(text: &str) -> impl Iterator<Item = String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings.map(|line| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    })
}

/// The path without `..`.
fn plain(path: &Path) -> String {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::Normal(name) => plain.push(name),
            _ => {}
        }
    }
    plain.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_a_file_or_a_heading_that_is_there() {
        let page = |path: &str, text: &str| Source { path: path.into(), text: text.into() };
        let pages = [
            page("README.md", "[a](docs/guide/forms.md#rows-and-keys) [b](https://x.example/y)"),
            page("docs/SUMMARY.md", "- [Forms](guide/forms.md)\n```\n[x](no.md)\n```"),
            page(
                "docs/guide/forms.md",
                "## Rows, and *keys*\n[c](../../xtask/Cargo.toml)\n[d](#rows)\n[e](../no.md)",
            ),
            page("docs/guide/left-out.md", ""),
        ];
        let found: Vec<_> = check(&crate::paths::root(), &pages)
            .into_iter()
            .map(|finding| {
                (finding.path.to_string_lossy().into_owned(), finding.line, finding.what)
            })
            .collect();
        let expect = [
            ("docs/guide/forms.md", 3, "there is no `#rows`"),
            ("docs/guide/forms.md", 4, "there is no `../no.md`"),
            ("docs/guide/left-out.md", 1, "the book does not have this page"),
        ];
        assert_eq!(
            found,
            expect.map(|(path, line, what)| (path.to_owned(), line, what.to_owned()))
        );
    }
}
