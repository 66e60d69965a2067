//! A redirect in the enhanced gear: one response with the outcome and the destination's data.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
    routing::get,
};
use formwork::{Config, http::HeaderValue};
use serde_json::{Value, json};
use tower_http::compression::CompressionLayer;

use crate::{
    app::{
        Go, GoAndPaint, PaintAndGo, PublishAndGo, colour, failing, news, patient, slow, ticket,
        tickets,
    },
    harness::{Page, Server, Stream, hidden_with, key},
};

async fn start() -> Server {
    Server::guarded(Config::default(), |routes| routes).await
}

/// Asks to be sent there, with these queries on screen.
async fn go(server: &Server, to: &str, on_screen: &[&str]) -> Stream {
    let entries = hidden_with(Go, "to", to);
    let mut stream = server.browser().enhanced("/doings", &entries, on_screen).await;
    assert_eq!(stream.outcome().await["redirect"], to);
    stream
}

fn value<'a>(lines: &'a [Value], key: &str) -> &'a Value {
    let line = lines.iter().find(|line| line["query"]["key"] == key);
    &line.unwrap_or_else(|| panic!("no {key} in {lines:?}"))["query"]
}

#[tokio::test]
async fn r2_the_destinations_data_comes_with_the_redirect() {
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let server = start().await;
    let lines = go(&server, "/tickets/1?x=1#c2", &[]).await.rest().await;
    let one = value(&lines, &key(ticket(1)));
    assert_eq!((lines.len(), &one["value"]["title"]), (1, &json!("Printer on fire")));
    assert_eq!(server.desk.ran("go"), 1);

    // Each submission goes through the layers twice: as what it is, and as the visitor's next step.
    let count = move |request: Request, next: Next| {
        counted.fetch_add(1, Ordering::SeqCst);
        next.run(request)
    };
    let server = Server::guarded(Config::default(), |routes| routes.layer(from_fn(count))).await;
    assert_eq!(go(&server, "/", &[]).await.rest().await.len(), 1);
    assert_eq!(requests.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_page_says_what_it_reads_to_a_client_that_is_about_to_go_there() {
    let server = start().await;
    let browser = server.browser();
    let page = browser.get("/").await;
    assert_eq!(page.header("vary").as_deref(), Some("accept"));
    let stream = browser.data_of("/", &[]).await;
    assert_eq!((stream.status, &stream.headers["vary"]), (200, &"accept".parse().unwrap()));
    assert_eq!(stream.headers["cache-control"], "no-store");
    let lines = stream.rest().await;
    assert_eq!(lines, [json!({"query": page.data()["queries"][0]})]);

    let held = page.data()["queries"][0]["value"].to_string();
    let held = [(key(tickets()), formwork_version(&held))];
    let lines = browser.data_of("/", &held).await.rest().await;
    assert_eq!(lines, [json!({"query": {"key": held[0].0, "version": held[0].1}})]);

    // What is not there has no data; the page itself says so when the client has gone there.
    assert!(browser.data_of("/tickets/999", &[]).await.rest().await.is_empty());
}

#[tokio::test]
async fn r2_what_the_client_holds_is_not_sent_again() {
    let server = start().await;
    let data = server.browser().get("/").await.data()["queries"][0]["value"].to_string();
    let version = formwork_version(&data);
    let entries = hidden_with(Go, "to", "/");
    let on_screen = [(key(tickets()), version.clone())];
    let mut stream = server.browser().enhanced_holding("/doings", &entries, &on_screen).await;
    stream.outcome().await;
    let lines = stream.rest().await;
    assert_eq!(lines, [json!({"query": {"key": on_screen[0].0, "version": version}})]);

    server.desk.add("Lamp".to_owned());
    let mut stream = server.browser().enhanced_holding("/doings", &entries, &on_screen).await;
    stream.outcome().await;
    let lines = stream.rest().await;
    assert_eq!(lines[0]["query"]["delta"], json!([[0, 2], {"+": [{"id": 3, "title": "Lamp"}]}]));
}

/// The version of a JSON text, as the client reckons it.
fn formwork_version(text: &str) -> String {
    formwork_core::Version::of(text).to_string()
}

#[tokio::test]
async fn r2_what_was_made_stale_is_fresh_at_the_destination() {
    let server = start().await;
    let before = server.browser().get("/news").await.text("#news");
    let entries = hidden_with(PublishAndGo, "word", "Lamp");
    let mut stream = server.browser().enhanced("/doings", &entries, &[]).await;
    assert_eq!(stream.outcome().await["redirect"], "/news?from=here#top");
    let lines = stream.rest().await;
    assert_eq!(value(&lines, &key(news()))["value"], format!("{before}, Lamp"));
}

#[tokio::test]
async fn r3_the_destinations_data_sees_the_cookie_that_the_action_set() {
    let server = start().await;
    let browser = server.browser_with(&[("cookie", "colour=grey; other=1")]);
    let entries = hidden_with(PaintAndGo, "word", "royal blue; x");
    let mut stream = browser.enhanced("/", &entries, &[]).await;
    assert!(stream.headers["set-cookie"].to_str().unwrap().starts_with("colour="));
    stream.outcome().await;
    let lines = stream.rest().await;
    assert_eq!(value(&lines, &key(colour()))["value"], "royal blue; x");
}

#[tokio::test]
async fn r3_neither_a_caught_error_nor_the_order_of_effects_keeps_a_redirect_from_happening() {
    let server = start().await;
    let browser = server.browser();
    let entries = |colour| hidden_with(GoAndPaint, "word", colour);
    let mut stream = browser.enhanced("/", &entries("royal blue"), &[]).await;
    assert_eq!(stream.outcome().await["redirect"], "/doings");
    let lines = stream.rest().await;
    assert_eq!(value(&lines, &key(colour()))["value"], "royal blue");
    let native = browser.post("/", &entries("red")).await;
    assert_eq!(native.location(), "/doings");
    assert_eq!(native.follow().await.text("#colour"), "red");
}

#[tokio::test]
async fn r2_r3_after_a_cookie_nothing_is_taken_for_kept() {
    let server = start().await;
    let entries = hidden_with(PaintAndGo, "word", "blue");
    let kept = [(key(colour()), formwork_version("\"blue\""))];
    let mut stream = server.browser().enhanced_keeping("/", &entries, &kept).await;
    stream.outcome().await;
    let lines = stream.rest().await;
    // The client forgets what it keeps: it could make nothing of a version.
    assert_eq!(value(&lines, &key(colour()))["value"], "blue");
}

#[tokio::test]
async fn r3_and_those_that_layers_add_to_the_response() {
    // As a session's layer does: after the handler, and whatever the handler knows of it.
    async fn session(request: Request, next: Next) -> Response {
        let post = request.method() == "POST";
        let mut response = next.run(request).await;
        if post {
            let cookie = HeaderValue::from_static("colour=of-the-layer; Path=/; HttpOnly");
            response.headers_mut().append("set-cookie", cookie);
        }
        response
    }
    let server = Server::guarded(Config::default(), |routes| routes.layer(from_fn(session))).await;
    let lines = go(&server, "/doings", &[]).await.rest().await;
    assert_eq!(value(&lines, &key(colour()))["value"], "of-the-layer");
}

#[tokio::test]
async fn r2_the_destination_is_asked_for_through_every_layer() {
    // Members only, below this path; the cookie is the one that the action sets.
    async fn members(request: Request, next: Next) -> Response {
        let cookie = request.headers().get("cookie").and_then(|cookie| cookie.to_str().ok());
        let member = cookie.is_some_and(|cookie| cookie.contains("colour=member"));
        if request.uri().path() == "/doings" && request.method() == "GET" && !member {
            return Response::builder().status(403).body("no".into()).unwrap();
        }
        next.run(request).await
    }
    let server = Server::guarded(Config::default(), |routes| routes.layer(from_fn(members))).await;
    let browser = server.browser();
    for (word, expect) in [("member", 1), ("stranger", 0)] {
        let entries = hidden_with(PaintAndGo, "word", word);
        let mut stream = browser.enhanced("/", &entries, &[]).await;
        stream.outcome().await;
        assert_eq!(stream.rest().await.len(), expect, "{word}");
    }
}

#[tokio::test]
async fn r2_a_destination_without_a_page_to_show_brings_nothing() {
    let more = |routes: Router| routes.route("/plain", get(|| async { "plain" }));
    let server = Server::guarded(Config::default(), more).await;
    for to in ["/tickets/99", "/nowhere", "/broken", "/plain", "/elsewhere", "/rows"] {
        let lines = go(&server, to, &[&key(tickets())]).await.rest().await;
        assert_eq!(lines, Vec::<Value>::new(), "{to}");
    }
    server.is_well().await;
}

#[tokio::test]
async fn r5_one_query_of_the_destination_fails_for_itself() {
    let server = start().await;
    let lines = go(&server, "/failing", &[]).await.rest().await;
    assert_eq!(value(&lines, &key(failing()))["error"]["kind"], "internal");
    assert!(value(&lines, &key(tickets()))["value"].is_array());
}

#[tokio::test]
async fn r6_the_outcome_comes_before_a_slow_destination() {
    let server = start().await;
    server.desk.gate().close();
    let stream = go(&server, "/slow", &[]).await;
    server.desk.gate().reached_by(1).await;
    server.desk.gate().open();
    let lines = stream.rest().await;
    assert_eq!(value(&lines, &key(slow()))["value"], "Worth the wait.");
}

#[tokio::test]
async fn a_visitor_who_goes_away_ends_the_work_on_the_data() {
    let server = start().await;
    let (desk, gate) = (&server.desk, server.desk.gate());
    gate.close();
    let stream = go(&server, "/patient", &[]).await;
    gate.reached_by(1).await;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(200)).await;
    gate.open();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let ran = |name| desk.ran(name);
    assert_eq!((ran("go"), ran("patient"), ran("patient, to its end")), (1, 1, 0));

    gate.close();
    let page = server.browser().get("/doings").await;
    let form = page.form("#touch").fill("word", "patient");
    let mut stream = form.enhanced(&[&key(patient())]).await;
    stream.outcome().await;
    gate.reached_by(2).await;
    drop(stream);
    tokio::time::sleep(Duration::from_millis(200)).await;
    gate.open();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((ran("patient"), ran("patient, to its end")), (2, 0));
}

#[tokio::test]
async fn r9_asked_again_the_destinations_data_comes_again() {
    let server = start().await;
    let browser = server.browser();
    let page = browser.get("/doings").await;
    let form = || page.form("#go").fill("to", "/tickets/1");
    for _ in 0..2 {
        let mut stream = form().enhanced(&[]).await;
        assert_eq!(stream.outcome().await["redirect"], "/tickets/1");
        assert_eq!(stream.rest().await.len(), 1);
    }
    assert_eq!(server.desk.ran("go"), 1);
}

#[tokio::test]
async fn nobody_asks_for_data_by_a_header() {
    let server = start().await;
    let names = ["for-data", "x-for-data", "formwork-for-data", "destination"];
    let headers = names.map(|name| (name, "1"));
    let page: Page = server.browser_with(&headers).get("/tickets/1").await;
    assert!(page.status == 200 && page.html.starts_with("<!DOCTYPE html>"));
}

#[tokio::test]
async fn r6_compression_does_not_hold_lines_back() {
    for encoding in ["gzip", "br"] {
        let more = |routes: Router| routes.layer(CompressionLayer::new());
        let server = Server::guarded(Config::default(), more).await;
        let gate = server.desk.gate();
        let accept = [("accept-encoding", encoding)];
        let browser = server.browser_with(&accept);

        gate.close();
        let page = server.browser().get("/doings").await;
        let entries = page.form("#touch").fill("word", "slow").entries;
        let on_screen = [key(slow())];
        let on_screen: Vec<&str> = on_screen.iter().map(String::as_str).collect();
        let mut stream = browser.enhanced("/doings", &entries, &on_screen).await;
        assert_eq!(
            stream.headers.get("content-encoding").map(|e| e.to_str().unwrap()),
            Some(encoding)
        );
        stream.decode(encoding);
        assert_eq!(stream.outcome().await["status"], 200, "while the query waits");
        gate.reached_by(1).await;
        gate.open();
        assert_eq!(stream.rest().await.len(), 1);

        gate.close();
        let entries = hidden_with(Go, "to", "/slow");
        let mut stream = browser.enhanced("/doings", &entries, &[]).await;
        stream.decode(encoding);
        assert_eq!(stream.outcome().await["redirect"], "/slow");
        gate.reached_by(2).await;
        gate.open();
        assert_eq!(stream.rest().await.len(), 1);
    }
}
