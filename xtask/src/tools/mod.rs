//! The tools the project needs: each is one constant that says how it is found and installed.
//!
//! Only what is missing is installed, and nothing a user has installed is ever replaced: a tool
//! of another version goes to a folder of its own, which stands first on our children's `PATH`.

mod cargo;
mod chromium;
mod node;
mod path;
mod redis;
mod rust;
mod system;
mod wasm_opt;
mod wrk;

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

pub(crate) use cargo::{CARGO_DENY, CARGO_FUZZ, CARGO_LEPTOS, WASM_BINDGEN};
pub(crate) use chromium::CHROMIUM;
pub(crate) use node::{NODE, PEERS_NODE, PLAYWRIGHT, npm_ci, playwright};
pub(crate) use redis::REDIS;
pub(crate) use rust::{CLIPPY, RUSTFMT, WASM_TARGET};
pub(crate) use wasm_opt::WASM_OPT;
pub(crate) use wrk::WRK;

/// What serving and testing need, in the order in which they need each other.
pub(crate) const ALL: &[Tool] = &[
    RUSTFMT,
    CLIPPY,
    WASM_TARGET,
    WASM_BINDGEN,
    CARGO_LEPTOS,
    CARGO_DENY,
    CARGO_FUZZ,
    NODE,
    WASM_OPT,
    PLAYWRIGHT,
    CHROMIUM,
    REDIS,
];

/// Something that has to be on the machine.
#[derive(Clone, Copy)]
pub(crate) struct Tool {
    name: &'static str,
    why: &'static str,
    /// About how long it takes to install.
    about: &'static str,
    /// Where it is; `None` when it isn't there.
    find: fn(&Toolbox) -> Result<Option<Found>>,
    /// Fails with what the user has to do where we can't.
    install: fn(&Toolbox) -> Result<()>,
}

/// A tool that is there, and what our children need in order to use it.
#[derive(Debug, PartialEq)]
enum Found {
    /// Nothing: it is where everyone looks.
    AsItIs,
    /// Its folder, first on the `PATH`.
    BinDir(PathBuf),
    /// Its path, in an environment variable.
    Env(&'static str, PathBuf),
}

/// The tools found so far.
#[derive(Default)]
pub(crate) struct Toolbox {
    bin_dirs: Vec<PathBuf>,
    envs: Vec<(&'static str, PathBuf)>,
}

impl Toolbox {
    /// Finds the tools, installing those that are missing.
    pub(crate) fn ensure(&mut self, tools: &[Tool]) -> Result<()> {
        for tool in tools {
            let found = match (tool.find)(self)? {
                Some(found) => found,
                None => self.install(tool)?,
            };
            match found {
                Found::AsItIs => {}
                Found::BinDir(folder) if self.bin_dirs.contains(&folder) => {}
                Found::BinDir(folder) => self.bin_dirs.insert(0, folder),
                Found::Env(key, path) => self.envs.push((key, path)),
            }
        }
        Ok(())
    }

    /// A command that sees the tools found so far.
    pub(crate) fn command(&self, program: &str) -> Command {
        // By its whole path: which `PATH` the bare name is looked up in differs by platform.
        let path = path::join(&self.bin_dirs);
        let program = path::which(program, &path).unwrap_or_else(|| program.into());
        let mut command = Command::new(program);
        command.env("PATH", path);
        command.envs(self.envs.iter().map(|(key, path)| (key, path)));
        if std::env::var_os("CARGO_TARGET_DIR").is_some() {
            // Whole, so that it means the same folder in the guestbook's.
            command.env("CARGO_TARGET_DIR", crate::paths::target());
        }
        command
    }

    fn install(&self, tool: &Tool) -> Result<Found> {
        println!("Installing {}, since {}; this takes {}.", tool.name, tool.why, tool.about);
        (tool.install)(self).with_context(|| format!("{} could not be installed", tool.name))?;
        match (tool.find)(self)? {
            Some(found) => Ok(found),
            None => bail!("{} was installed, but still is not found", tool.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static INSTALLED: Cell<u32> = const { Cell::new(0) };
    }

    const HAMMER: Tool = Tool {
        name: "hammer",
        why: "nails",
        about: "no time",
        find: |_| Ok((INSTALLED.get() > 0).then(|| Found::Env("HAMMER", "hammer".into()))),
        install: |_| {
            INSTALLED.set(INSTALLED.get() + 1);
            Ok(())
        },
    };

    #[test]
    fn a_missing_tool_is_installed_once() {
        let mut toolbox = Toolbox::default();
        toolbox.ensure(&[HAMMER, HAMMER]).unwrap();
        Toolbox::default().ensure(&[HAMMER]).unwrap();
        assert_eq!(INSTALLED.get(), 1);
        assert_eq!(toolbox.envs[0], ("HAMMER", PathBuf::from("hammer")));
    }

    #[test]
    fn a_tool_that_cannot_be_installed_is_named() {
        let tool = Tool { name: "unobtainium", find: |_| Ok(None), install: |_| Ok(()), ..HAMMER };
        let error = Toolbox::default().ensure(&[tool]).unwrap_err();
        assert_eq!(error.to_string(), "unobtainium was installed, but still is not found");
        let tool = Tool { install: |_| bail!("mine it yourself"), ..tool };
        let error = Toolbox::default().ensure(&[tool]).unwrap_err();
        assert_eq!(format!("{error:#}"), "unobtainium could not be installed: mine it yourself");
    }
}
