//! `cargo xtask soak`: two builds of the help desk, and visitors who notice nothing of it.

use anyhow::Result;

use crate::{
    app::App,
    run,
    tools::{CHROMIUM, NODE, PLAYWRIGHT, REDIS, Toolbox},
};

/// What the run is told.
#[derive(Debug, PartialEq)]
pub(crate) struct Options {
    pub(crate) submissions: u64,
    pub(crate) release: bool,
    /// For the soak itself.
    pub(crate) more: Vec<String>,
}

/// Builds both, installs what is missing, and runs it; whether nothing was lost and nothing was written
/// twice.
pub(crate) fn run(options: &Options) -> Result<bool> {
    let mut toolbox = Toolbox::default();
    toolbox.ensure(App::tools(options.release))?;
    toolbox.ensure(&[REDIS, NODE, PLAYWRIGHT, CHROMIUM])?;
    // First, so that what lies in the usual places is this build.
    let next = App::build_next(&toolbox, options.release)?;
    App::HelpDesk.build(&toolbox, options.release)?;
    let mut command = toolbox.command("cargo");
    command.args(["run", "--package", "soak"]);
    if options.release {
        command.arg("--release");
    }
    command.arg("--").arg("--folder").arg(App::HelpDesk.folder());
    command.arg("--server").arg(App::HelpDesk.program(options.release));
    command.arg("--site").arg(App::HelpDesk.site());
    command.arg("--next").arg(next.server).arg("--next-site").arg(next.site);
    command.args(["--submissions", &options.submissions.to_string()]).args(&options.more);
    Ok(run::run(&mut command).is_ok())
}
