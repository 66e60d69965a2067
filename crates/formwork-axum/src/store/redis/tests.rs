//! A real Redis on a free port: the conformance suite, two instances, and Redis going away.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Instant,
};

use super::*;
use crate::store::{Life, Validity, conformance};

/// A server of this test's own; it ends with the test.
struct Server {
    child: Child,
    port: u16,
}

impl Server {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self::start_on(port)
    }

    fn start_on(port: u16) -> Self {
        let start = |program: &str| {
            Command::new(program)
                .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""])
                .args(["--appendonly", "no", "--dir", &std::env::temp_dir().to_string_lossy()])
                .stdout(Stdio::null())
                .spawn()
        };
        let child = start("redis-server")
            .or_else(|_| start("valkey-server"))
            .expect("a Redis or Valkey: `cargo xtask setup` installs it");
        let server = Server { child, port };
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(10), "redis-server does not listen");
            std::thread::sleep(Duration::from_millis(10));
        }
        server
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
    let server = Server::start();
    conformance::run(|| server.store()).await;
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
