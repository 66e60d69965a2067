//! Guards: with parameters, about a thing, for pages; and what stands around a handler.

use formwork::Config;

use crate::{
    app::{Layered, secret_of},
    harness::{Browser, Page, Server, key, logged},
};

/// A member who is allowed these things and owns this ticket.
fn member(server: &Server, granted: &str, owns: &str) -> Browser {
    let cookie = format!("granted={granted}");
    server.browser_with(&[("x-member", "ann"), ("cookie", &cookie), ("x-owns", owns)])
}

async fn send(page: &Page, form: &str, word: &str) -> Page {
    page.form(form).fill("word", word).submit().await
}

#[tokio::test]
async fn a_guard_takes_parameters_as_types() {
    let server = Server::start().await;
    let page = member(&server, "moderate", "").get("/guarded").await;
    assert_eq!(send(&page, "#hide", "spam").await.status, 303);
    let refused = send(&page, "#release", "news").await;
    refused.refuses(403, "You may not publish.");
    let both = member(&server, "moderate+publish", "").get("/guarded").await;
    assert_eq!(send(&both, "#release", "news").await.status, 303);
    assert_eq!((server.desk.ran("hide"), server.desk.ran("release")), (1, 1));
}

#[tokio::test]
async fn a_guard_is_about_the_ticket_in_the_path() {
    let server = Server::start().await;
    let owner = member(&server, "moderate", "2");
    let page = owner.get("/guarded/2").await;
    assert_eq!(send(&page, "#tear-up", "x").await.status, 303);
    let other = owner.get("/guarded/1").await;
    send(&other, "#tear-up", "x").await.refuses(403, "Ticket 1 is somebody else's.");
    let nothing = owner.get("/guarded/x").await;
    send(&nothing, "#tear-up", "x").await.refuses(404, "There is nothing at this address.");
    assert_eq!(server.desk.ran("tear_up"), 1);
}

#[tokio::test]
async fn t6_a_guard_is_about_what_is_bound_whatever_the_path_says() {
    let server = Server::start().await;
    let owner = member(&server, "moderate", "2");
    // The form binds ticket 2; the path, which anyone can write, names another.
    let page = owner.get("/guarded/1").await;
    assert_eq!(send(&page, "#frame", "x").await.status, 303);
    let stranger = member(&server, "moderate", "1").get("/guarded/1").await;
    send(&stranger, "#frame", "x").await.refuses(403, "Ticket 2 is somebody else's.");
    let forged = page.form("#frame").fill("_bound", "AAAA").submit().await;
    forged.refuses(400, "This form does not belong to this page.");
    assert_eq!(server.desk.ran("frame"), 1);
}

#[tokio::test]
async fn a_guard_that_asks_for_what_is_not_there_lets_nobody_pass() {
    let server = Server::start().await;
    let page = member(&server, "moderate", "2").get("/guarded/2").await;
    let answer = send(&page, "#muddle", "x").await;
    answer.refuses(500, "Something went wrong on our side.");
    let digest = answer.text("#muddle [role=alert] code");
    let told = "nothing is bound to what this guard stands before";
    assert!(logged(&digest).iter().any(|line| line.contains(told)));
    assert_eq!(server.desk.ran("muddle"), 0);
}

#[tokio::test]
async fn queries_under_one_guard_ask_it_once_and_those_about_a_thing_each() {
    let server = Server::start().await;
    let page = member(&server, "moderate", "").get("/notes").await;
    let notes = (1..=5).map(|number| format!("note {number} for ann")).collect::<Vec<_>>();
    assert_eq!(page.texts(".note"), notes);
    assert_eq!(server.desk.ran("moderate"), 1, "five queries, one question");
    member(&server, "", "").get("/notes").await.refuses(403, "You may not moderate.");
    assert_eq!(server.desk.ran("moderate"), 2, "another request, another question");

    let keys = [1, 2, 3].map(|id| key(secret_of(id)));
    let keys = keys.each_ref().map(String::as_str);
    let mut lines = member(&server, "", "2").read(&keys).await.rest().await;
    lines.sort_by_key(|line| line["query"]["key"].to_string());
    let told = |line: &serde_json::Value| {
        let query = &line["query"];
        query["value"].as_str().or(query["error"]["message"].as_str()).map(str::to_owned)
    };
    let told: Vec<_> = lines.iter().filter_map(told).collect();
    let others = |id| format!("Ticket {id} is somebody else's.");
    assert_eq!(told, [others(1), "the secret of 2".to_owned(), others(3)]);
    assert_eq!(server.desk.ran("owner"), 3, "each is about another ticket");
}

#[tokio::test]
async fn t12_a_page_demands_a_guard() {
    let server = Server::start().await;
    server.browser().get("/room").await.refuses(401, "Say who you are.");
    let page = member(&server, "publish", "").get("/room").await;
    page.refuses(403, "You may not moderate.");
    assert!(page.has("#error-page") && !page.has("#room"));
    let page = member(&server, "moderate", "").get("/room").await;
    assert_eq!((page.status, page.text("#room").as_str()), (200, "For moderators only."));
    assert_eq!(
        page.header("cache-control").as_deref(),
        Some("no-store"),
        "Back shows it to nobody"
    );
}

#[tokio::test]
async fn a_wrap_stands_around_the_handler() {
    let server = Server::with(Config::default()).await;
    let page = server.browser().get("/guarded").await;
    let ran = |server: &Server| ["begin", "book", "commit"].map(|step| server.desk.ran(step));
    assert_eq!(send(&page, "#book", "a seat").await.status, 303);
    assert_eq!(ran(&server), [1, 1, 1]);
    send(&page, "#book", "fail").await.refuses(409, "It is taken.");
    assert_eq!(ran(&server), [2, 2, 1], "what fails is not committed");
    send(&page, "#book", "panic").await.refuses(500, "Something went wrong on our side.");
    assert_eq!(ran(&server), [3, 3, 1]);
    // What never reaches the handler does not reach what stands around it.
    let stale = page.form("#book").fill("word", "x").without("_shape").submit().await;
    assert_eq!((stale.status, ran(&server)), (400, [3, 3, 1]));
}

#[tokio::test]
async fn layers_and_extractors_apply_to_submissions_as_to_any_request() {
    use axum::{Extension, http::HeaderValue, middleware};
    let more = |routes: axum::Router| {
        let mark = |request, next: middleware::Next| async {
            let mut response = next.run(request).await;
            response.headers_mut().insert("x-layer", HeaderValue::from_static("passed"));
            response
        };
        routes.layer(Extension(Layered("a layer"))).layer(middleware::from_fn(mark))
    };
    let server = Server::guarded(Config::default(), more).await;
    let page = server.browser().get("/guarded?at=7").await;
    let mut stream = page.form("#aim").fill("word", "x").enhanced(&[]).await;
    assert_eq!(stream.headers["x-layer"], "passed");
    assert_eq!(stream.outcome().await["value"], "7 by a layer");
    let native = send(&page, "#aim", "y").await;
    assert_eq!((native.status, native.header("x-layer").as_deref()), (303, Some("passed")));
    let page = server.browser().get("/guarded?at=300").await;
    send(&page, "#aim", "x").await.refuses(400, "This request can't be understood.");
    let bare = Server::start().await;
    let page = bare.browser().get("/guarded?at=7").await;
    send(&page, "#aim", "x").await.refuses(500, "Something went wrong on our side.");
    assert_eq!((server.desk.ran("aim"), bare.desk.ran("aim")), (2, 0));
}

#[tokio::test]
async fn t12_the_guard_comes_before_anything_of_the_form_is_parsed() {
    let server = Server::start().await;
    let page = server.browser_with(&[("x-member", "ann")]).get("/mine").await;
    // Invalid, as its title is empty; ann is told so, a stranger isn't.
    let form = page.form("#sign");
    assert_eq!(form.clone().submit().await.status, 422);
    let stranger = server.browser();
    stranger.post("/mine", &form.entries).await.refuses(401, "Say who you are.");
    let forged = form.fill("_bound", "AAAA");
    assert_eq!(forged.clone().submit().await.status, 400);
    stranger.post("/mine", &forged.entries).await.refuses(401, "Say who you are.");
    assert_eq!(server.desk.ran("sign"), 0);
}

#[test]
fn t7_production_does_not_start_without_a_key() {
    let options = leptos::config::LeptosOptions::builder()
        .output_name("x")
        .env(leptos::config::Env::PROD)
        .build();
    let error = formwork::Site::with_keys(options, Config::default(), None, crate::app::shell)
        .err()
        .expect("no start");
    assert!(error.to_string().contains("keygen"), "{error}");
}
