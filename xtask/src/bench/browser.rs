//! What a visitor of a guestbook waits for, by `end2end/bench/measure.mjs` in Chromium.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::guestbook::Guestbook;
use crate::tools::Toolbox;
use crate::{paths, run};

/// A visit of a guestbook.
pub(super) struct Visit<'a>(&'a Guestbook);

impl<'a> Visit<'a> {
    pub(super) fn to(guestbook: &'a Guestbook) -> Self {
        Visit(guestbook)
    }

    /// Counts what travels, and leaves in the folder what the forms send.
    pub(super) fn recording(self, toolbox: &Toolbox, folder: &Path) -> Result<Vec<(String, f64)>> {
        self.told(self.command(toolbox).arg("traffic").env("BENCH_RECORD", folder))
    }

    /// Loads the page so often, on a slow line and a slow processor.
    pub(super) fn slowly(self, toolbox: &Toolbox, loads: usize) -> Result<Vec<(String, f64)>> {
        self.told(self.command(toolbox).arg("times").env("BENCH_LOADS", loads.to_string()))
    }

    fn command(&self, toolbox: &Toolbox) -> Command {
        let mut command = toolbox.command("node");
        command.arg("bench/measure.mjs").current_dir(paths::end2end());
        command.env("BENCH_ORIGIN", self.0.origin());
        if !self.0.enhances() {
            command.env("BENCH_NATIVE", "1");
        }
        command
    }

    fn told(&self, command: &mut Command) -> Result<Vec<(String, f64)>> {
        let output = run::output(command.stderr(std::process::Stdio::inherit()))
            .with_context(|| format!("visiting {} failed", self.0.title()))?;
        Ok(figures(&output))
    }
}

/// Lines of a name and a number.
fn figures(output: &str) -> Vec<(String, f64)> {
    let pairs = output.lines().filter_map(|line| line.split_once(' '));
    pairs.filter_map(|(name, number)| Some((name.to_owned(), number.parse().ok()?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_line_by_line() {
        let told = figures("first-paint 588\nNote: slow\nenhanced-form 1609.5\n");
        assert_eq!(told, [("first-paint".into(), 588.0), ("enhanced-form".into(), 1609.5)]);
    }
}
