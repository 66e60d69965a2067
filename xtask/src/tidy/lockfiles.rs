//! The guestbook, the probe, the starter and the guestbook in plain Leptos, workspaces of their own, are built
//! from the same Leptos as the help desk: all share one target folder and one wasm-bindgen command.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::{Finding, line_of};

const WORKSPACES: &[&str] =
    &["examples/guestbook", "end2end/probe", "templates/starter", "bench/peers/leptos"];

/// What the families' package names begin with.
const FAMILIES: &[&str] = &[
    "leptos",
    "tachys",
    "reactive_",
    "hydration_context",
    "server_fn",
    "axum",
    "wasm-bindgen",
    "js-sys",
    "web-sys",
];

pub(super) fn check(root: &Path) -> Result<Vec<Finding>> {
    let read = |path: &Path| {
        fs::read_to_string(root.join(path)).with_context(|| format!("reading {}", path.display()))
    };
    let ours = read(Path::new("Cargo.lock"))?;
    let mut findings = Vec::new();
    for workspace in WORKSPACES {
        let path = Path::new(workspace).join("Cargo.lock");
        for (line, package, version, expected) in differences(&ours, &read(&path)?)? {
            findings.push(Finding {
                path: path.clone(),
                line,
                what: format!(
                    "{package} is {version} here and {expected} in the root's Cargo.lock"
                ),
                mend: format!(
                    "in {workspace}: cargo update -p {package}@{version} --precise {expected}"
                ),
            });
        }
    }
    Ok(findings)
}

/// Line, package, version and the version expected, of each package that both have but not alike.
fn differences(ours: &str, guestbooks: &str) -> Result<Vec<(usize, String, String, String)>> {
    let ours = versions(ours).context("Cargo.lock")?;
    let mut found = Vec::new();
    for (package, theirs) in versions(guestbooks).context("the other Cargo.lock")? {
        let Some(ours) = ours.get(&package) else {
            continue;
        };
        let Some(expected) = ours.last() else {
            continue;
        };
        for version in theirs.difference(ours) {
            let name = format!("name = \"{package}\"");
            let line = line_of(guestbooks, |line| line == name);
            found.push((line, package.clone(), version.clone(), expected.clone()));
        }
    }
    Ok(found)
}

/// The versions of each package of the families.
fn versions(lock: &str) -> Result<BTreeMap<String, BTreeSet<String>>> {
    let lock: Table = lock.parse().context("not TOML")?;
    let packages = lock.get("package").and_then(Value::as_array);
    let mut versions = BTreeMap::<String, BTreeSet<String>>::new();
    for package in packages.into_iter().flatten() {
        let text = |key: &str| package.get(key).and_then(Value::as_str);
        if let (Some(name), Some(version)) = (text("name"), text("version"))
            && FAMILIES.iter().any(|family| name.starts_with(family))
        {
            versions.entry(name.into()).or_default().insert(version.into());
        }
    }
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lock(packages: &[(&str, &str)]) -> String {
        let entry = |(name, version)| {
            format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n\n")
        };
        packages.iter().copied().map(entry).collect()
    }

    fn check(guestbooks: &[(&str, &str)]) -> Vec<(usize, String, String, String)> {
        let ours =
            lock(&[("axum", "0.7.9"), ("axum", "0.8.9"), ("leptos", "0.8.23"), ("syn", "2.0.1")]);
        differences(&ours, &lock(guestbooks)).unwrap()
    }

    #[test]
    fn only_the_families_have_to_agree_and_only_where_both_have_them() {
        assert_eq!(check(&[("axum", "0.8.9"), ("syn", "2.0.9"), ("leptos_x", "1.0.0")]), []);
    }

    #[test]
    fn another_version_is_found_at_its_line() {
        assert_eq!(
            check(&[("syn", "2.0.1"), ("leptos", "0.8.22")]),
            [(6, "leptos".into(), "0.8.22".into(), "0.8.23".into())]
        );
    }
}
