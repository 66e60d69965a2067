//! The step that builds and starts the applications, one of them in two builds, and lets Playwright
//! drive them.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, anyhow};

use crate::app::App;
use crate::server::Server;
use crate::tools::{Toolbox, playwright};
use crate::{paths, ports, run};

/// Builds all, starts each on a free port with fresh data, runs Playwright once against them.
/// The servers end with this function, however it ends.
pub(super) fn run(toolbox: &Toolbox) -> Result<()> {
    // First, so that what lies in the usual places is this build.
    let later = App::build_next(toolbox, false)?;
    for app in [App::HelpDesk, App::Guestbook, App::Probe] {
        app.build(toolbox, false)?;
    }
    let data = FreshFolder::create()?;
    let [helpdesk, guestbook, cached, probe, watched, next, store] = ports::free()?;
    let _redis = Redis::start(store, &data.0)?;
    let start = |app: App, addr| {
        let mut command = if addr == next { later.server(addr) } else { app.server(false, addr) };
        if addr == cached {
            command.env("GUESTBOOK_CACHED", "1");
        }
        if addr == watched {
            // As `cargo leptos watch` starts it.
            command.env("LEPTOS_WATCH", "true");
        }
        if app == App::HelpDesk {
            // Both builds have one database and one store, as instances of one application.
            command.env("FORMWORK_STORE", format!("redis://{store}"));
        }
        command.env("HELPDESK_DATA", &data.0);
        // All visitors are one address here.
        command.env("FORMWORK_THROTTLE_FACTOR", "100");
        let log =
            paths::target().join("browser").join(format!("{}-{}.log", app.name(), addr.port()));
        Server::start(app.name(), command, addr, &log)
    };
    let mut helpdesk = start(App::HelpDesk, helpdesk)?;
    let mut guestbook = start(App::Guestbook, guestbook)?;
    let mut cached = start(App::Guestbook, cached)?;
    let mut probe = start(App::Probe, probe)?;
    let mut watched = start(App::Probe, watched)?;
    let mut next = start(App::HelpDesk, next)?;

    let mut command = playwright(toolbox);
    command.arg("test").env("HELPDESK_URL", helpdesk.url()).env("GUESTBOOK_URL", guestbook.url());
    command.env("CACHED_GUESTBOOK_URL", cached.url()).env("PROBE_URL", probe.url());
    command.env("WATCHED_PROBE_URL", watched.url());
    let failed = data.0.join("failed-journeys");
    command.env("HELPDESK_SITE", App::HelpDesk.site()).env("NEXT_HELPDESK_SITE", &later.site);
    command.env("NEXT_HELPDESK_URL", next.url()).env("FAILED_JOURNEYS", &failed);
    let tested = run::run(&mut command).map_err(|error| named(error, &failed));
    // A server that is gone explains the failures better than the failures do.
    helpdesk.still_runs()?;
    guestbook.still_runs()?;
    cached.still_runs()?;
    probe.still_runs()?;
    watched.still_runs()?;
    next.still_runs()?;
    tested
}

/// The error with the journeys that failed, as `end2end/reporter.ts` has left them, in its first line.
fn named(error: anyhow::Error, failed: &Path) -> anyhow::Error {
    match fs::read_to_string(failed) {
        Ok(journeys) if !journeys.is_empty() => {
            anyhow!("{} ({error})", journeys.lines().collect::<Vec<_>>().join("; "))
        }
        _ => error,
    }
}

/// What the builds share; it ends with this.
struct Redis(Child);

impl Redis {
    fn start(at: SocketAddr, folder: &Path) -> Result<Self> {
        let start = |program: &str| {
            Command::new(program)
                .args(["--port", &at.port().to_string(), "--bind", &at.ip().to_string()])
                .args(["--save", "", "--appendonly", "no", "--dir"])
                .arg(folder)
                .stdout(Stdio::null())
                .spawn()
        };
        let redis = start("redis-server").or_else(|_| start("valkey-server"));
        Ok(Redis(redis.context("neither redis-server nor valkey-server starts")?))
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A new, empty folder that is removed in the end.
pub(super) struct FreshFolder(PathBuf);

impl FreshFolder {
    pub(super) fn path(&self) -> &std::path::Path {
        &self.0
    }

    pub(super) fn create() -> Result<Self> {
        Self::named(&format!("formwork-browser-{}", std::process::id()))
    }

    /// With a name of its own among the system's temporary files.
    pub(super) fn named(name: &str) -> Result<Self> {
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for FreshFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
