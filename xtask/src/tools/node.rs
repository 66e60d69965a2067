//! Node and npm, and what npm puts into `end2end/`.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use anyhow::bail;

use super::{Found, Tool, Toolbox};
use crate::{paths, run};

/// What Playwright asks for.
const OLDEST: u32 = 20;

/// Never installed by us: how it gets onto a machine is its owner's choice.
pub(crate) const NODE: Tool = Tool {
    name: "Node",
    why: "the browser tests run on it, and npm carries wasm-opt",
    about: "no time",
    find: |toolbox| {
        let node = run::output(toolbox.command("node").arg("--version"));
        let npm = run::output(toolbox.command("npm").arg("--version"));
        if node.and_then(|text| major(&text)) < Some(OLDEST) || npm.is_none() {
            bail!(
                "please install Node {OLDEST} or newer with npm, by your system's packages or from \
                 its own site, so that `node --version` and `npm --version` work; then run this again"
            );
        }
        Ok(Some(Found::AsItIs))
    },
    install: |_| Ok(()),
};

pub(crate) const PLAYWRIGHT: Tool = Tool {
    name: "Playwright (end2end/node_modules)",
    why: "it drives the browser",
    about: "some seconds",
    find: |_| {
        let lock = paths::end2end().join("package-lock.json");
        // npm writes this one last.
        let installed = paths::end2end().join("node_modules/.package-lock.json");
        Ok((modified(&installed) >= modified(&lock)).then_some(Found::AsItIs))
    },
    install: |toolbox| {
        let mut command = toolbox.command("npm");
        command.args(["ci", "--no-audit", "--no-fund"]);
        command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        run::run(command.current_dir(paths::end2end()))
    },
};

/// Playwright's own command, which needs no shell script to start.
pub(crate) fn playwright(toolbox: &Toolbox) -> std::process::Command {
    let mut command = toolbox.command("node");
    command.arg("node_modules/@playwright/test/cli.js").current_dir(paths::end2end());
    command
}

/// `None`, which is before every time, when there is no such file.
fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|meta| meta.modified()).ok()
}

fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_version_is_its_first_number() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("not a version"), None);
        assert!(major("") < Some(OLDEST));
    }
}
