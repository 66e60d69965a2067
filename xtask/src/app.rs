//! The applications of this repository: where each stands and how it is built and started.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::tools::{CARGO_LEPTOS, Tool, Toolbox, WASM_BINDGEN, WASM_OPT, WASM_TARGET};
use crate::{paths, run};

/// An application with a server and a browser half.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum App {
    HelpDesk,
    Guestbook,
    /// The pages that only the browser tests need.
    Probe,
    /// What `cargo leptos new` makes an application of, where it stands.
    Starter,
}

impl App {
    /// The application of that name on the command line.
    pub(crate) fn named(name: &str) -> Option<Self> {
        [Self::HelpDesk, Self::Guestbook, Self::Probe, Self::Starter]
            .into_iter()
            .find(|app| app.name() == name)
    }

    /// Its name on the command line; its log file has it, too.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::HelpDesk => "helpdesk",
            Self::Guestbook => "guestbook",
            Self::Probe => "probe",
            Self::Starter => "starter",
        }
    }

    /// The folder in which it is built and run: it has the `Leptos.toml`.
    pub(crate) fn folder(self) -> PathBuf {
        match self {
            Self::HelpDesk => paths::root(),
            Self::Guestbook => paths::root().join("examples").join("guestbook"),
            Self::Probe => paths::root().join("end2end").join("probe"),
            Self::Starter => paths::root().join("templates").join("starter"),
        }
    }

    /// What has to be installed before it can be built.
    pub(crate) const fn tools(release: bool) -> &'static [Tool] {
        const DEV: &[Tool] = &[WASM_TARGET, WASM_BINDGEN, CARGO_LEPTOS];
        const RELEASE: &[Tool] = &[WASM_TARGET, WASM_BINDGEN, CARGO_LEPTOS, WASM_OPT];
        if release { RELEASE } else { DEV }
    }

    /// Builds the server, the WASM and the site folder.
    pub(crate) fn build(self, toolbox: &Toolbox, release: bool) -> Result<()> {
        self.build_with(toolbox, release, &[])
    }

    /// Builds the client alone, for release, and what is sent compressed of it.
    pub(crate) fn build_client(self, toolbox: &Toolbox) -> Result<()> {
        self.build_with(toolbox, true, &["--frontend-only"])
    }

    /// The client's WASM as cargo has linked it for release: with the names of its functions.
    pub(crate) fn linked_client(self) -> PathBuf {
        let package = match self {
            Self::HelpDesk => "client",
            Self::Guestbook | Self::Probe | Self::Starter => self.name(),
        };
        let front = paths::target().join("front").join("wasm32-unknown-unknown");
        front.join("wasm-release").join(format!("{package}.wasm"))
    }

    /// Builds the help desk that comes after this one, and puts server and site folder where the build
    /// of this one does not replace them.
    pub(crate) fn build_next(toolbox: &Toolbox, release: bool) -> Result<Next> {
        Self::HelpDesk.build_with(toolbox, release, &["--features", "next"])?;
        let folder = paths::target().join("next");
        let next = Next { server: folder.join("server"), site: folder.join("site") };
        fs::create_dir_all(&folder)?;
        fs::copy(Self::HelpDesk.program(release), &next.server)?;
        copy_folder(&Self::HelpDesk.site(), &next.site)?;
        Ok(next)
    }

    fn build_with(self, toolbox: &Toolbox, release: bool, more: &[&str]) -> Result<()> {
        let mut command = toolbox.command("cargo-leptos");
        command.args(["leptos", "build"]).args(more).current_dir(self.folder());
        if release {
            command.args(["--release", "--precompress"]);
        }
        run::run(without_settings(&mut command))
    }

    /// The built server, ready to start on `addr`; its other settings come from `Leptos.toml`.
    pub(crate) fn server(self, release: bool, addr: SocketAddr) -> Command {
        self.started(&self.program(release), addr)
    }

    /// The built site folder.
    pub(crate) fn site(self) -> PathBuf {
        paths::target().join("site").join(self.name())
    }

    pub(crate) fn program(self, release: bool) -> PathBuf {
        let profile = if release { "release" } else { "debug" };
        let program = match self {
            Self::HelpDesk => "server",
            Self::Guestbook | Self::Probe | Self::Starter => self.name(),
        };
        let program = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        paths::target().join(profile).join(program)
    }

    fn started(self, program: &Path, addr: SocketAddr) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.folder());
        without_settings(&mut command).env("LEPTOS_SITE_ADDR", addr.to_string());
        command
    }
}

/// The build of the help desk that comes after this one.
pub(crate) struct Next {
    pub(crate) server: PathBuf,
    pub(crate) site: PathBuf,
}

impl Next {
    /// Its server, ready to start.
    pub(crate) fn server(&self, addr: SocketAddr) -> Command {
        let mut command = App::HelpDesk.started(&self.server, addr);
        command.env("LEPTOS_SITE_ROOT", &self.site);
        command
    }
}

/// Copies a folder and all that is in it, in place of what was there.
fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if entry.is_dir() {
            copy_folder(&entry, &to.join(name))?;
        } else {
            fs::copy(&entry, to.join(name))?;
        }
    }
    Ok(())
}

/// Takes out of the environment what would make a build and a server, or the two applications,
/// disagree with the files they are configured by.
fn without_settings(command: &mut Command) -> &mut Command {
    for key in [
        "LEPTOS_OUTPUT_NAME",
        "LEPTOS_SITE_ROOT",
        "LEPTOS_SITE_PKG_DIR",
        "LEPTOS_SITE_ADDR",
        "LEPTOS_RELOAD_PORT",
    ] {
        command.env_remove(key);
    }
    command
}
