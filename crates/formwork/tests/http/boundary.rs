//! The request boundary: while one visitor's page is being rendered, no other request on the same
//! thread sees what that page provides as context.
//!
//! Stock Leptos 0.8 fails this; the first test shows it, so that the others prove something.

use axum::{
    Router,
    routing::{get, post},
};
use formwork::{Config, prelude::*};
use leptos::prelude::*;
use serde_json::Value;

use crate::{
    app::{self, CurrentUser, Desk},
    harness::{Browser, Page, Server, hidden, key, soon},
};

/// What a request sees that asks Leptos' context who is there.
fn seen() -> String {
    format!("{:?}", use_context::<CurrentUser>())
}

const NOBODY: &str = "None";

#[action(public)]
async fn who_acts(_: ActionCx) -> ActionResult<String> {
    let before = seen();
    tokio::task::yield_now().await;
    Ok(format!("{before} {}", seen()))
}

#[query(public)]
async fn who_reads() -> QueryResult<String> {
    let before = seen();
    tokio::task::yield_now().await;
    Ok(format!("{before} {}", seen()))
}

/// An application's own server function, as Leptos has them.
#[server(prefix = "/api", endpoint = "who_calls")]
async fn who_calls() -> Result<String, ServerFnError> {
    Ok(seen())
}

/// A handler that has nothing to do with either.
async fn who_handles() -> String {
    let before = seen();
    tokio::task::yield_now().await;
    format!("{before} {}", seen())
}

/// The ways beside the pages, as an application adds them to its router.
fn ways(router: Router) -> Router {
    router
        .route("/api/{*name}", post(leptos_axum::handle_server_fns))
        .route("/plain", get(who_handles))
}

/// Alice's page in stock Leptos: it provides its user and waits for its data.
fn stock(desk: &Desk) -> Router {
    let desk = desk.clone();
    let page = leptos_axum::render_app_to_stream(move || {
        provide_context(CurrentUser("alice".to_owned()));
        let desk = desk.clone();
        let data = Resource::new(
            || (),
            move |()| {
                let desk = desk.clone();
                async move { desk.gate().pass().await }
            },
        );
        view! { <Suspense>{move || data.get().map(|()| seen())}</Suspense> }
    });
    ways(Router::new().route("/", get(page)))
}

async fn called(browser: &Browser) -> String {
    let request = browser.request(reqwest::Method::POST, "/api/who_calls");
    soon(request.send()).await.unwrap().text().await.unwrap()
}

/// Runs `meanwhile` while a page of Alice's waits for its data, and then lets the page finish.
async fn while_alice_reads<T>(
    server: &Server,
    path: &str,
    meanwhile: impl AsyncFnOnce(&Browser) -> T,
) -> (Page, T) {
    let desk = &server.desk;
    desk.gate().close();
    let alice = server.browser_with(&[("x-user", "alice")]);
    let anonymous = server.browser();
    tokio::join!(alice.get(path), async {
        soon(desk.gate().reached_by(1)).await;
        let seen = meanwhile(&anonymous).await;
        desk.gate().open();
        seen
    })
}

#[tokio::test(flavor = "current_thread")]
async fn r5_stock_leptos_leaks_and_the_boundary_closes_it() {
    let others =
        async |anonymous: &Browser| (called(anonymous).await, anonymous.get("/plain").await.html);
    let desk = Desk::default();
    let server = Server::without_boundary(stock(&desk), desk).await;
    let (page, (called, handled)) = while_alice_reads(&server, "/", others).await;
    let leaks = called.contains("alice") && handled.contains("alice");
    assert!(leaks, "this Leptos has no leak any more: {called}, {handled}");
    assert!(page.html.contains("alice"));

    let desk = Desk::default();
    let server = Server::serving(stock(&desk), desk).await;
    let (page, (called, handled)) = while_alice_reads(&server, "/", others).await;
    assert_eq!((called, handled), (format!("\"{NOBODY}\""), format!("{NOBODY} {NOBODY}")));
    assert!(page.html.contains("alice"), "her own page knows her");
}

async fn server() -> Server {
    Server::extended(Config::default(), ways).await
}

#[tokio::test(flavor = "current_thread")]
async fn r5_no_request_sees_the_context_of_a_page_that_is_being_rendered() {
    let server = server().await;
    let nobody_twice = format!("{NOBODY} {NOBODY}");
    let (page, ()) = while_alice_reads(&server, "/slow", async |anonymous: &Browser| {
        let mut acted = anonymous.enhanced("/doings", &hidden(WhoActs), &[]).await;
        assert_eq!(acted.outcome().await["value"], *nobody_twice, "an action");

        let natively = anonymous.post("/doings", &hidden(WhoActs)).await;
        assert_eq!(natively.status, 303);

        let read = anonymous.read(&[&key(who_reads())]).await.rest().await;
        assert_eq!(read[0]["query"]["value"], *nobody_twice, "a query");

        assert_eq!(called(anonymous).await, format!("\"{NOBODY}\""), "a server function");

        let handled = anonymous.get("/plain").await;
        assert_eq!(handled.html, nobody_twice, "a plain handler");
    })
    .await;
    assert_eq!(page.text("#who"), "alice", "her own page still knows her");
}

#[tokio::test(flavor = "current_thread")]
async fn r5_pages_that_are_rendered_at_once_know_their_own_visitor() {
    let server = server().await;
    let (alice, (bob, nobody)) =
        while_alice_reads(&server, "/slow", async |anonymous: &Browser| {
            let bob = server.browser_with(&[("x-user", "bob")]);
            let pages = async { tokio::join!(bob.get("/slow"), anonymous.get("/slow")) };
            let open = async {
                soon(server.desk.gate().reached_by(3)).await;
                server.desk.gate().open();
            };
            tokio::join!(pages, open).0
        })
        .await;
    let seen = [alice, bob, nobody].map(|page| page.text("#who"));
    assert_eq!(seen, ["alice", "bob", ""]);
}

#[tokio::test(flavor = "current_thread")]
async fn r5_a_page_that_its_visitor_left_leaves_nothing_behind() {
    let server = server().await;
    server.desk.gate().close();
    let alice = server.browser_with(&[("x-user", "alice")]);
    let left = tokio::time::timeout(std::time::Duration::from_millis(300), alice.get("/slow"));
    assert!(left.await.is_err(), "the gate is closed");
    assert_eq!(server.desk.gate().arrivals(), 1);

    let anonymous = server.browser();
    assert_eq!(called(&anonymous).await, format!("\"{NOBODY}\""));
    server.desk.gate().open();
    assert_eq!(anonymous.get("/slow").await.text("#who"), "");
}

#[tokio::test(flavor = "current_thread")]
async fn r5_a_stream_that_is_still_open_shows_nothing_of_its_visitor() {
    let server = server().await;
    server.desk.gate().close();
    let alice = server.browser_with(&[("x-user", "alice")]);
    let mut fields = hidden(app::Touch);
    fields.extend([("word".to_owned(), "slow".to_owned()), ("secret".to_owned(), String::new())]);
    let mut stream = alice.enhanced("/doings", &fields, &[&key(app::slow())]).await;
    assert_eq!(stream.outcome().await["status"], Value::from(200));
    soon(server.desk.gate().reached_by(1)).await;
    assert_eq!(called(&server.browser()).await, format!("\"{NOBODY}\""));
    server.desk.gate().open();
    assert_eq!(stream.rest().await.len(), 1);
}
