//! Values that the server bound to an action: what comes back is what was handed out, or nothing
//! runs.

use std::time::Duration;

use formwork::Config;
use serde_json::json;

use crate::{
    app::SUCCESSOR,
    harness::{FormOnPage, Page, Server},
};

const FORGED: &str = "This form does not belong to this page.";
const KEY_GONE: &str = "This page has been open for too long.";
const EXPIRED: &str = "The time for this form is over.";

/// Two key rings' keys.
const OLD: &str = "b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=";
const NEW: &str = "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";

/// The form for ticket 2, filled in.
fn lamp(page: &Page) -> FormOnPage<'_> {
    page.form("#row-2").fill("title", "Lamp")
}

#[tokio::test]
async fn t6_a_handler_gets_what_was_bound_in_both_gears() {
    let server = Server::start().await;
    let page = server.browser().get("/bound").await;
    let answer = lamp(&page).submit().await;
    assert_eq!(answer.location(), "/bound");
    let titles = |server: &Server| -> Vec<String> {
        server.desk.tickets().iter().map(|ticket| ticket.title.clone()).collect()
    };
    assert_eq!(titles(&server), ["Printer on fire", "Lamp"]);

    let page = answer.follow().await;
    let mut stream = page.form("#row-1").fill("title", "Desk").enhanced(&[]).await;
    assert_eq!(stream.outcome().await["status"], 200);
    assert_eq!(titles(&server), ["Desk", "Lamp"]);
}

#[tokio::test]
async fn t6_several_values_arrive_in_order_and_none_can_be_read() {
    let server = Server::start().await;
    let page = server.browser().get("/bound").await;
    assert!(!page.html.contains(SUCCESSOR));
    let answer = page.form("#hand-over-2").submit().await.follow().await;
    let expect = format!("2 to {SUCCESSOR}");
    assert_eq!(answer.text("#handed-over-2"), expect);
    assert_eq!(answer.text("#handed-over-1"), "", "the outcome is that row's");

    let mut stream = page.form("#hand-over-1").enhanced(&[]).await;
    let expect = format!("1 to {SUCCESSOR}");
    assert_eq!(stream.outcome().await, json!({"status": 200, "value": expect}));
}

#[tokio::test]
async fn t6_what_is_sealed_differs_each_time_and_names_its_form_the_same() {
    let server = Server::start().await;
    let first = server.browser().get("/bound").await;
    let second = server.browser().get("/bound").await;
    let value = |page: &Page, row: &str, name: &str| page.form(row).value(name).unwrap().to_owned();
    assert_ne!(value(&first, "#row-1", "_bound"), value(&second, "#row-1", "_bound"));
    assert_eq!(value(&first, "#row-1", "_form"), value(&second, "#row-1", "_form"));
    assert_ne!(value(&first, "#row-1", "_form"), value(&first, "#row-2", "_form"));
}

#[tokio::test]
async fn t6_n4_only_the_submitted_row_shows_its_issue() {
    let server = Server::start().await;
    let page = server.browser().get("/bound").await;
    let answer = page.form("#row-2").fill("title", "far too long for a title").submit().await;
    assert_eq!(answer.status, 422, "{}", answer.html);
    assert_eq!(answer.text("#row-2 [id$='-error']"), "Enter at most 20 characters");
    assert_eq!(answer.form("#row-2").value("title"), Some("far too long for a title"));
    assert!(answer.has("#row-1 [id$='-error'][hidden]"));
    assert_eq!(answer.form("#row-1").value("title"), Some(""));

    assert_eq!(lamp(&answer).submit().await.location(), "/bound");
    assert_eq!(server.desk.tickets()[1].title, "Lamp");
}

#[tokio::test]
async fn t6_a_button_brings_a_bound_action() {
    let server = Server::start().await;
    let page = server.browser().get("/bound").await;
    let answer = lamp(&page).press(".stamp").submit().await.follow().await;
    assert_eq!(answer.text("#stamped-2"), "Lamp on 2");
    assert_eq!(answer.text("#stamped-1"), "");
    let mut stream = page.form("#row-1").fill("title", "x").press(".stamp").enhanced(&[]).await;
    assert_eq!(stream.outcome().await["value"], "x on 1");
    assert_eq!((server.desk.ran("stamp"), server.desk.ran("retitle")), (2, 0));
}

#[tokio::test]
async fn t6_what_was_not_handed_out_like_this_is_refused() {
    let server = Server::start().await;
    let page = server.browser().get("/bound").await;
    let sealed = page.form("#row-2").value("_bound").unwrap().to_owned();
    let of_another_action = page.form("#hand-over-2").value("_bound").unwrap().to_owned();
    // The first characters name the key; what has another is told apart from a forgery.
    let changed = (6..sealed.len()).step_by(5).chain([sealed.len() - 1]).map(|at| {
        let other = if &sealed[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &sealed[..at], &sealed[at + 1..])
    });
    let cut =
        [0, 1, 5, 6, 20, sealed.len() / 2, sealed.len() - 1].map(|to| sealed[..to].to_owned());
    let made_up = [of_another_action, "2".to_owned(), format!("{sealed}A"), format!(" {sealed}")];
    for forged in changed.chain(cut).chain(made_up) {
        let answer = lamp(&page).fill("_bound", &forged).refused(400, FORGED).await;
        assert_eq!(answer.form("#row-2").value("title"), Some("Lamp"), "{forged}");
    }
    lamp(&page).without("_bound").refused(400, FORGED).await;
    let mut button = lamp(&page).press(".stamp");
    let named = button.entries.last_mut().unwrap();
    named.1 = named
        .1
        .split('@')
        .enumerate()
        .map(|(at, part)| if at == 2 { "x" } else { part })
        .collect::<Vec<_>>()
        .join("@");
    let answer = button.refused(400, FORGED).await;
    let copies = answer.texts("[role=alert] textarea[readonly]");
    assert_eq!(copies, ["Lamp"], "no form is of this action: what was typed is there to copy");
    assert_eq!((server.desk.ran("retitle"), server.desk.ran("stamp")), (0, 0));

    assert_eq!(lamp(&page).submit().await.location(), "/bound", "as it came, it runs");
}

#[tokio::test]
async fn t6_what_is_bound_for_one_visitor_is_refused_to_another() {
    let server = Server::start().await;
    let as_member = |name| server.browser_with(&[("x-member", name)]);
    let page = as_member("ann").get("/mine").await;
    let form = page.form("#sign").fill("title", "Yes");

    let bob = as_member("bob");
    let answer = bob.post("/mine", &form.entries).await;
    answer.refuses(400, FORGED);
    let mut stream = bob.enhanced("/mine", &form.entries, &[]).await;
    assert_eq!((stream.status, stream.outcome().await["status"].clone()), (400, json!(400)));
    assert_eq!(server.desk.ran("sign"), 0);

    let elsewhere = as_member("ann").post("/mine", &form.entries).await;
    assert_eq!(elsewhere.follow().await.text("#signed"), "ann: Yes on 7");
}

#[tokio::test]
async fn t6_what_has_expired_is_stale_and_filled_in_again() {
    let server = Server::start().await;
    let page = server.browser().get("/brief").await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let answer = page.form("#brief").fill("title", "Lamp").refused(409, EXPIRED).await;
    let again = answer.form("#brief").fill("title", "Lamp");
    assert_eq!(answer.form("#brief").value("title"), Some("Lamp"));
    assert!(answer.text("#brief [role=alert]").contains(EXPIRED));
    assert_eq!(server.desk.ran("retitle"), 0);
    let mut stream = again.enhanced(&[]).await;
    assert_eq!(stream.outcome().await["status"], 200, "what it was handed anew still holds");
}

#[tokio::test]
async fn t7_a_rotated_key_opens_while_it_is_listed() {
    let old = Server::with_keys(OLD).await;
    let rotated = Server::with_keys(&format!("{NEW},{OLD}")).await;
    let page = old.browser().get("/bound").await;

    let invalid = page.form("#row-2").fill("title", "far too long for a title");
    let answer = rotated.browser().post("/bound", &invalid.entries).await;
    assert_eq!(answer.status, 422);
    let again = answer.form("#row-2");
    assert_eq!(again.value("title"), Some("far too long for a title"), "its row is found again");
    assert!(answer.has("#row-1 [id$='-error'][hidden]"));

    let answer = rotated.browser().post("/bound", &lamp(&page).entries).await;
    assert_eq!(answer.location(), "/bound");
    assert_eq!(rotated.desk.tickets()[1].title, "Lamp");
}

#[tokio::test]
async fn t7_a_removed_key_is_stale_and_nothing_typed_is_lost() {
    let old = Server::with_keys(OLD).await;
    let new = Server::with_keys(NEW).await;
    let page = old.browser().get("/bound").await;
    let entries = lamp(&page).entries;

    let answer = new.browser().post("/bound", &entries).await;
    answer.refuses(409, KEY_GONE);
    let copies = answer.texts("[role=alert] textarea[readonly]");
    assert_eq!(copies, ["Lamp"], "whose row it was can't be told: it is there to copy");
    assert_eq!(answer.form("#row-1").value("title"), Some(""), "and in no row it may not be of");
    let mut stream = new.browser().enhanced("/bound", &entries, &[]).await;
    assert_eq!((stream.status, stream.outcome().await["status"].clone()), (409, json!(409)));
    assert_eq!(new.desk.ran("retitle"), 0);
}

#[tokio::test]
async fn t7_what_another_instance_with_the_same_keys_handed_out_is_as_good() {
    let (one, other) = (Server::with_keys(OLD).await, Server::with_keys(OLD).await);
    let page = one.browser().get("/bound").await;
    assert_eq!(other.browser().post("/bound", &lamp(&page).entries).await.status, 303);
    let development = Server::with(Config::default()).await;
    development.browser().post("/bound", &lamp(&page).entries).await.refuses(409, KEY_GONE);
}
