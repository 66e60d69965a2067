//! `cargo xtask fuzz`: each fuzz target of `fuzz/` for some minutes, with its seeds.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    paths, run,
    tools::{CARGO_FUZZ, Toolbox},
};

/// The targets, as `fuzz/Cargo.toml` has them.
const TARGETS: &[&str] = &["form", "multipart", "unseal", "stream"];

/// More than any of them needs: a body's limit is 1 MiB.
const LIMITS: &[&str] =
    &["-print_final_stats=1", "-rss_limit_mb=1024", "-timeout=10", "-max_len=65536"];

/// Runs every target for so many minutes; `cargo xtask fuzz` installs what it is missing.
pub(crate) fn run(minutes: u64) -> Result<()> {
    let mut toolbox = Toolbox::default();
    toolbox.ensure(&[CARGO_FUZZ])?;
    each(&toolbox, minutes)
}

/// As a step of `cargo xtask test`: a minute each.
pub(crate) fn step(toolbox: &Toolbox) -> Result<()> {
    each(toolbox, 1)
}

fn each(toolbox: &Toolbox, minutes: u64) -> Result<()> {
    run::run(cargo_fuzz(toolbox, "build").args(["--sanitizer", "none"]))?;
    let mut failed = Vec::new();
    for target in TARGETS {
        let mut command = cargo_fuzz(toolbox, "run");
        command.args(["--sanitizer", "none", target, "--"]);
        command.arg(format!("-max_total_time={}", minutes * 60)).args(LIMITS);
        let line = run::line(&command);
        println!("$ {line}");
        let output = command.stdin(Stdio::null()).output();
        let output = output.with_context(|| format!("`{line}` did not start"))?;
        let told = String::from_utf8_lossy(&output.stderr);
        match executions(&told) {
            Some(executions) if output.status.success() => {
                println!("{target}: {executions} executions in {minutes} min, nothing found");
            }
            _ => {
                let lines: Vec<&str> = told.lines().collect();
                eprintln!("{}", lines[lines.len().saturating_sub(40)..].join("\n"));
                failed.push(*target);
            }
        }
    }
    if !failed.is_empty() {
        bail!("fuzzing found something, or did not run: {}", failed.join(", "));
    }
    Ok(())
}

fn cargo_fuzz(toolbox: &Toolbox, subcommand: &str) -> Command {
    let mut command = toolbox.command("cargo");
    command.args(["fuzz", subcommand, "--target-dir"]).arg(target_dir());
    // The flags that instrument the code are unstable; with this, the stable compiler takes them.
    command.env("RUSTC_BOOTSTRAP", "1").current_dir(paths::root().join("fuzz"));
    command
}

/// Apart from the workspace's: everything in it is instrumented.
fn target_dir() -> PathBuf {
    paths::target().join("fuzz")
}

/// What libFuzzer says at its end.
fn executions(told: &str) -> Option<u64> {
    let line = told.lines().find(|line| line.contains("stat::number_of_executed_units"))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executions_are_read_from_the_statistics() {
        let told = "Done 12 runs\nstat::number_of_executed_units: 123456\nstat::peak_rss_mb: 40";
        assert_eq!(executions(told), Some(123_456));
        assert_eq!(executions("==1== ERROR: libFuzzer: deadly signal"), None);
    }

    #[test]
    fn every_target_is_known_and_has_seeds() {
        let folder = paths::root().join("fuzz");
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
        for target in TARGETS {
            assert!(manifest.contains(&format!("name = \"{target}\"")), "{target}");
            let seeds = std::fs::read_dir(folder.join("corpus").join(target)).unwrap();
            assert!(seeds.count() > 0, "{target}");
        }
    }
}
