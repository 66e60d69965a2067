//! Signing in and back: what a visitor had entered when their session was over.

use formwork::Config;
use serde_json::Value;

use crate::{
    app::with_sessions,
    harness::{FormOnPage, Page, Server, logged},
};

/// Behind all that `Site::serve` asks, with sessions of a layer.
async fn server() -> Server {
    Server::guarded(Config::default(), with_sessions).await
}

/// A remark on the second row, by somebody whose session is over.
fn remark<'page>(page: &'page Page, text: &str) -> FormOnPage<'page> {
    page.form("#remark-2").fill("text", text).tick("loud").fill("pin", "s3cr3t-pin")
}

fn enter<'page>(page: &'page Page, name: &str) -> FormOnPage<'page> {
    page.form("#enter").fill("name", name).fill("password", "open sesame")
}

#[tokio::test]
async fn t12_signing_in_leads_back_to_the_form_with_everything_in_it() {
    let server = server().await;
    let page = server.browser().get("/remarks?q=1").await;
    let text = "\nIt is <loud> & \"late\"";
    let asked = remark(&page, text).submit().await;
    asked.refuses(401, "Sign in to remark.");
    assert!(asked.has("#error-page") && !asked.has("#remark-2"));
    assert!(!asked.html.contains("late") && !asked.html.contains("s3cr3t-pin"), "it is sealed");
    assert_eq!(asked.header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(asked.data()["resume"].as_str(), asked.form("#enter").value("_resume"));

    // Twice wrong, and nothing is lost.
    let invalid = enter(&asked, "x").submit().await;
    assert_eq!(
        (invalid.status, invalid.text("#name-error").as_str()),
        (422, "Enter at least 2 characters")
    );
    let wrong = enter(&invalid, "ann").fill("password", "open, please").submit().await;
    wrong.refuses(401, "That is not the password.");
    assert_eq!(wrong.text("#message"), "Sign in to remark.", "it still says what for");
    assert_eq!(wrong.form("#enter").value("name"), Some("ann"));

    let back = enter(&wrong, "ann").submit().await;
    assert_eq!((back.status, back.header("location")), (200, None), "{}", back.html);
    assert_eq!(back.text("#guest"), "ann", "the page is rendered for who signed in");
    assert_eq!(back.header("set-cookie").as_deref(), Some("session=ann; Path=/; HttpOnly"));
    assert_eq!(back.header("cache-control").as_deref(), Some("no-store"));
    assert!(back.text("#remark-2 [role=alert]").contains("You are signed in now."));
    assert_eq!(back.text("#remarked-2"), "");
    let again = back.form("#remark-2");
    assert_eq!(again.value("text"), Some(text));
    assert_eq!((again.value("loud"), again.value("pin")), (Some("on"), Some("")));
    assert_eq!(back.form("#remark-1").value("text"), Some(""), "and in no other form");
    assert_eq!(
        (server.desk.ran("enter"), server.desk.ran("remark")),
        (1, 0),
        "it is not sent by itself"
    );

    let done = again.submit().await;
    assert_eq!(done.location(), "/remarks?q=1");
    let done = done.follow().await.text("#remarked-2");
    assert!(done.starts_with("ann on 2: ") && done.ends_with("It is <loud> & \"late\""), "{done}");
    assert!(logged("s3cr3t-pin").is_empty());
}

#[tokio::test]
async fn o3_t12_what_was_sent_before_the_session_ended_is_the_same_submission_after_it() {
    let server = server().await;
    let ann = server.browser();
    let door = ann.get("/lounge").await;
    assert_eq!(enter(&door, "ann").submit().await.location(), "/");
    let page = ann.get("/remarks").await;
    let sent = page.form("#remark-2").fill("text", "once").fill("pin", "s3cr3t-pin");
    let entries = sent.entries;
    assert_eq!(ann.post("/remarks", &entries).await.status, 303, "its answer is lost, let us say");

    // Sent again by a browser that has no session any more.
    let asked = server.browser().post("/remarks", &entries).await;
    let back = enter(&asked, "ann").submit().await;
    let again = back.form("#remark-2").fill("pin", "s3cr3t-pin");
    assert_eq!(again.value("_submission"), page.form("#remark-2").value("_submission"));
    assert_eq!(again.submit().await.status, 303);
    assert_eq!(server.desk.ran("remark"), 1, "one write");
    // And what it is sent in place of, it goes on naming.
    let mut named = remark(&page, "twice").entries;
    named.push(("_again".to_owned(), "A".repeat(86)));
    let asked = server.browser().post("/remarks", &named).await;
    let back = enter(&asked, "ann").submit().await;
    assert_eq!(back.form("#remark-2").value("_again"), Some(&*"A".repeat(86)));
}

#[tokio::test]
async fn t12_however_long_it_is() {
    let server = server().await;
    let page = server.browser().get("/remarks").await;
    let text = "x".repeat(600_000);
    let asked = remark(&page, &text).submit().await;
    let back = enter(&asked, "ann").submit().await;
    assert_eq!(back.form("#remark-2").value("text"), Some(&*text));
    assert_eq!(back.text("#guest"), "ann");

    // More than the sign-in form could carry: the page itself keeps it.
    let text = "x".repeat(900_000);
    let page = server.browser().get("/remarks").await;
    let answer = remark(&page, &text).submit().await;
    answer.refuses(401, "Sign in to remark.");
    assert_eq!(answer.form("#remark-2").value("text"), Some(&*text));
}

#[tokio::test]
async fn t12_the_enhanced_gear_is_told_to_ask_natively() {
    let server = server().await;
    let page = server.browser().get("/remarks").await;
    let mut stream = remark(&page, "hm").enhanced(&[]).await;
    let outcome = stream.outcome().await;
    assert_eq!((stream.status, &outcome["sign_in"]), (401, &Value::Bool(true)));
    // A handler that says the same is not asking for it: the form to sign in with, say.
    let page = server.browser().get("/lounge").await;
    let mut stream = page.form("#enter").fill("name", "ann").enhanced(&[]).await;
    let outcome = stream.outcome().await;
    assert_eq!((&outcome["status"], outcome.get("sign_in")), (&401.into(), None));
}

#[tokio::test]
async fn t12_what_waits_is_for_its_page_and_made_by_this_server() {
    let server = server().await;
    let browser = server.browser();
    let page = browser.get("/remarks").await;
    let asked = remark(&page, "for /remarks").submit().await;
    let sealed = asked.form("#enter").value("_resume").unwrap().to_owned();
    let entries = enter(&asked, "ann").entries;
    for (path, waiting) in
        [("/lounge", &*sealed), ("/remarks", "made-up"), ("/remarks", &sealed[1..])]
    {
        let mut entries = entries.clone();
        entries.iter_mut().find(|(name, _)| name == "_resume").unwrap().1 = waiting.to_owned();
        let answer = server.browser().post(path, &entries).await;
        assert_eq!(answer.location(), "/", "{path}: as if nothing waited");
    }
    assert_eq!(server.desk.ran("remark"), 0);
}

#[tokio::test]
async fn t12_a_visitor_who_may_not_is_told_so_and_keeps_the_input() {
    let server = server().await;
    let page = server.browser().get("/remarks").await;
    let asked = remark(&page, "let me in").submit().await;
    let back = enter(&asked, "banned").submit().await;
    assert_eq!(back.form("#remark-2").value("text"), Some("let me in"));
    back.form("#remark-2").submit().await.refuses(403, "You are banned.");
    // A page that is not for them any more: there is no form left, and it is there to copy.
    let ann = server.browser();
    let door = ann.get("/lounge").await;
    let page = enter(&door, "ann").submit().await;
    assert_eq!(page.location(), "/");
    let lounge = ann.get("/lounge").await;
    let entries = remark(&lounge, "still here").entries;
    let asked = server.browser().post("/lounge", &entries).await;
    let back = enter(&asked, "banned").submit().await;
    assert_eq!(back.texts("[role=alert] textarea[readonly]")[0], "still here");
    assert_eq!(server.desk.ran("remark"), 0);
}

#[tokio::test]
async fn t12_a_page_for_members_asks_to_sign_in_where_it_is() {
    let server = server().await;
    let page = server.browser().get("/lounge").await;
    page.refuses(401, "Sign in to remark.");
    assert_eq!(page.form("#enter").value("_resume"), None, "nothing waits");
    assert_eq!(enter(&page, "ann").submit().await.location(), "/");
}

#[tokio::test]
async fn t12_without_the_outer_layer_a_cookie_carries_it() {
    let server = Server::extended(Config::default(), with_sessions).await;
    let page = server.browser().get("/remarks").await;
    let asked = remark(&page, "a short one").submit().await;
    let back = enter(&asked, "ann").submit().await;
    assert_eq!(back.location(), "/remarks");
    let back = back.follow().await;
    assert_eq!((back.status, back.text("#guest").as_str()), (200, "ann"));
    assert_eq!(back.form("#remark-2").value("text"), Some("a short one"));
}

#[tokio::test]
async fn t1_nobody_else_can_ask_for_it() {
    let server = server().await;
    let page = server.browser().get("/remarks").await;
    let asked = remark(&page, "x").submit().await;
    let form = enter(&asked, "ann");
    let refused = form.submit_with(&[("origin", "https://evil.example")]).await;
    refused.refuses(403, "This form was sent from another site");
    assert_eq!(server.desk.ran("enter"), 0);
}
