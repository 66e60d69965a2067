//! `Leptos.toml`, which the server reads, agrees with `Cargo.toml`, which cargo-leptos reads.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::{Finding, line_of};

/// What both read. In neither or in both, and the same.
const SHARED: &[&str] =
    &["output-name", "site-root", "site-pkg-dir", "site-addr", "reload-port", "hash-files"];

/// An application's folder, and where its `Cargo.toml` has the settings of cargo-leptos.
const APPS: &[(&str, &str)] = &[
    ("", "[[workspace.metadata.leptos]]"),
    ("examples/guestbook", "[package.metadata.leptos]"),
    ("end2end/probe", "[package.metadata.leptos]"),
    ("templates/starter", "[package.metadata.leptos]"),
];

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for (folder, section) in APPS {
        let read = |name: &str| {
            let path = Path::new(folder).join(name);
            fs::read_to_string(root.join(&path))
                .with_context(|| format!("reading {}", path.display()))
                .map(|text| (path, text))
        };
        let (_, cargo) = read("Cargo.toml")?;
        let (path, leptos) = read("Leptos.toml")?;
        for (line, what) in differences(&cargo, &leptos, section)
            .with_context(|| format!("in the folder `{folder}`"))?
        {
            findings.push(Finding {
                path: path.clone(),
                line,
                what,
                mend: format!("make it the same here and in Cargo.toml's {section}"),
            });
        }
    }
    Ok(findings)
}

/// Lines of `leptos`, and how they differ from `cargo`.
fn differences(cargo: &str, leptos: &str, section: &str) -> Result<Vec<(usize, String)>> {
    let path: Vec<&str> = section.trim_matches(['[', ']']).split('.').collect();
    let cargo: Table = cargo.parse().context("Cargo.toml is not TOML")?;
    let build = table(&cargo, &path).with_context(|| format!("Cargo.toml has no {section}"))?;
    let runtime: Table = leptos.parse().context("Leptos.toml is not TOML")?;
    let runtime = table(&runtime, &["package", "metadata", "leptos"])
        .context("Leptos.toml has no [package.metadata.leptos]")?;
    Ok(SHARED
        .iter()
        .filter(|key| build.get(**key) != runtime.get(**key))
        .map(|key| {
            let here = runtime.get(*key).map_or("missing".into(), Value::to_string);
            let there = build.get(*key).map_or("missing".into(), Value::to_string);
            let line = line_of(leptos, |line| line.trim_start().starts_with(key));
            (line, format!("`{key}` is {here} here and {there} in Cargo.toml"))
        })
        .collect())
}

/// The table at the end of the path; of an array of tables, the first.
fn table<'a>(mut table: &'a Table, path: &[&str]) -> Option<&'a Table> {
    for key in path {
        table = match table.get(*key)? {
            Value::Table(inner) => inner,
            Value::Array(items) => items.first()?.as_table()?,
            _ => return None,
        };
    }
    Some(table)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARGO: &str = r#"
        [[workspace.metadata.leptos]]
        name = "helpdesk"
        output-name = "helpdesk"
        site-addr = "127.0.0.1:3000"
        reload-port = 3001
        style-file = "style/main.css"
    "#;

    fn check(leptos: &str) -> Vec<(usize, String)> {
        differences(CARGO, leptos, APPS[0].1).unwrap()
    }

    #[test]
    fn equal_settings_pass_whatever_else_stands_beside_them() {
        let leptos = r#"
            [package.metadata.leptos]
            output-name = "helpdesk"
            site-addr = "127.0.0.1:3000"
            reload-port = 3001
            env = "DEV"
            [formwork]
            body-limit = "1 MiB"
        "#;
        assert_eq!(check(leptos), []);
    }

    #[test]
    fn other_and_missing_ones_are_found_at_their_lines() {
        let leptos = "[package.metadata.leptos]\noutput-name = \"desk\"\nsite-root = \"site\"\n\
                      site-addr = \"127.0.0.1:3000\"";
        assert_eq!(
            check(leptos),
            [
                (2, r#"`output-name` is "desk" here and "helpdesk" in Cargo.toml"#.into()),
                (3, r#"`site-root` is "site" here and missing in Cargo.toml"#.into()),
                (1, "`reload-port` is missing here and 3001 in Cargo.toml".into()),
            ]
        );
    }

    #[test]
    fn a_missing_section_is_named() {
        let error = differences(CARGO, "[formwork]", APPS[0].1).unwrap_err();
        assert_eq!(error.to_string(), "Leptos.toml has no [package.metadata.leptos]");
        let error = differences(CARGO, "", APPS[1].1).unwrap_err();
        assert_eq!(error.to_string(), "Cargo.toml has no [package.metadata.leptos]");
    }
}
