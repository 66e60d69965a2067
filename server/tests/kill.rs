//! A server that is killed between its commit and its answer: what it was asked for is done once. One that
//! is asked to end does so when everything is done and recorded.
//!
//! It is held there by taking what comes next away from it: the database is locked until its submission
//! is claimed, and then Redis is paused, so that it commits and can't record.

mod harness;

use std::{
    net::SocketAddr,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use sqlx::SqlitePool;

use harness::{PATIENCE, Process, database, form, free, listens, member};

const DEMO: &str = "demo@example.org";
const TICKET: &str = "/tickets/1";

fn signal(process: &Process, signal: &str) {
    let id = process.0.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
}

fn has_ended(process: &mut Process) -> bool {
    process.0.try_wait().unwrap().is_some()
}

fn redis(address: SocketAddr, folder: &Path) -> Process {
    let start = |program: &str| {
        Command::new(program)
            .args(["--port", &address.port().to_string(), "--bind", "127.0.0.1", "--save", ""])
            .args(["--appendonly", "no", "--dir"])
            .arg(folder)
            .stdout(Stdio::null())
            .spawn()
    };
    let child = start("redis-server").or_else(|_| start("valkey-server"));
    let redis = Process(child.expect("a Redis or Valkey: `cargo xtask setup` installs it"));
    listens(address);
    redis
}

fn server(address: SocketAddr, redis: SocketAddr, folder: &Path) -> Process {
    let store = format!("redis://{redis}");
    // A claim is given up soon after that.
    let settings = [("FORMWORK_STORE", &*store), ("FORMWORK_ACTION_TIMEOUT", "5")];
    harness::server(address, folder, &settings)
}

async fn comments(pool: &SqlitePool, body: &str) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM comments WHERE body = ?")
        .bind(body)
        .fetch_one(pool)
        .await
        .unwrap()
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < PATIENCE, "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_killed_between_the_commit_and_the_answer_it_is_done_once() {
    let folder = tempfile::tempdir().unwrap();
    let (at, store) = (free(), free());
    let redis = redis(store, folder.path());
    let first = server(at, store, folder.path());
    let visitor = member(at, DEMO).await;
    let mut comment = form(&visitor.get(TICKET).await, "tickets::comment::add_comment");
    comment.push(("body".to_owned(), "Only once".to_owned()));

    let pool = database(folder.path()).await;
    let mut lock = pool.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *lock).await.unwrap();
    let visitor = std::sync::Arc::new(visitor);
    let sent = tokio::spawn({
        let (visitor, comment) = (visitor.clone(), comment.clone());
        async move { visitor.post(TICKET, &comment).await }
    });
    // By then it is claimed, and waits for the database.
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    signal(&redis, "-STOP");
    sqlx::query("ROLLBACK").execute(&mut *lock).await.unwrap();
    drop(lock);
    until("the commit", async || comments(&pool, "Only once").await == 1).await;
    drop(first);
    signal(&redis, "-CONT");
    assert!(sent.await.unwrap().is_err(), "nobody was told");

    let _second = server(at, store, folder.path());
    until("an outcome", async || {
        matches!(visitor.post(TICKET, &comment).await, Ok(StatusCode::SEE_OTHER))
    })
    .await;
    assert_eq!(comments(&pool, "Only once").await, 1);

    comment.last_mut().unwrap().1 = "And now this".to_owned();
    assert_eq!(visitor.post(TICKET, &comment).await.unwrap(), StatusCode::SEE_OTHER);
    assert_eq!(comments(&pool, "And now this").await, 1, "O2: changed, it is another");
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_c9_asked_to_end_it_finishes_what_runs_and_records_it_when_redis_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let (at, store) = (free(), free());
    let redis = redis(store, folder.path());
    let mut first = server(at, store, folder.path());
    let visitor = std::sync::Arc::new(member(at, DEMO).await);
    let mut comment = form(&visitor.get(TICKET).await, "tickets::comment::add_comment");
    comment.push(("body".to_owned(), "To its end".to_owned()));
    let pool = database(folder.path()).await;
    let mut lock = pool.acquire().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *lock).await.unwrap();
    let sent = tokio::spawn({
        let (visitor, comment) = (visitor.clone(), comment.clone());
        async move { visitor.post(TICKET, &comment).await }
    });
    // By then it is claimed, and waits for the database; nobody waits for it.
    tokio::time::sleep(Duration::from_millis(1_000)).await;
    sent.abort();
    signal(&redis, "-STOP");
    signal(&first, "-TERM");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!has_ended(&mut first), "it runs");
    sqlx::query("ROLLBACK").execute(&mut *lock).await.unwrap();
    drop(lock);
    until("the commit", async || comments(&pool, "To its end").await == 1).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(!has_ended(&mut first), "nobody could be told of it yet");
    signal(&redis, "-CONT");
    until("the end", async || has_ended(&mut first)).await;

    // What the application itself has recorded is gone: only Redis can know.
    sqlx::query("DELETE FROM submissions").execute(&pool).await.unwrap();
    let _second = server(at, store, folder.path());
    until("an outcome", async || {
        matches!(visitor.post(TICKET, &comment).await, Ok(StatusCode::SEE_OTHER))
    })
    .await;
    assert_eq!(comments(&pool, "To its end").await, 1, "one write");
}
