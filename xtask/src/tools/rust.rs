//! Parts of the Rust toolchain that rustup adds: rustfmt, clippy, the WASM target.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use super::{Found, Tool};
use crate::run;

const WASM: &str = "wasm32-unknown-unknown";

pub(crate) const RUSTFMT: Tool = Tool {
    name: "rustfmt",
    why: "the code's formatting is checked",
    about: "some seconds",
    find: |_| Ok(answers("cargo", &["fmt", "--version"])),
    install: |_| rustup("component", "rustfmt"),
};

pub(crate) const CLIPPY: Tool = Tool {
    name: "clippy",
    why: "the code is linted",
    about: "some seconds",
    find: |_| Ok(answers("cargo", &["clippy", "--version"])),
    install: |_| rustup("component", "clippy"),
};

pub(crate) const WASM_TARGET: Tool = Tool {
    name: "Rust's target wasm32-unknown-unknown",
    why: "the browser's half is compiled to WASM",
    about: "some seconds",
    find: |_| {
        // Asked of rustc rather than of rustup, which not everyone has.
        let sysroot = run::output(Command::new("rustc").args(["--print", "sysroot"]));
        let target = |sysroot: String| Path::new(&sysroot).join("lib/rustlib").join(WASM);
        Ok(sysroot.is_some_and(|sysroot| target(sysroot).is_dir()).then_some(Found::AsItIs))
    },
    install: |_| rustup("target", WASM),
};

fn answers(program: &str, args: &[&str]) -> Option<Found> {
    run::output(Command::new(program).args(args)).map(|_| Found::AsItIs)
}

fn rustup(kind: &str, name: &str) -> Result<()> {
    if run::output(Command::new("rustup").arg("--version")).is_none() {
        bail!("there is no rustup: install Rust through rustup, or add `{name}` to your toolchain");
    }
    run::run(Command::new("rustup").args([kind, "add", name]))
}
