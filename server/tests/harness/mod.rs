//! The help desk's server as a process of its own, and a member who visits it without JavaScript.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode, header};
use scraper::{Html, Selector};
use sqlx::{SqlitePool, sqlite::SqliteConnectOptions};

/// Much longer than anything here may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A process that ends with the test.
pub struct Process(pub Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address that nobody listens at.
pub fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// Waits until somebody does.
pub fn listens(address: SocketAddr) {
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(began.elapsed() < PATIENCE, "nothing listens at {address}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The server with these settings besides, and its data in this folder.
pub fn server(address: SocketAddr, folder: &Path, settings: &[(&str, &str)]) -> Process {
    let child = Command::new(env!("CARGO_BIN_EXE_server"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .env("LEPTOS_SITE_ADDR", address.to_string())
        .env("LEPTOS_SITE_ROOT", folder.join("site"))
        .env("HELPDESK_DATA", folder)
        .envs(settings.iter().copied())
        .stdout(Stdio::null())
        .spawn();
    let server = Process(child.unwrap());
    listens(address);
    server
}

/// Names and values of the form of this action on a page.
pub fn form(html: &str, action: &str) -> Vec<(String, String)> {
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

/// Someone who has signed in.
pub struct Visitor {
    client: Client,
    origin: String,
}

impl Visitor {
    pub async fn get(&self, path: &str) -> String {
        let answer = self.client.get(format!("{}{path}", self.origin)).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    pub async fn post(&self, path: &str, form: &[(String, String)]) -> reqwest::Result<StatusCode> {
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

/// A member who is seeded.
pub async fn member(at: SocketAddr, email: &str) -> Visitor {
    let client = Client::builder()
        .cookie_store(true)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE);
    let visitor = Visitor { client: client.build().unwrap(), origin: format!("http://{at}") };
    let mut sign_in = form(&visitor.get("/sign-in").await, "session::sign_in::sign_in");
    sign_in.retain(|(name, _)| name.starts_with('_'));
    sign_in.push(("email".to_owned(), email.to_owned()));
    sign_in.push(("password".to_owned(), "correct horse battery".to_owned()));
    assert_eq!(visitor.post("/sign-in", &sign_in).await.unwrap(), StatusCode::SEE_OTHER);
    visitor
}

/// The server's database.
pub async fn database(folder: &Path) -> SqlitePool {
    let file = SqliteConnectOptions::new().filename(folder.join("helpdesk.sqlite"));
    SqlitePool::connect_with(file).await.unwrap()
}
