//! `cargo xtask actions`: `actions.lock`, the list of what a client may run and read; and
//! `cargo xtask keygen`.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{app::App, paths, run, tools::Toolbox};

/// Writes the file anew.
pub(crate) fn write() -> Result<()> {
    let file = paths::root().join("actions.lock");
    fs::write(&file, listed(&Toolbox::default())?).context("writing actions.lock")?;
    println!("Wrote actions.lock.");
    Ok(())
}

/// Compares the file with the code.
pub(crate) fn check(toolbox: &Toolbox) -> Result<()> {
    let kept = fs::read_to_string(paths::root().join("actions.lock")).unwrap_or_default();
    let listed = listed(toolbox)?;
    if kept != listed {
        let changed: Vec<&str> = listed.lines().filter(|line| !kept.contains(line)).collect();
        bail!(
            "actions.lock is not what the code makes public; look at the change, and if it is meant, \
             run `cargo xtask actions`\n{}",
            changed.join("\n")
        );
    }
    Ok(())
}

/// Prints a new key, as the server's own subcommand does.
pub(crate) fn keygen() -> Result<()> {
    println!("{}", told(&Toolbox::default(), "keygen")?);
    Ok(())
}

fn listed(toolbox: &Toolbox) -> Result<String> {
    Ok(told(toolbox, "actions")? + "\n")
}

/// What the help desk's server prints for a subcommand.
fn told(toolbox: &Toolbox, subcommand: &str) -> Result<String> {
    let mut command = toolbox.command("cargo");
    command.args(["run", "--quiet", "--package", "server", "--", subcommand]);
    command.current_dir(App::HelpDesk.folder());
    let line = run::line(&command);
    run::output(&mut command).with_context(|| format!("`{line}` failed"))
}
