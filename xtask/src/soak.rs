//! `cargo xtask soak`: two builds of the help desk, and visitors who notice nothing of it.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::{
    app::App,
    paths, run,
    tools::{REDIS, Toolbox},
};

/// What the run is told.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) submissions: u64,
    pub(crate) release: bool,
    /// For the soak itself.
    pub(crate) more: Vec<String>,
}

/// Builds both, installs Redis where there is none, and runs it; whether nothing was lost and nothing
/// was written twice.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let mut toolbox = Toolbox::default();
    toolbox.ensure(&[REDIS])?;
    let this = build(&toolbox, options.release, &[], "this")?;
    let next = build(&toolbox, options.release, &["--features", "next"], "next")?;
    let mut command = toolbox.command("cargo");
    command.args(["run", "--package", "soak"]);
    if options.release {
        command.arg("--release");
    }
    command.arg("--").arg("--server").arg(this).arg("--next").arg(next);
    command.arg("--folder").arg(App::HelpDesk.folder());
    command.args(["--submissions", &options.submissions.to_string()]).args(&options.more);
    Ok(run::run(&mut command).is_ok())
}

/// Builds the server, and puts it where the next build does not replace it.
fn build(toolbox: &Toolbox, release: bool, features: &[&str], name: &str) -> Result<PathBuf> {
    let mut command: Command = toolbox.command("cargo");
    command.args(["build", "--package", "server"]).args(features).current_dir(paths::root());
    if release {
        command.arg("--release");
    }
    run::run(&mut command)?;
    let program = format!("server{}", std::env::consts::EXE_SUFFIX);
    let built = paths::target().join(if release { "release" } else { "debug" }).join(&program);
    let folder = paths::target().join("soak").join(name);
    fs::create_dir_all(&folder)?;
    let kept = folder.join(program);
    fs::copy(&built, &kept).with_context(|| format!("copying {}", built.display()))?;
    Ok(kept)
}
