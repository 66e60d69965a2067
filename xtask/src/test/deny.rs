//! The step that looks at the dependencies: vulnerabilities, licences, sources, banned crates.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::app::App;
use crate::tools::Toolbox;
use crate::{paths, run};

/// Checks every lock file by `deny.toml`. Without a network there is no advisory database: that is
/// said, and the rest is checked.
pub(super) fn run(toolbox: &Toolbox) -> Result<()> {
    let fetched = run::run(&mut cargo_deny(toolbox, &paths::root(), &["fetch", "db"]));
    if let Err(error) = &fetched {
        println!(
            "SKIPPED: advisories. The advisory database can't be fetched from here ({error}); \
             licences, sources and bans are checked all the same."
        );
    }
    let apps = [App::HelpDesk, App::Guestbook, App::Starter].map(App::folder);
    for folder in apps.into_iter().chain([paths::root().join("fuzz")]) {
        let mut check = cargo_deny(toolbox, &folder, &["check", "bans", "licenses", "sources"]);
        if fetched.is_ok() {
            check.arg("advisories");
        }
        run::run(&mut check)?;
    }
    Ok(())
}

fn cargo_deny(toolbox: &Toolbox, folder: &Path, args: &[&str]) -> Command {
    let mut command = toolbox.command("cargo-deny");
    command.args(["--log-level", "error"]).current_dir(folder);
    command.arg("--config").arg(paths::root().join("deny.toml")).args(args);
    command
}
