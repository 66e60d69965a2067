//! Command-line tools that cargo compiles: wasm-bindgen's and cargo-leptos.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::{Found, Tool, Toolbox, path};
use crate::{paths, run};

/// cargo-leptos would download what it doesn't find on the `PATH`, so this comes before it.
pub(crate) const WASM_BINDGEN: Tool = Tool {
    name: "wasm-bindgen's command, of the version in Cargo.lock",
    why: "it writes the JavaScript around the WASM, and only that version can",
    about: "2 to 4 minutes",
    find: |toolbox| {
        let version = locked_wasm_bindgen()?;
        Ok(WASM_BINDGEN_CLI.find(toolbox, &version, |there| there == version))
    },
    install: |toolbox| WASM_BINDGEN_CLI.install(toolbox, &locked_wasm_bindgen()?),
};

pub(crate) const CARGO_LEPTOS: Tool = Tool {
    name: "cargo-leptos 0.3.8",
    why: "it builds the server, the WASM and the site folder together",
    about: "10 to 20 minutes on two cores, once",
    find: |toolbox| Ok(LEPTOS_CLI.find(toolbox, "0.3.8", |there| there.starts_with("0.3."))),
    install: |toolbox| LEPTOS_CLI.install(toolbox, "0.3.8"),
};

pub(crate) const CARGO_DENY: Tool = Tool {
    name: "cargo-deny 0.20.2",
    why: "it checks the dependencies' advisories, licences and sources",
    about: "1 to 3 minutes",
    find: |toolbox| Ok(DENY_CLI.find(toolbox, "0.20.2", |there| there.starts_with("0.2"))),
    install: |toolbox| DENY_CLI.install(toolbox, "0.20.2"),
};

pub(crate) const CARGO_FUZZ: Tool = Tool {
    name: "cargo-fuzz 0.13.1",
    why: "it compiles and runs the fuzz targets",
    about: "20 seconds",
    find: |toolbox| Ok(FUZZ_CLI.find(toolbox, "0.13.1", |there| there.starts_with("0.13."))),
    install: |toolbox| FUZZ_CLI.install(toolbox, "0.13.1"),
};

const DENY_CLI: Package =
    Package { package: "cargo-deny", program: "cargo-deny", locked: true, optimized: "0" };

const FUZZ_CLI: Package =
    Package { package: "cargo-fuzz", program: "cargo-fuzz", locked: true, optimized: "0" };

const WASM_BINDGEN_CLI: Package = Package {
    package: "wasm-bindgen-cli",
    program: "wasm-bindgen",
    // Its lock file pins crates that newer compilers reject; what it writes doesn't depend on them.
    locked: false,
    optimized: "1",
};

const LEPTOS_CLI: Package =
    Package { package: "cargo-leptos", program: "cargo-leptos", locked: true, optimized: "0" };

/// A crate that installs a program.
struct Package {
    package: &'static str,
    program: &'static str,
    locked: bool,
    /// How much its compilation is worth: cargo-leptos is large, and does little itself.
    optimized: &'static str,
}

impl Package {
    /// The program on the `PATH` when its version will do, or else the one in our own folder.
    fn find(
        &self,
        toolbox: &Toolbox,
        version: &str,
        will_do: impl Fn(&str) -> bool,
    ) -> Option<Found> {
        let bin = self.root(version).join("bin");
        let ours = path::program_in(&bin, self.program);
        let theirs = path::which(self.program, &path::join(&toolbox.bin_dirs));
        let has_version = |program: &PathBuf| {
            run::output(Command::new(program).arg("--version"))
                .is_some_and(|text| version_in(&text).is_some_and(&will_do))
        };
        if theirs.filter(has_version).is_some() {
            Some(Found::AsItIs)
        } else {
            ours.filter(has_version).map(|_| Found::BinDir(bin))
        }
    }

    fn install(&self, toolbox: &Toolbox, version: &str) -> Result<()> {
        let root = self.root(version);
        let build = root.join("build");
        fs::create_dir_all(&build).with_context(|| format!("creating {}", build.display()))?;
        let mut command = toolbox.command("cargo");
        command
            .args(["install", self.package, "--version", &format!("={version}"), "--root"])
            .arg(&root)
            .args(self.locked.then_some("--locked"))
            // Outside the repository: its settings and its target folder, which a build may have
            // locked, are none of the tool's business.
            .current_dir(&build)
            .env("CARGO_TARGET_DIR", &build)
            .env_remove("RUSTFLAGS")
            // Compiled to be used soon: thorough optimization would double the wait.
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", self.optimized);
        run::run(&mut command)?;
        fs::remove_dir_all(&build).with_context(|| format!("removing {}", build.display()))
    }

    fn root(&self, version: &str) -> PathBuf {
        paths::tools().join(format!("{}-{version}", self.package))
    }
}

/// The version in what `--version` prints: its last word that begins with a digit.
fn version_in(text: &str) -> Option<&str> {
    text.split_whitespace().rfind(|word| word.starts_with(|first: char| first.is_ascii_digit()))
}

fn locked_wasm_bindgen() -> Result<String> {
    let lock =
        fs::read_to_string(paths::root().join("Cargo.lock")).context("reading Cargo.lock")?;
    version_of("wasm-bindgen", &lock).context("Cargo.lock has no wasm-bindgen")
}

fn version_of(package: &str, lock: &str) -> Option<String> {
    let lock: toml::Table = lock.parse().ok()?;
    let packages = lock.get("package")?.as_array()?;
    let package = packages
        .iter()
        .find(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))?;
    Some(package.get("version")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_tools_print() {
        for (text, expected) in [
            ("wasm-bindgen 0.2.130", Some("0.2.130")),
            ("wasm-bindgen 0.2.130 (3c8e3b0f1)", Some("0.2.130")),
            ("cargo-leptos 0.3.8", Some("0.3.8")),
            ("", None),
        ] {
            assert_eq!(version_in(text), expected, "{text}");
        }
    }

    #[test]
    fn the_locked_version_is_the_packages_own() {
        let lock = r#"
            [[package]]
            name = "wasm-bindgen-futures"
            version = "0.4.80"

            [[package]]
            name = "wasm-bindgen"
            version = "0.2.130"
        "#;
        assert_eq!(version_of("wasm-bindgen", lock).as_deref(), Some("0.2.130"));
        assert_eq!(version_of("leptos", lock), None);
    }
}
