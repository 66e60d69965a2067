//! A server that is killed between its commit and its answer: what it was asked for is done once. One that
//! is asked to end does so when everything is done and recorded.
//!
//! It is held there by taking what comes next away from it: the database is locked until its submission
//! is claimed, and then Redis is paused, so that it commits and can't record.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode, header};
use scraper::{Html, Selector};
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

const PATIENCE: Duration = Duration::from_secs(60);
const TICKET: &str = "/tickets/1";

/// A process that ends with the test.
struct Process(Child);

impl Process {
    fn signal(&self, signal: &str) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

impl Process {
    fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn listens(address: SocketAddr) {
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(began.elapsed() < PATIENCE, "nothing listens at {address}");
        std::thread::sleep(Duration::from_millis(20));
    }
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
    let child = Command::new(env!("CARGO_BIN_EXE_server"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .env("LEPTOS_SITE_ADDR", address.to_string())
        .env("LEPTOS_SITE_ROOT", folder.join("site"))
        .env("HELPDESK_DATA", folder)
        .env("FORMWORK_STORE", format!("redis://{redis}"))
        // A claim is given up soon after that.
        .env("FORMWORK_ACTION_TIMEOUT", "5")
        .stdout(Stdio::null())
        .spawn();
    let server = Process(child.unwrap());
    listens(address);
    server
}

/// Names and values of the form of this action on a page.
fn form(html: &str, action: &str) -> Vec<(String, String)> {
    let document = Html::parse_document(html);
    let (forms, inputs) = (Selector::parse("form").unwrap(), Selector::parse("input").unwrap());
    let mut all = document.select(&forms).map(|form| -> Vec<(String, String)> {
        let inputs = form.select(&inputs);
        let value = |name, of: &scraper::ElementRef<'_>| of.attr(name).map(str::to_owned);
        inputs
            .filter_map(|input| {
                Some((value("name", &input)?, value("value", &input).unwrap_or_default()))
            })
            .collect()
    });
    let is_it = |form: &Vec<(String, String)>| form.iter().any(|(_, value)| value == action);
    all.find(is_it).unwrap_or_else(|| panic!("no form of {action} in {html}"))
}

struct Visitor {
    client: Client,
    origin: String,
}

impl Visitor {
    async fn get(&self, path: &str) -> String {
        let answer = self.client.get(format!("{}{path}", self.origin)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    async fn post(&self, path: &str, form: &[(String, String)]) -> reqwest::Result<StatusCode> {
        let mut url = reqwest::Url::parse("http://here.example").unwrap();
        url.query_pairs_mut().extend_pairs(form);
        let request = self
            .client
            .post(format!("{}{path}", self.origin))
            .header(header::ORIGIN, &self.origin)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(url.query().unwrap().to_owned());
        Ok(request.send().await?.status())
    }
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

/// A member on a ticket's page, about to comment.
async fn member(at: SocketAddr) -> Visitor {
    let client = Client::builder()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE);
    let visitor = Visitor { client: client.build().unwrap(), origin: format!("http://{at}") };
    let mut sign_in = form(&visitor.get("/sign-in").await, "session::sign_in::sign_in");
    sign_in.retain(|(name, _)| name.starts_with('_'));
    sign_in.push(("email".to_owned(), "demo@example.org".to_owned()));
    sign_in.push(("password".to_owned(), "correct horse battery".to_owned()));
    assert_eq!(visitor.post("/sign-in", &sign_in).await.unwrap(), StatusCode::SEE_OTHER);
    visitor
}

async fn database(folder: &Path) -> SqlitePool {
    let file = SqliteConnectOptions::new().filename(folder.join("helpdesk.sqlite"));
    SqlitePool::connect_with(file).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn o3_killed_between_the_commit_and_the_answer_it_is_done_once() {
    let folder = tempfile::tempdir().unwrap();
    let (at, store) = (free(), free());
    let redis = redis(store, folder.path());
    let first = server(at, store, folder.path());
    let visitor = member(at).await;
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
    redis.signal("-STOP");
    sqlx::query("ROLLBACK").execute(&mut *lock).await.unwrap();
    drop(lock);
    until("the commit", async || comments(&pool, "Only once").await == 1).await;
    drop(first);
    redis.signal("-CONT");
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
    let visitor = std::sync::Arc::new(member(at).await);
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
    redis.signal("-STOP");
    first.signal("-TERM");
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!first.has_ended(), "it runs");
    sqlx::query("ROLLBACK").execute(&mut *lock).await.unwrap();
    drop(lock);
    until("the commit", async || comments(&pool, "To its end").await == 1).await;
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert!(!first.has_ended(), "nobody could be told of it yet");
    redis.signal("-CONT");
    until("the end", async || first.has_ended()).await;

    // What the application itself has recorded is gone: only Redis can know.
    sqlx::query("DELETE FROM submissions").execute(&pool).await.unwrap();
    let _second = server(at, store, folder.path());
    until("an outcome", async || {
        matches!(visitor.post(TICKET, &comment).await, Ok(StatusCode::SEE_OTHER))
    })
    .await;
    assert_eq!(comments(&pool, "To its end").await, 1, "one write");
}
