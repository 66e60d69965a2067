//! Reading pages: what a document contains, and what comes when it can't be made.

use serde_json::json;

use crate::{
    app::{failing, minutes, tickets},
    harness::{Server, key, logged, soon},
};

#[tokio::test]
async fn a_page_carries_what_its_render_read() {
    let server = Server::start().await;
    let page = server.browser().get("/").await;
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type").as_deref(), Some("text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control").as_deref(), Some("private, no-cache"));
    let data = page.data();
    assert_eq!(page.header("formwork-build").as_deref(), data["build"].as_str());
    let expect = json!([{"key": key(tickets()), "value": [
        {"id": 1, "title": "Printer on fire"}, {"id": 2, "title": "No coffee"}
    ]}]);
    assert_eq!((&data["queries"], data.get("posted")), (&expect, None));
    assert_eq!(page.texts("#tickets li"), ["Printer on fire", "No coffee"]);
}

#[tokio::test]
async fn text_of_visitors_is_text_everywhere() {
    let server = Server::start().await;
    let nasty = "</script><b id=x>&amp;<!--";
    server.desk.add(nasty.to_owned());
    let page = server.browser().get("/").await;
    assert!(!page.has("#x"));
    assert_eq!(page.texts("#tickets li")[2], nasty);
    assert_eq!(page.data()["queries"][0]["value"][2]["title"], nasty);
}

#[tokio::test]
async fn a_path_without_a_page_is_the_404_page() {
    let server = Server::start().await;
    for path in ["/nowhere", "/tickets", "/tickets/1/2", "/pkg/nothing.js", "/..%2f..%2fCargo.toml"]
    {
        let page = server.browser().get(path).await;
        page.refuses(404, "There is no page at this address.");
        assert!(page.has("#error-page"), "{path}");
    }
}

#[tokio::test]
async fn a_query_that_fails_leaves_the_rest_of_the_page() {
    let server = Server::start().await;
    let page = server.browser().get("/failing").await;
    page.refuses(500, "Something went wrong on our side.");
    assert!(page.has("#open") && page.texts("#tickets li").len() == 2);
    let data = page.data();
    let digest = data["queries"][0]["error"]["digest"].as_str().unwrap();
    assert_eq!(data["queries"][0]["key"], key(failing()));
    assert!(page.text("#failing").contains(digest));
    assert!(!page.html.contains("No such file"), "the cause is for the log");
    assert!(logged(digest).iter().any(|line| line.contains("No such file")));
}

#[tokio::test]
async fn a_guarded_query_gives_the_page_its_status() {
    let server = Server::start().await;
    server.browser().get("/members").await.refuses(401, "Say who you are.");
    let page = server.browser_with(&[("x-member", "mallory")]).get("/members").await;
    page.refuses(403, "Mallory may not.");
    assert!(page.has("#error-page"));
    let page = server.browser_with(&[("x-member", "ann")]).get("/members").await;
    assert_eq!((page.status, page.text("#minutes").as_str()), (200, "The minutes, for ann"));
}

#[tokio::test]
async fn t8_a_panic_in_a_component_is_the_error_page_with_a_digest() {
    let server = Server::start().await;
    let page = server.browser().get("/broken").await;
    page.refuses(500, "Something went wrong on our side.");
    let digest = page.text("#digest");
    assert!(!page.html.contains("this page is broken"));
    let lines = logged(&digest);
    assert!(lines.iter().any(|line| line.contains("this page is broken")), "{lines:?}");
    server.is_well().await;
}

#[tokio::test]
async fn t8_even_when_the_error_page_fails_there_is_a_page_with_a_digest() {
    let server = Server::start().await;
    let page = server.browser().get("/always-broken").await;
    page.refuses(500, "Something went wrong");
    let lines = logged(&page.text("code"));
    assert!(lines.iter().any(|line| line.contains("even the error page")), "{lines:?}");
    server.is_well().await;
}

#[tokio::test]
async fn t8_a_panic_or_an_error_in_an_action_has_a_digest_that_is_in_the_log() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    for (form, cause) in [
        ("#burst", "panicked: the pipe is corroded at joint-7"),
        ("#stumble", "invalid digit found in string"),
    ] {
        let sent = page.form(form).fill("word", "joint-7").fill("secret", "hush-hush");
        let answer = sent.submit().await;
        answer.refuses(500, "Something went wrong on our side. Nothing you typed was lost.");
        assert_eq!(answer.form(form).value("word"), Some("joint-7"));
        assert!(!answer.html.contains("corroded") && !answer.html.contains("invalid digit"));
        let digest = answer.text(&format!("{form} [role=alert] code"));
        let lines = logged(&digest);
        let told = lines.iter().filter(|line| line.contains(cause)).count();
        assert_eq!(told, 1, "the cause, once: {lines:?}");
    }
    assert!(logged("hush-hush").is_empty(), "a secret is never logged");
    server.is_well().await;
}

#[tokio::test]
async fn t8_a_panic_in_a_rule_has_a_digest_and_may_be_sent_again() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let form = || page.form("#pour").fill("glass", "tall");
    let answer = form().submit().await;
    answer.refuses(500, "Something went wrong on our side. Nothing you typed was lost.");
    assert_eq!(answer.form("#pour").value("glass"), Some("tall"));
    let digest = answer.text("#pour [role=alert] code");
    assert!(logged(&digest).iter().any(|line| line.contains("the glass is cracked")));
    // The same submission, which nobody holds any more.
    assert_eq!(soon(form().submit()).await.status, 303);
    assert_eq!(server.desk.ran("pour"), 1);
}

#[tokio::test]
async fn t8_a_panic_in_what_a_guard_says_of_its_visitor_has_a_digest() {
    let server = Server::start().await;
    let browser = server.browser_with(&[("x-member", "rumpelstiltskin")]);
    let page = browser.get("/doings").await;
    let answer = page.form("#vote").fill("word", "yes").submit().await;
    answer.refuses(500, "Something went wrong on our side. Nothing you typed was lost.");
    let digest = answer.text("#vote [role=alert] code");
    assert!(logged(&digest).iter().any(|line| line.contains("nobody may know that name")));
    let lines = browser.read(&[&key(minutes())]).await.rest().await;
    assert!(lines[0]["query"]["error"]["digest"].is_string(), "{lines:?}");
    assert_eq!(server.desk.ran("vote"), 0);
}

#[tokio::test]
async fn a_page_that_takes_too_long_is_given_up() {
    let config = formwork::Config { render_timeout: 1, ..Default::default() };
    let server = Server::with(config).await;
    server.desk.gate().close();
    server.browser().get("/slow").await.refuses(503, "The page took too long to prepare.");
    server.is_well().await;
}
