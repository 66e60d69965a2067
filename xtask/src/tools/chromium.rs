//! A Chromium that starts: the user's, Playwright's own, or the system's package.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::{Found, Tool, Toolbox, node, path, system};
use crate::run;

/// Names under which systems have it.
const NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/// The environment variable that names one, for us and for `playwright.config.ts`.
const ENV: &str = "CHROMIUM";

/// Needs Playwright, whose own browser it looks for and installs.
pub(crate) const CHROMIUM: Tool = Tool {
    name: "Chromium",
    why: "the browser tests run in it",
    about: "1 to 3 minutes",
    find: |toolbox| {
        if let Some(told) = std::env::var_os(ENV) {
            let told = PathBuf::from(told);
            if !starts(&told) {
                bail!("{ENV} is set to {}, which does not start", told.display());
            }
            return Ok(Some(Found::Env(ENV, told)));
        }
        let path = path::join(&[]);
        let systems = NAMES.iter().filter_map(|name| path::which(name, &path));
        let mut candidates = systems.chain(playwrights(toolbox));
        Ok(candidates.find(starts).map(|found| Found::Env(ENV, found)))
    },
    install: |toolbox| {
        let mut command = node::playwright(toolbox);
        command.args(["install", "chromium"]);
        command.env_remove("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD");
        let downloaded = run::run(&mut command);
        if downloaded.is_ok() && playwrights(toolbox).is_some_and(|found| starts(&found)) {
            return Ok(());
        }
        println!("Playwright's own browser cannot be had here; trying the system's package.");
        system_package()
    },
};

/// The browser that Playwright has downloaded or would download.
fn playwrights(toolbox: &Toolbox) -> Option<PathBuf> {
    let print = "console.log(require('playwright-core').chromium.executablePath())";
    let mut command = toolbox.command("node");
    command.args(["-e", print]).current_dir(crate::paths::end2end());
    let browser = PathBuf::from(run::output(&mut command)?);
    browser.is_file().then_some(browser)
}

/// A downloaded browser may lack the system's libraries, and a distribution's command may be
/// no more than a hint at another package; neither gets as far as printing a version.
fn starts(browser: &PathBuf) -> bool {
    run::output(Command::new(browser).arg("--version")).is_some()
}

fn system_package() -> Result<()> {
    let by_hand = format!(
        "please install Chromium or Chrome by your system's packages (Fedora: `dnf install \
         chromium`, Arch: `pacman -S chromium`, macOS: `brew install --cask chromium`), or set \
         {ENV} to the path of one; then run this again"
    );
    system::package("chromium", &by_hand)
}
