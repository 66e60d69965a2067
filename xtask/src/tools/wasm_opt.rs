//! wasm-opt, which makes a release's WASM small. npm carries it as `binaryen`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Context;

use super::{Found, Tool, path};
use crate::{paths, run};

const VERSION: &str = "132.0.0";

/// Older ones refuse the features that today's Rust declares in what it compiles.
const OLDEST: u32 = 121;

/// cargo-leptos would download it otherwise. Debug builds do without.
pub(crate) const WASM_OPT: Tool = Tool {
    name: "wasm-opt (npm's binaryen)",
    why: "it makes a release's WASM small",
    about: "some seconds",
    find: |toolbox| {
        let theirs = path::which("wasm-opt", &path::join(&toolbox.bin_dirs));
        if theirs.is_some_and(will_do) {
            return Ok(Some(Found::AsItIs));
        }
        let bin = root().join("node_modules").join(".bin");
        let ours = path::program_in(&bin, "wasm-opt");
        Ok(ours.is_some_and(will_do).then_some(Found::BinDir(bin)))
    },
    install: |toolbox| {
        let root = root();
        fs::create_dir_all(&root).with_context(|| format!("creating {}", root.display()))?;
        let mut command = toolbox.command("npm");
        command.args(["install", "--no-audit", "--no-fund", "--prefix"]);
        command.arg(&root).arg(format!("binaryen@{VERSION}"));
        run::run(command.current_dir(&root))
    },
};

fn root() -> PathBuf {
    paths::tools().join(format!("binaryen-{VERSION}"))
}

fn will_do(program: PathBuf) -> bool {
    run::output(Command::new(program).arg("--version"))
        .and_then(|text| version_in(&text))
        .is_some_and(|version| version >= OLDEST)
}

fn version_in(text: &str) -> Option<u32> {
    text.strip_prefix("wasm-opt version ")?
        .split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_it_prints() {
        assert_eq!(version_in("wasm-opt version 132 (version_132)"), Some(132));
        assert_eq!(version_in("wasm-opt version 108"), Some(108));
        assert_eq!(version_in("wasm-bindgen 0.2.130"), None);
    }
}
