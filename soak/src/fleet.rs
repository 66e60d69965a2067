//! The instances of the help desk, and the Redis that they share.

use std::{
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
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
    data: PathBuf,
    store: String,
    /// The key ring that instances are started with.
    keys: Mutex<Vec<String>>,
    redis: Mutex<Child>,
    addresses: Vec<SocketAddr>,
    instances: Vec<Mutex<Instance>>,
    pub(crate) kills: AtomicUsize,
    pub(crate) rolls: AtomicUsize,
    pub(crate) rotations: Arc<AtomicUsize>,
    pub(crate) pauses: AtomicUsize,
}

/// A server that runs.
struct Instance {
    child: Child,
    build: Build,
}

/// Which of the two builds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Build {
    This,
    Next,
}

impl Build {
    fn program(self, options: &Options) -> &Path {
        match (self, &options.next) {
            (Build::Next, Some(next)) => next,
            _ => &options.server,
        }
    }

    fn other(self) -> Self {
        match self {
            Build::This => Build::Next,
            Build::Next => Build::This,
        }
    }
}

/// How many keys a ring has at most.
const KEYS: usize = 3;
/// After so many changes of the keys, and in the midst of the next one, the first of before is no longer known.
pub(crate) const ROTATIONS_OF_A_KEY: usize = KEYS - 1;
/// For how long Redis answers nothing: longer than anybody waits for it.
const PAUSE: Duration = Duration::from_secs(4);
/// How long a server may take to end by itself.
const FAREWELL: Duration = Duration::from_secs(12);

impl Fleet {
    /// Starts Redis and every instance, with their data in this folder.
    pub(crate) async fn start(options: &Options, data: &Path) -> Result<Self> {
        let port = free_port()?;
        let redis = redis(port, data)?;
        wait_for(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        put_sites(options, data).await?;
        let mut fleet = Fleet {
            options: options.clone(),
            data: data.to_owned(),
            store: format!("redis://127.0.0.1:{port}"),
            keys: Mutex::new(vec![keygen(options).await?]),
            redis: Mutex::new(redis),
            addresses: Vec::new(),
            instances: Vec::new(),
            kills: AtomicUsize::new(0),
            rolls: AtomicUsize::new(0),
            rotations: Arc::default(),
            pauses: AtomicUsize::new(0),
        };
        for _ in 0..options.instances {
            let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
            let child = fleet.spawn(address, Build::This).await?;
            fleet.addresses.push(address);
            fleet.instances.push(Mutex::new(Instance { child, build: Build::This }));
            wait_for(address).await?;
        }
        Ok(fleet)
    }

    /// Where the instances listen.
    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// How many lines of the instances' logs say this.
    pub(crate) fn logged(&self, what: &str) -> Result<usize> {
        let mut lines = 0;
        for address in &self.addresses {
            let log = std::fs::read_to_string(self.log(*address))?;
            lines += log.lines().filter(|line| line.contains(what)).count();
        }
        Ok(lines)
    }

    fn log(&self, address: SocketAddr) -> PathBuf {
        self.data.join(format!("{}.log", address.port()))
    }

    /// Ends everything.
    pub(crate) async fn stop(&self) {
        for instance in &self.instances {
            let _ = instance.lock().await.child.kill().await;
        }
        let _ = self.redis.lock().await.kill().await;
    }

    async fn spawn(&self, address: SocketAddr, build: Build) -> Result<Child> {
        let log = std::fs::File::options().create(true).append(true).open(self.log(address))?;
        let program = build.program(&self.options);
        Command::new(program)
            .current_dir(&self.options.folder)
            .env("LEPTOS_SITE_ADDR", address.to_string())
            .env("LEPTOS_SITE_ROOT", site(&self.data, build))
            .env("HELPDESK_DATA", &self.data)
            .env("FORMWORK_STORE", &self.store)
            .env("FORMWORK_KEYS", self.keys.lock().await.join(","))
            // What a killed instance has begun is given up soon after that.
            .env("FORMWORK_ACTION_TIMEOUT", "5")
            .env("FORMWORK_MAX_CONCURRENT", "1000")
            // Less than it is waited for before it is killed.
            .env("FORMWORK_SHUTDOWN_TIMEOUT", "10")
            // All visitors are one address here.
            .env("FORMWORK_THROTTLE_FACTOR", "1000")
            .env("RUST_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", program.display()))
    }

    /// Starts an instance again: without a warning, or after it has done what it was doing.
    async fn restart(&self, which: usize, warned: bool, change_build: bool) -> Result<()> {
        let mut instance = self.instances[which].lock().await;
        if warned && let Some(id) = instance.child.id() {
            let _ = Command::new("kill").args(["-TERM", &id.to_string()]).status().await;
            let _ = tokio::time::timeout(FAREWELL, instance.child.wait()).await;
        }
        // It may have ended already.
        let _ = instance.child.kill().await;
        if change_build {
            instance.build = instance.build.other();
        }
        instance.child = self.spawn(self.addresses[which], instance.build).await?;
        wait_for(self.addresses[which]).await
    }

    /// Another first key: every instance must know it before any seals with it.
    async fn rotate(&self) -> Result<()> {
        let new = keygen(&self.options).await?;
        self.keys.lock().await.push(new);
        self.restart_all().await?;
        {
            let mut keys = self.keys.lock().await;
            keys.rotate_right(1);
            keys.truncate(KEYS);
        }
        self.restart_all().await
    }

    /// Ends all trouble, in the middle of which its makers may have been stopped: Redis answers, and
    /// every instance is of this build.
    pub(crate) async fn calm(&self) -> Result<()> {
        self.signal_redis("-CONT").await?;
        for which in 0..self.addresses.len() {
            self.instances[which].lock().await.build = Build::This;
            self.restart(which, true, false).await?;
        }
        Ok(())
    }

    async fn signal_redis(&self, signal: &str) -> Result<()> {
        let id = self.redis.lock().await.id().context("Redis has ended")?;
        Command::new("kill").args([signal, &id.to_string()]).status().await?;
        Ok(())
    }

    async fn restart_all(&self) -> Result<()> {
        for which in 0..self.addresses.len() {
            self.restart(which, true, false).await?;
        }
        Ok(())
    }
}

/// Kills an instance now and then, until it is aborted.
pub(crate) async fn kill(fleet: Arc<Fleet>) -> Result<()> {
    let mut chance = Chance::new(1);
    let Some(mut ticks) = ticks(fleet.options.kill_every) else { return Ok(()) };
    loop {
        ticks.tick().await;
        let which = chance.below(fleet.options.instances as u64);
        fleet.restart(usize::try_from(which).unwrap_or_default(), false, false).await?;
        fleet.kills.fetch_add(1, Ordering::Relaxed);
    }
}

/// Rolls over to the next build and back, one instance after the other, until it is aborted.
pub(crate) async fn roll(fleet: Arc<Fleet>) -> Result<()> {
    let every = if fleet.options.next.is_some() { fleet.options.roll_every } else { 0 };
    let Some(mut ticks) = ticks(every) else { return Ok(()) };
    for which in (0..fleet.options.instances).cycle() {
        ticks.tick().await;
        fleet.restart(which, true, true).await?;
        fleet.rolls.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// Changes the keys now and then, until it is aborted.
pub(crate) async fn rotate(fleet: Arc<Fleet>) -> Result<()> {
    let Some(mut ticks) = ticks(fleet.options.rotate_every) else { return Ok(()) };
    loop {
        ticks.tick().await;
        fleet.rotate().await?;
        fleet.rotations.fetch_add(1, Ordering::Relaxed);
    }
}

/// Lets Redis answer nothing now and then, until it is aborted.
pub(crate) async fn pause(fleet: Arc<Fleet>) -> Result<()> {
    let Some(mut ticks) = ticks(fleet.options.pause_every) else { return Ok(()) };
    loop {
        ticks.tick().await;
        fleet.signal_redis("-STOP").await?;
        tokio::time::sleep(PAUSE).await;
        fleet.signal_redis("-CONT").await?;
        fleet.pauses.fetch_add(1, Ordering::Relaxed);
    }
}

/// A clock whose first tick comes after a while.
fn ticks(every: u64) -> Option<tokio::time::Interval> {
    let every = Duration::from_millis(every);
    let first = tokio::time::Instant::now() + every;
    (!every.is_zero()).then(|| tokio::time::interval_at(first, every))
}

/// Puts both site folders into ours, each with the client files of the other build, as a deployer keeps them
/// for pages that are open.
async fn put_sites(options: &Options, data: &Path) -> Result<()> {
    let builds = [(Build::This, &options.site, "this"), (Build::Next, &options.next_site, "next")];
    for (build, given, text) in builds {
        let folder = site(data, build);
        match given {
            Some(given) => copy_folder(given, &folder)?,
            None => {
                // All that tells the builds apart for a client: what it would load.
                std::fs::create_dir_all(folder.join(PKG))?;
                std::fs::write(folder.join(PKG).join("helpdesk.js"), text)?;
            }
        }
    }
    for (build, given, _) in builds {
        let Some(given) = given else { continue };
        let mut command = Command::new(build.program(options));
        command.arg("build").current_dir(&options.folder);
        let output = command.env("LEPTOS_SITE_ROOT", site(data, build)).output().await?;
        let name = String::from_utf8(output.stdout)?;
        let kept = site(data, build.other()).join(PKG).join(name.trim());
        copy_folder(&given.join(PKG), &kept)?;
    }
    Ok(())
}

/// Where the client's files lie in a site folder.
const PKG: &str = "pkg";

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let (entry, name) = entry.map(|entry| (entry.path(), entry.file_name()))?;
        if entry.is_dir() {
            copy_folder(&entry, &to.join(name))?;
        } else {
            std::fs::copy(&entry, to.join(name))?;
        }
    }
    Ok(())
}

fn site(data: &Path, build: Build) -> PathBuf {
    data.join(match build {
        Build::This => "site-of-this",
        Build::Next => "site-of-next",
    })
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
