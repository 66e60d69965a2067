//! The instances of the help desk, and the Redis that they share.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    sync::Mutex,
};

use crate::{chance::Chance, options::Options};

/// Several servers on one database and one Redis.
pub(crate) struct Fleet {
    options: Options,
    data: std::path::PathBuf,
    store: String,
    key: String,
    redis: Mutex<Child>,
    addresses: Vec<SocketAddr>,
    running: Vec<Mutex<Child>>,
    kills: AtomicUsize,
}

impl Fleet {
    /// Starts Redis and every instance, with their data in this folder.
    pub(crate) async fn start(options: &Options, data: &Path) -> Result<Self> {
        let port = free_port()?;
        let redis = redis(port, data)?;
        wait_for(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        let key = keygen(options).await?;
        let mut fleet = Fleet {
            options: options.clone(),
            data: data.to_owned(),
            store: format!("redis://127.0.0.1:{port}"),
            key,
            redis: Mutex::new(redis),
            addresses: Vec::new(),
            running: Vec::new(),
            kills: AtomicUsize::new(0),
        };
        for _ in 0..options.instances {
            let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
            let child = fleet.instance(address)?;
            fleet.addresses.push(address);
            fleet.running.push(Mutex::new(child));
            wait_for(address).await?;
        }
        Ok(fleet)
    }

    /// Where the instances listen.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// How many instances were killed.
    pub(crate) fn kills(&self) -> usize {
        self.kills.load(Ordering::Relaxed)
    }

    /// Ends everything.
    pub(crate) async fn stop(&self) {
        for child in &self.running {
            let _ = child.lock().await.kill().await;
        }
        let _ = self.redis.lock().await.kill().await;
    }

    fn instance(&self, address: SocketAddr) -> Result<Child> {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(self.data.join(format!("{}.log", address.port())))?;
        Command::new(&self.options.server)
            .current_dir(&self.options.folder)
            .env("LEPTOS_SITE_ADDR", address.to_string())
            .env("HELPDESK_DATA", &self.data)
            .env("FORMWORK_STORE", &self.store)
            .env("FORMWORK_KEYS", &self.key)
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", self.options.server.display()))
    }

    /// Kills one without a warning, and starts it again.
    async fn kill(&self, which: usize) -> Result<()> {
        let mut child = self.running[which].lock().await;
        child.kill().await?;
        self.kills.fetch_add(1, Ordering::Relaxed);
        *child = self.instance(self.addresses[which])?;
        wait_for(self.addresses[which]).await
    }
}

/// Kills an instance now and then, until it is aborted.
pub(crate) async fn trouble(fleet: Arc<Fleet>, options: Options) -> Result<()> {
    let mut chance = Chance::new(1);
    let mut ticks = match options.kill_every {
        0 => return Ok(()),
        every => tokio::time::interval(Duration::from_millis(every)),
    };
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let which = chance.below(options.instances as u64);
        fleet.kill(usize::try_from(which).unwrap_or_default()).await?;
    }
}

fn redis(port: u16, data: &Path) -> Result<Child> {
    let start = |program: &str| {
        Command::new(program)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", "no", "--dir"])
            .arg(data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn()
    };
    start("redis-server")
        .or_else(|_| start("valkey-server"))
        .context("neither redis-server nor valkey-server starts: `cargo xtask setup` installs one")
}

async fn keygen(options: &Options) -> Result<String> {
    let output = Command::new(&options.server).arg("keygen").output().await?;
    let key = String::from_utf8(output.stdout)?.trim().to_owned();
    if key.is_empty() {
        bail!("`keygen` of the server printed no key");
    }
    Ok(key)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

async fn wait_for(address: SocketAddr) -> Result<()> {
    for _ in 0..600 {
        if TcpStream::connect(address).await.is_ok() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    bail!("nothing listens at {address} after 30 s")
}
