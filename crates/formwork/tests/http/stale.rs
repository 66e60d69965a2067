//! A page of another build: nothing of it is run, and everything typed is there.

use crate::harness::{Entries, Page, Server};

const STALE: &str = "This form has changed since you opened the page.";

fn entries(pairs: &[(&str, &str)]) -> Entries {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A report as a page of an older build sends it.
fn old(id: &str, shape: &str, typed: &[(&str, &str)]) -> Entries {
    let own = [("_action", id), ("_shape", shape), ("_submission", "made-up")];
    entries(&[&own[..], typed].concat())
}

/// Sends it in both gears: stale. The native page is returned.
async fn refused(server: &Server, path: &str, sent: &Entries) -> Page {
    let browser = server.browser();
    let mut enhanced = browser.enhanced(path, sent, &[]).await;
    let outcome = enhanced.outcome().await;
    assert_eq!((enhanced.status, outcome["error"]["kind"].as_str()), (409, Some("stale")));
    let page = browser.post(path, sent).await;
    page.refuses(409, STALE);
    page
}

const TYPED: &[(&str, &str)] = &[
    ("headline", "Lamp"),
    ("text", "It is\r\nbroken."),
    ("copies", "a few"),
    ("code", "s3cr3t-pin"),
    ("place.floor", "4"),
    ("place.wing", "north"),
    ("contacts[b]", ""),
    ("contacts[b].digits", "12"),
    ("contacts[a].digits", "34"),
    ("urgency", "high"),
    ("nothing", ""),
];

#[tokio::test]
async fn d2_a_renamed_action_and_renamed_fields_are_filled_in_and_the_rest_is_to_copy() {
    let server = Server::start().await;
    for id in ["reports::send", "reports.post"] {
        let page = refused(&server, "/reports", &old(id, "0123456789abcdef", TYPED)).await;
        let form = page.form("#report");
        assert_eq!(form.value("title"), Some("Lamp"));
        assert_eq!(form.value("body"), Some("It is\nbroken."));
        assert_eq!(form.value("room.floor"), Some("4"));
        assert_eq!(form.value("people[b].phone"), Some("12"));
        assert_eq!(form.value("people[a].phone"), Some("34"));
        assert_eq!(form.value("pin"), Some(""));
        assert!(!page.html.contains("s3cr3t-pin"));
        let copies = page.texts("#report .left-over textarea[readonly]");
        assert_eq!(copies, ["north", "high", "a few"]);
        let labels = page.text("#report .left-over");
        for label in ["place.wing", "urgency", "Copies"] {
            assert!(labels.contains(label), "{labels}");
        }
        // What came back can be sent as it is, once what it can't read is mended.
        let again = form.fill("copies", "3").submit().await.follow().await;
        assert_eq!(again.text("#filed"), "Lamp");
        assert!(!again.has(".left-over"));
    }
    assert_eq!(server.desk.ran("file_report"), 2);
}

#[tokio::test]
async fn d2_a_renamed_action_is_not_run_even_if_its_form_is_the_same() {
    let server = Server::start().await;
    let page = server.browser().get("/reports").await;
    let mut sent = page.form("#report").fill("title", "Lamp").entries;
    sent.iter_mut().filter(|(name, _)| name == "_action").for_each(|(_, id)| {
        "reports::send".clone_into(id);
    });
    let page = refused(&server, "/reports", &sent).await;
    assert_eq!(page.form("#report").value("title"), Some("Lamp"));
    assert!(!page.has(".left-over"), "everything has its place");
    assert_eq!(server.desk.runs(), 0);
}

#[tokio::test]
async fn d2_a_renamed_action_whose_values_can_not_be_opened_is_told_with_what_was_entered() {
    let server = Server::start().await;
    let mut sent = old("reports::mark", "0123456789abcdef", &[("remark", "mine"), ("x", "y")]);
    sent.extend(entries(&[("_bound", "made-up"), ("_form", "made-up")]));
    let page = server.browser().post("/reports", &sent).await;
    page.refuses(409, STALE);
    assert_eq!(page.texts("[role=alert] textarea[readonly]"), ["mine", "y"]);
    assert_eq!(server.desk.runs(), 0);
}
