//! A real Redis on a free port: the conformance suite, two instances, and Redis going away.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Instant,
};

use tempfile::TempDir;

use super::*;
use crate::store::{Life, Validity, conformance};

/// A server of this test's own; it ends with the test.
struct Server {
    child: Child,
    port: u16,
    folder: Arc<TempDir>,
}

/// Either will do; every store's tests are run with each that is there.
const PROGRAMS: [&str; 2] = ["redis-server", "valkey-server"];

impl Server {
    fn start() -> Self {
        Self::start_on(free_port())
    }

    fn start_on(port: u16) -> Self {
        Self::start_in(&Arc::new(TempDir::new().unwrap()), port)
    }

    /// With what was saved in this folder.
    fn start_in(folder: &Arc<TempDir>, port: u16) -> Self {
        let server = PROGRAMS.into_iter().find_map(|program| Self::start_as(program, folder, port));
        server.expect("a Redis or Valkey: `cargo xtask setup` installs it")
    }

    /// `None` if there is no such program.
    fn start_as(program: &str, folder: &Arc<TempDir>, port: u16) -> Option<Self> {
        let child = Command::new(program)
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", "no", "--dir", &folder.path().to_string_lossy()])
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let server = Server { child, port, folder: Arc::clone(folder) };
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(10), "{program} does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(server)
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// A store of its own: another prefix each time.
    fn store(&self) -> Redis {
        static STORES: AtomicU32 = AtomicU32::new(0);
        self.instance(&format!("test{}", STORES.fetch_add(1, Ordering::Relaxed)))
    }

    /// One of several instances that share what is under the prefix.
    fn instance(&self, prefix: &str) -> Redis {
        Redis::with_prefix(&self.url(), 1024 * 1024, prefix).unwrap()
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn until(store: &Redis, wanted: Link) {
    let mut link = store.0.link.subscribe();
    let waited = tokio::time::timeout(Duration::from_secs(20), link.wait_for(|l| *l == wanted));
    waited.await.unwrap_or_else(|_| panic!("never {wanted:?}")).unwrap();
}

fn entry(as_of: Moment, tag: &str) -> Entry {
    let value = vec![Bytes::from_static(b"value")];
    Entry::new(as_of, Life::minutes(1), Arc::new([tag.to_owned()]), value)
}

async fn validity(store: &Redis, key: &str) -> Option<Validity> {
    store.lookup(key, &[]).await.unwrap().found.map(|(_, validity)| validity)
}

#[tokio::test]
async fn it_does_what_every_store_does() {
    let folder = Arc::new(TempDir::new().unwrap());
    let start = |program| Server::start_as(program, &folder, free_port());
    let all = PROGRAMS.into_iter().filter_map(start);
    let all: Vec<Server> = all.collect();
    assert!(!all.is_empty(), "a Redis or Valkey: `cargo xtask setup` installs it");
    for server in all {
        conformance::run(|| server.store()).await;
    }
}

#[tokio::test]
async fn c7_what_one_instance_invalidates_the_other_serves_no_more() {
    let server = Server::start();
    let (a, b) = (server.instance("shared"), server.instance("shared"));
    let now = a.changes(&[]).await.unwrap().now;
    a.put("key", entry(now, "tag")).await.unwrap();
    assert_eq!(validity(&b, "key").await, Some(Validity::Fresh), "shared");
    assert_eq!(validity(&b, "key").await, Some(Validity::Fresh), "from its copy");

    a.invalidate(&Invalidation::update(["tag"])).await.unwrap();
    assert_eq!(validity(&a, "key").await, None, "at once where it was invalidated");
    let began = Instant::now();
    while validity(&b, "key").await.is_some() {
        assert!(began.elapsed() < Duration::from_secs(1), "still served after a second");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(validity(&server.instance("shared"), "key").await, None, "nor by one that is new");
}

/// A way to this port whose connections can die without a word: they stay open, and nothing comes through.
async fn link_to(port: u16) -> (u16, watch::Sender<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let through = listener.local_addr().unwrap().port();
    let dies = watch::Sender::new(());
    let dying = dies.clone();
    tokio::spawn(async move {
        while let Ok((mut near, _)) = listener.accept().await {
            let mut died = dying.subscribe();
            tokio::spawn(async move {
                let mut far = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                    _ = died.changed() => futures::future::pending().await,
                }
            });
        }
    });
    (through, dies)
}

#[tokio::test]
async fn c7_over_a_link_that_has_died_it_is_noticed_in_time() {
    let server = Server::start();
    let a = server.instance("dead");
    let (port, dies) = link_to(server.port).await;
    let b = Redis::with_prefix(&format!("redis://127.0.0.1:{port}"), 1024 * 1024, "dead").unwrap();
    put(&b, "key").await;
    dies.send_replace(());
    a.invalidate(&Invalidation::update(["tag"])).await.unwrap();
    let began = Instant::now();
    // Not found, or not to be told while the connection is made anew.
    while b.lookup("key", &[]).await.is_ok_and(|lookup| lookup.found.is_some()) {
        assert!(began.elapsed() < Duration::from_secs(30), "it is never noticed");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (took, told) = (began.elapsed(), follow::SILENCE + PATIENCE);
    // And the reconnection, on a machine with much to do.
    assert!(took < told + Duration::from_secs(3), "it took {took:?}");
    never(&b, "key").await;
}

#[tokio::test]
async fn c8_c9_redis_goes_away_and_comes_back() {
    let server = Server::start();
    let (a, b) = (server.instance("away"), server.instance("away"));
    for store in [&a, &b] {
        let now = store.changes(&[]).await.unwrap().now;
        store.put("key", entry(now, "tag")).await.unwrap();
        assert_eq!(validity(store, "key").await, Some(Validity::Fresh));
    }
    let port = server.port;
    drop(server);
    until(&a, Link::Down).await;
    until(&b, Link::Down).await;
    assert_eq!(validity(&b, "key").await, Some(Validity::Fresh), "C8: the local copy");
    assert!(b.lookup("other", &[]).await.is_err(), "C8: uncached");
    assert!(b.claim(&[1; 32], Duration::from_secs(1)).await.is_err(), "refused, not guessed");
    assert!(a.invalidate(&Invalidation::update(["tag"])).await.is_err());
    assert!(a.lookup("key", &[]).await.is_err(), "what was invalidated here is not served here");

    // Without what it knew: it kept nothing on disk.
    let _server = Server::start_on(port);
    until(&a, Link::Up).await;
    until(&b, Link::Up).await;
    assert_eq!(validity(&b, "key").await, None, "what a invalidated has arrived");
    let now = b.lookup("key", &[]).await.unwrap().now;
    b.put("key", entry(now, "tag")).await.unwrap();
    assert_eq!(validity(&a, "key").await, Some(Validity::Fresh), "C9: caching goes on");
    assert!(matches!(b.claim(&[1; 32], Duration::from_secs(1)).await, Ok(Claim::Yours(_))));
}

async fn put(store: &Redis, key: &str) {
    let now = store.changes(&[]).await.unwrap().now;
    store.put(key, entry(now, "tag")).await.unwrap();
    assert_eq!(validity(store, key).await, Some(Validity::Fresh));
}

/// Never stale: not even for a moment, from when Redis is back.
async fn never(store: &Redis, key: &str) {
    until(store, Link::Up).await;
    for _ in 0..50 {
        assert_eq!(validity(store, key).await, None);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn c9_what_was_invalidated_is_not_served_by_a_redis_that_has_lost_that() {
    let server = Server::start();
    let (a, b) = (server.instance("lost"), server.instance("lost"));
    for store in [&a, &b] {
        put(store, "key").await;
    }
    let mut heard = b.invalidations();
    a.invalidate(&Invalidation::update(["tag"])).await.unwrap();
    heard.recv().await.unwrap();
    let port = server.port;
    drop(server);
    until(&a, Link::Down).await;
    until(&b, Link::Down).await;

    let _server = Server::start_on(port);
    never(&a, "key").await;
    never(&b, "key").await;
    let everything = |what: &Invalidation| what.everything;
    let told = async { while !everything(&heard.recv().await.unwrap()) {} };
    tokio::time::timeout(Duration::from_secs(5), told).await.expect("who follows is told");
    put(&a, "key").await;
    assert_eq!(validity(&b, "key").await, Some(Validity::Fresh), "caching goes on");
}

#[tokio::test]
async fn c9_what_was_invalidated_is_not_served_by_a_redis_that_comes_back_with_an_older_state() {
    let server = Server::start();
    let (a, b) = (server.instance("older"), server.instance("older"));
    until(&b, Link::Up).await;
    put(&a, "key").await;
    put(&a, "kept elsewhere").await;
    let _: () = redis::cmd("SAVE").query_async(&mut a.0.connection()).await.unwrap();
    a.invalidate(&Invalidation::update(["tag"])).await.unwrap();
    let (port, folder) = (server.port, Arc::clone(&server.folder));
    drop(server);
    until(&a, Link::Down).await;
    // The one who has heard of it is gone, too.
    drop(a);
    until(&b, Link::Down).await;

    let server = Server::start_in(&folder, port);
    let new = server.instance("older");
    for store in [&new, &b] {
        never(store, "key").await;
        never(store, "kept elsewhere").await;
    }
    put(&b, "key").await;
    assert_eq!(validity(&new, "key").await, Some(Validity::Fresh), "caching goes on");
}

#[tokio::test]
async fn c9_a_redis_that_is_emptied_while_it_runs_brings_nothing_back() {
    let server = Server::start();
    let (a, b) = (server.instance("emptied"), server.instance("emptied"));
    let mut heard = a.invalidations();
    for store in [&a, &b] {
        put(store, "one").await;
        put(store, "two").await;
    }
    b.invalidate(&Invalidation::update(["tag"])).await.unwrap();
    heard.recv().await.unwrap();
    // As after its connection was made anew: what is older is compared with Redis.
    a.0.tags.begin_at(a.0.tags.now());
    let _: () = redis::cmd("FLUSHALL").query_async(&mut a.0.connection()).await.unwrap();
    let old = entry(Moment(1), "tag");
    b.put("two", old).await.unwrap();
    let _ = a.lookup("two", &[]).await;
    let found = a.lookup("one", &[]).await;
    assert!(found.is_err() || found.unwrap().found.is_none());
    never(&a, "one").await;
    never(&b, "one").await;
    never(&a, "two").await;
}

#[tokio::test]
async fn c8_a_redis_that_hangs_is_not_waited_for() {
    let server = Server::start();
    let store = server.store();
    let now = store.changes(&[]).await.unwrap().now;
    store.put("key", entry(now, "tag")).await.unwrap();
    server.signal("-STOP");
    let began = Instant::now();
    assert_eq!(validity(&store, "key").await, Some(Validity::Fresh), "the local copy");
    assert!(store.claim(&[1; 32], Duration::from_secs(1)).await.is_err());
    assert!(began.elapsed() < Duration::from_secs(10), "it took {:?}", began.elapsed());
    server.signal("-CONT");
    let began = Instant::now();
    while store.claim(&[2; 32], Duration::from_secs(1)).await.is_err() {
        assert!(began.elapsed() < Duration::from_secs(20), "C9: it does not come back");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn of_many_who_claim_one_submission_one_gets_it() {
    let server = Server::start();
    let stores = [Arc::new(server.instance("many")), Arc::new(server.instance("many"))];
    for round in 0..50u8 {
        let claims: Vec<_> = (0..8)
            .map(|at| {
                let store = Arc::clone(&stores[at % 2]);
                tokio::spawn(async move { store.claim(&[round; 32], Duration::from_secs(9)).await })
            })
            .collect();
        let mut ours = 0;
        for claim in claims {
            ours += usize::from(matches!(claim.await.unwrap().unwrap(), Claim::Yours(_)));
        }
        assert_eq!(ours, 1, "round {round}");
    }
}

const ONE: Fingerprint = [1; 32];
const MINUTE: Duration = Duration::from_secs(60);

async fn ours(store: &Redis, lease: Duration) -> ClaimId {
    match store.claim(&ONE, lease).await.unwrap() {
        Claim::Yours(claim) => claim,
        other => panic!("{other:?}"),
    }
}

/// Claims it as soon as claims are given.
async fn claimed(store: &Redis) -> Claim {
    claimed_of(store, &ONE).await
}

async fn claimed_of(store: &Redis, submission: &Fingerprint) -> Claim {
    let began = Instant::now();
    loop {
        match store.claim(submission, MINUTE).await {
            Ok(claim) => return claim,
            Err(error) => assert!(began.elapsed() < Duration::from_secs(20), "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn o3_c9_what_ended_while_redis_was_away_is_recorded_when_it_is_back() {
    let mut server = Server::start();
    let (a, b) = (server.instance("ended"), server.instance("ended"));
    for round in 0..2 {
        let claim = ours(&a, MINUTE).await;
        let port = server.port;
        drop(server);
        assert!(a.record(&ONE, claim, "outcome".into(), MINUTE).await.is_err());
        let recorded = Claim::Recorded("outcome".into());
        assert_eq!(a.claim(&ONE, MINUTE).await.unwrap(), recorded, "at once where it ran");
        assert!(b.claim(&ONE, MINUTE).await.is_err(), "{round}: the other can't know");
        // It has lost everything.
        server = Server::start_on(port);
        assert_eq!(claimed(&b).await, recorded, "{round}");
        assert_eq!(claimed(&a).await, recorded, "{round}");
        assert!(a.0.held.list().is_empty(), "Redis knows it");
        let mut forget = redis::cmd("DEL");
        forget.arg(b.0.submission(&ONE));
        let _: () = forget.query_async(&mut b.0.connection()).await.unwrap();
    }
}

#[tokio::test]
async fn o3_c9_what_runs_is_still_claimed_when_redis_has_lost_everything() {
    let server = Server::start();
    let (a, b) = (server.instance("runs"), server.instance("runs"));
    let claim = ours(&a, MINUTE).await;
    until(&b, Link::Up).await;
    let port = server.port;
    drop(server);
    until(&a, Link::Down).await;
    until(&b, Link::Down).await;
    assert_eq!(a.claim(&ONE, MINUTE).await.unwrap(), Claim::Running, "known where it runs");
    let _server = Server::start_on(port);
    assert_eq!(claimed(&b).await, Claim::Running);
    let waiting = tokio::spawn(async move { b.wait(&ONE).await });
    a.record(&ONE, claim, "outcome".into(), MINUTE).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), Ended::Recorded("outcome".into()));
}

/// Nothing was heard of it yet when it is asked for a claim.
#[tokio::test]
async fn o3_c9_nothing_is_claimed_of_a_redis_that_is_not_the_one_that_was_followed() {
    let server = Server::start();
    let (a, b) = (server.instance("another"), server.instance("another"));
    let claim = ours(&a, MINUTE).await;
    until(&b, Link::Up).await;
    let _: () = redis::cmd("FLUSHALL").query_async(&mut b.0.connection()).await.unwrap();
    assert!(b.claim(&ONE, MINUTE).await.is_err(), "it is empty");
    assert_eq!(claimed(&b).await, Claim::Running, "who runs it has told it again");
    a.record(&ONE, claim, "outcome".into(), MINUTE).await.unwrap();
    assert_eq!(claimed(&b).await, Claim::Recorded("outcome".into()));

    // The same data, but after a restart, which may have lost the last of it.
    "before".clone_into(&mut b.0.run_id());
    assert!(b.claim(&[2; 32], MINUTE).await.is_err());
    let given = claimed_of(&b, &[2; 32]).await;
    assert!(matches!(given, Claim::Yours(_)), "it follows this one by now");
}

#[tokio::test]
async fn who_waits_and_goes_away_leaves_nothing_behind() {
    let server = Server::start();
    let store = server.store();
    let claim = ours(&store, MINUTE).await;
    for _ in 0..3 {
        let wait = store.wait(&ONE);
        assert!(tokio::time::timeout(Duration::from_millis(50), wait).await.is_err());
        assert!(store.0.waiting().is_empty());
    }
    store.release(&ONE, claim, "no".into()).await.unwrap();
}

#[tokio::test]
async fn o3_c9_a_lease_that_is_over_while_redis_hangs_gives_it_to_nobody() {
    let server = Server::start();
    let (a, b) = (server.instance("hangs"), server.instance("hangs"));
    let short = Duration::from_secs(8);
    let claim = ours(&a, short).await;
    until(&b, Link::Up).await;
    server.signal("-STOP");
    assert!(a.record(&ONE, claim, "outcome".into(), MINUTE).await.is_err());
    until(&b, Link::Down).await;
    tokio::time::sleep(short).await;
    server.signal("-CONT");
    assert_eq!(claimed(&b).await, Claim::Recorded("outcome".into()));
}

#[tokio::test]
async fn c9_a_claim_that_nobody_heard_of_is_given_back() {
    let server = Server::start();
    let (a, b) = (server.instance("unheard"), server.instance("unheard"));
    until(&a, Link::Up).await;
    until(&b, Link::Up).await;
    server.signal("-STOP");
    assert!(a.claim(&ONE, MINUTE).await.is_err());
    server.signal("-CONT");
    let began = Instant::now();
    while claimed(&b).await == Claim::Running {
        assert!(began.elapsed() < Duration::from_secs(20), "it is claimed by nobody");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_claim_whose_visitor_goes_away_is_given_back() {
    let server = Server::start();
    let store = server.store();
    until(&store, Link::Up).await;
    for _ in 0..20 {
        let mut asked = store.claim(&ONE, MINUTE);
        assert!(futures::poll!(&mut asked).is_pending());
        drop(asked);
        let began = Instant::now();
        let claim = loop {
            match store.claim(&ONE, MINUTE).await.unwrap() {
                Claim::Yours(claim) => break claim,
                _ => assert!(began.elapsed() < Duration::from_secs(5), "it is held for nobody"),
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        store.release(&ONE, claim, "no".into()).await.unwrap();
    }
}

#[tokio::test]
async fn o1_who_waits_for_a_run_is_not_told_how_the_one_before_it_ended() {
    let server = Server::start();
    let (a, b) = (server.instance("before"), Arc::new(server.instance("before")));
    let first = ours(&a, MINUTE).await;
    // Somebody who waited for the first one has not gone yet when others wait for the second.
    let still_there =
        b.0.waiting().entry(ONE).or_insert_with(|| watch::Sender::new(None)).subscribe();
    a.release(&ONE, first, "no".into()).await.unwrap();
    let began = Instant::now();
    while still_there.borrow().is_none() {
        assert!(began.elapsed() < Duration::from_secs(5), "the message does not come");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = ours(&a, MINUTE).await;
    let waiting = tokio::spawn({
        let b = Arc::clone(&b);
        async move { b.wait(&ONE).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    // Nor if the message of the first one comes late.
    b.0.waiting().get(&ONE).unwrap().send_replace(Some(Ended::Failed("no".into())));
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!waiting.is_finished(), "the second one runs");
    a.record(&ONE, second, "yes".into(), MINUTE).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), Ended::Recorded("yes".into()));
    drop(still_there);
}
