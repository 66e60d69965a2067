//! The other frameworks: where their guestbooks stand, how each is built and started, and of which version it is.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::tools::{Toolbox, npm_ci};
use crate::{paths, run};

/// A framework that ours is compared with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Peer {
    Next,
    SvelteKit,
    Leptos,
}

impl Peer {
    pub(crate) const ALL: [Self; 3] = [Self::Next, Self::SvelteKit, Self::Leptos];

    /// The one of that name on the command line.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|peer| peer.name() == name)
    }

    /// Its name on the command line; its folder has it, too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::SvelteKit => "sveltekit",
            Self::Leptos => "leptos",
        }
    }

    /// As it calls itself.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Next => "Next.js",
            Self::SvelteKit => "SvelteKit",
            Self::Leptos => "Leptos",
        }
    }

    /// The file that says of which version it is, and the text before the version.
    pub(crate) fn version_in(self) -> (&'static str, &'static str) {
        match self {
            Self::Next => ("bench/peers/next/package.json", "\"next\": \""),
            Self::SvelteKit => ("bench/peers/sveltekit/package.json", "\"@sveltejs/kit\": \""),
            Self::Leptos => ("bench/peers/leptos/Cargo.toml", "leptos = \"="),
        }
    }

    /// The line before its version in the lock file, and where that is.
    pub(crate) fn locked_in(self) -> (&'static str, &'static str) {
        match self {
            Self::Next => ("\"node_modules/next\": {", "bench/peers/next/package-lock.json"),
            Self::SvelteKit => {
                ("\"node_modules/@sveltejs/kit\": {", "bench/peers/sveltekit/package-lock.json")
            }
            Self::Leptos => ("name = \"leptos\"", "bench/peers/leptos/Cargo.lock"),
        }
    }

    /// The version that it is built from.
    pub(crate) fn version(self) -> Result<String> {
        let (file, before) = self.version_in();
        let text = fs::read_to_string(paths::root().join(file))
            .with_context(|| format!("reading {file}"))?;
        let version = text.split_once(before).and_then(|(_, rest)| rest.split('"').next());
        version.map(str::to_owned).with_context(|| format!("{file} has no `{before}…`"))
    }

    pub(super) fn is_on_node(self) -> bool {
        self != Self::Leptos
    }

    fn folder(self) -> PathBuf {
        paths::root().join("bench").join("peers").join(self.name())
    }

    /// Builds it for production, as its own documentation says.
    pub(super) fn build(self, toolbox: &Toolbox) -> Result<()> {
        let mut command = if self.is_on_node() {
            npm_ci(toolbox, &self.folder())?;
            let mut npm = toolbox.command("npm");
            npm.args(["run", "build"]);
            npm
        } else {
            let mut cargo = toolbox.command("cargo-leptos");
            cargo.args(["leptos", "build", "--release", "--precompress"]);
            cargo
        };
        run::run(without_telemetry(command.current_dir(self.folder())))
    }

    /// Its server, built, with its default settings.
    pub(super) fn server(self, toolbox: &Toolbox, addr: SocketAddr) -> Command {
        let (host, port) = (addr.ip().to_string(), addr.port().to_string());
        let mut command = match self {
            Self::Next => {
                // What `next start` starts, without a shell in between.
                let mut next = toolbox.command("node");
                next.args(["node_modules/next/dist/bin/next", "start"]);
                next.args(["--hostname", &host, "--port", &port]);
                next
            }
            Self::SvelteKit => {
                let mut node = toolbox.command("node");
                node.arg("build").env("HOST", host).env("PORT", port);
                // It takes a request to be one over TLS unless a proxy says otherwise.
                node.env("PROTOCOL_HEADER", "x-forwarded-proto");
                node
            }
            Self::Leptos => {
                let name = format!("leptos-peer{}", std::env::consts::EXE_SUFFIX);
                let mut server = Command::new(paths::target().join("release").join(name));
                server.env("LEPTOS_OUTPUT_NAME", "leptos-peer").env("LEPTOS_SITE_PKG_DIR", "pkg");
                server.env("LEPTOS_SITE_ROOT", paths::target().join("site").join("leptos-peer"));
                server.env("LEPTOS_SITE_ADDR", addr.to_string()).env("LEPTOS_ENV", "PROD");
                server
            }
        };
        command.current_dir(self.folder());
        without_telemetry(&mut command).env("NODE_ENV", "production");
        command
    }
}

fn without_telemetry(command: &mut Command) -> &mut Command {
    command.env("NEXT_TELEMETRY_DISABLED", "1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_of_which_version_it_is() {
        for peer in Peer::ALL {
            let version = peer.version().unwrap();
            assert!(version.starts_with(|first: char| first.is_ascii_digit()), "{version}");
            assert_eq!(Peer::named(peer.name()), Some(peer));
        }
    }
}
