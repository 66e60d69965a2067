//! Node and npm, and what npm puts into `end2end/` and the peers' folders.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Result, bail};

use super::{Found, Tool, Toolbox, path};
use crate::{paths, run};

/// What Playwright asks for.
const OLDEST: u32 = 20;

/// What SvelteKit asks for, and is kept up for long.
const PEERS_OLDEST: u32 = 24;
const PEERS_NODE_VERSION: &str = "24.21.0";

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
    find: |_| Ok(is_installed(&paths::end2end()).then_some(Found::AsItIs)),
    install: |toolbox| install(toolbox, &paths::end2end()),
};

/// Only the peers that ours is measured beside need it. npm carries it, too.
pub(crate) const PEERS_NODE: Tool = Tool {
    name: "Node 24 (npm's node)",
    why: "SvelteKit 3 asks for Node 22.17 or newer",
    about: "half a minute",
    find: |toolbox| {
        let node = run::output(toolbox.command("node").arg("--version"));
        if node.and_then(|text| major(&text)) >= Some(PEERS_OLDEST) {
            return Ok(Some(Found::AsItIs));
        }
        let bin = peers_node().join("node_modules").join("node").join("bin");
        Ok(path::program_in(&bin, "node").map(|_| Found::BinDir(bin)))
    },
    install: |toolbox| {
        let root = peers_node();
        fs::create_dir_all(&root)?;
        let mut command = toolbox.command("npm");
        command.args(["install", "--no-audit", "--no-fund", "--prefix"]);
        command.arg(&root).arg(format!("node@{PEERS_NODE_VERSION}"));
        run::run(command.current_dir(&root))
    },
};

fn peers_node() -> PathBuf {
    paths::tools().join(format!("node-{PEERS_NODE_VERSION}"))
}

/// Puts into a folder's `node_modules` what its lock file says, unless it is there.
pub(crate) fn npm_ci(toolbox: &Toolbox, folder: &Path) -> Result<()> {
    if is_installed(folder) { Ok(()) } else { install(toolbox, folder) }
}

fn is_installed(folder: &Path) -> bool {
    // npm writes the second one last.
    modified(&folder.join("node_modules/.package-lock.json"))
        >= modified(&folder.join("package-lock.json"))
}

fn install(toolbox: &Toolbox, folder: &Path) -> Result<()> {
    let mut command = toolbox.command("npm");
    command.args(["ci", "--no-audit", "--no-fund"]);
    command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    run::run(command.current_dir(folder))
}

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
