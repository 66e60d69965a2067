//! The guestbooks that are compared, running: by hand, ours, and the peers'.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use super::peer::Peer;
use crate::app::App;
use crate::server::Server;
use crate::tools::Toolbox;
use crate::{http, paths, ports, run};

/// One that runs.
pub(super) struct Guestbook {
    name: &'static str,
    title: &'static str,
    addr: SocketAddr,
    server: Server,
    /// Where the page is that is kept until somebody writes, if there is such a thing.
    kept: Option<String>,
    /// Runs beside it as long as it does.
    _other: Option<Server>,
    enhances: bool,
}

/// Builds all of them for production.
pub(super) fn build(toolbox: &Toolbox, peers: &[Peer]) -> Result<()> {
    App::Guestbook.build(toolbox, true)?;
    let mut cargo = Command::new("cargo");
    run::run(cargo.args(["build", "--release", "--package", "bench", "--bins"]))?;
    peers.iter().try_for_each(|peer| peer.build(toolbox))
}

/// Starts all: the one by hand first, then ours.
pub(super) fn start(toolbox: &Toolbox, peers: &[Peer]) -> Result<Vec<Guestbook>> {
    let ours = Guestbook::ours()?;
    let mut guestbooks = vec![Guestbook::by_hand(&ours)?, ours];
    for peer in peers {
        guestbooks.push(Guestbook::of_peer(toolbox, *peer)?);
    }
    Ok(guestbooks)
}

/// 32 bytes of nothing, in base64: what is sealed here is nobody's secret.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

impl Guestbook {
    /// The name that its files have.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// What the table calls it.
    pub(super) fn title(&self) -> &'static str {
        self.title
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub(super) fn pid(&self) -> u32 {
        self.server.pid()
    }

    /// Where its visitors go, without a slash at the end.
    pub(super) fn origin(&self) -> String {
        self.server.url()
    }

    pub(super) fn kept(&self) -> Option<&str> {
        self.kept.as_deref()
    }

    pub(super) fn enhances(&self) -> bool {
        self.enhances
    }

    pub(super) fn still_runs(&mut self) -> Result<()> {
        self.server.still_runs()
    }

    fn ours() -> Result<Self> {
        let [addr, cached] = ports::free()?;
        let start = |addr, cached: bool| {
            let mut command = App::Guestbook.server(true, addr);
            // In production, as the others are.
            command.env("RUST_LOG", "warn").env("LEPTOS_ENV", "PROD").env("FORMWORK_KEYS", KEY);
            if cached {
                command.env("GUESTBOOK_CACHED", "1");
            }
            Server::start("guestbook", command, addr, &log(if cached { "cached" } else { "ours" }))
        };
        let (server, cached) = (start(addr, false)?, start(cached, true)?);
        let kept = Some(format!("{}/", cached.url()));
        let (name, title) = ("ours", "Formwork");
        let _other = Some(cached);
        Ok(Guestbook { name, title, addr, server, kept, _other, enhances: true })
    }

    /// What is written by hand, which also answers the very bytes of our page.
    fn by_hand(ours: &Self) -> Result<Self> {
        let [addr] = ports::free()?;
        let bytes = log("page").with_extension("html");
        std::fs::write(&bytes, http::page(ours.addr, "/")?)
            .with_context(|| format!("writing {}", bytes.display()))?;
        let floor = format!("floor{}", std::env::consts::EXE_SUFFIX);
        let mut command = Command::new(paths::target().join("release").join(floor));
        command.env("FLOOR_ADDR", addr.to_string()).env("FLOOR_BYTES", &bytes);
        let server = Server::start("floor", command, addr, &log("floor"))?;
        let kept = Some(format!("{}/bytes", server.url()));
        let (name, title) = ("floor", "by hand");
        Ok(Guestbook { name, title, addr, server, kept, _other: None, enhances: false })
    }

    fn of_peer(toolbox: &Toolbox, peer: Peer) -> Result<Self> {
        let [addr] = ports::free()?;
        let (name, title) = (peer.name(), peer.title());
        let server = Server::start(name, peer.server(toolbox, addr), addr, &log(name))?;
        let kept = match peer {
            Peer::Next => Some(format!("{}/kept", server.url())),
            Peer::SvelteKit | Peer::Leptos => None,
        };
        Ok(Guestbook { name, title, addr, server, kept, _other: None, enhances: true })
    }
}

fn log(name: &str) -> PathBuf {
    paths::target().join("bench").join(format!("{name}.log"))
}
