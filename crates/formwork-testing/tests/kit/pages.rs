//! Pages in process: what a visitor does on them, and what they are told where something is missing.

use formwork::testing;

use crate::app::{TakeNote, Tell, start};

#[tokio::test]
async fn a_form_is_filled_in_by_its_labels_and_sent_by_its_button() {
    let started = start();
    let visitor = started.app.visitor();
    let page = visitor.open("/").await;
    assert_eq!((page.status(), page.path(), page.title()), (200, "/", "Notes"));

    let page = page.fill("Your note", "x").press("Take it").await;
    assert_eq!(page.status(), 422);
    assert_eq!(page.field("Your note").value(), "x");
    assert_eq!(page.field("Your note").issue(), "Enter at least 3 characters");
    let outcome = page.outcome(TakeNote).unwrap();
    assert_eq!(outcome.issues_at("text"), ["Enter at least 3 characters"]);

    let page = page.fill("Your note", "Buy\nmilk & bread").press("Take it").await;
    assert_eq!((page.status(), page.path()), (200, "/"));
    assert!(page.shows("Note 1 is taken."), "{}", page.text());
    assert_eq!(page.all("li"), ["Buy milk & bread"]);
    assert_eq!(*page.outcome(TakeNote).unwrap().value(), 1);
    assert_eq!(page.field("Your note").value(), "");
    // Told once: the cookie that carried it is gone.
    let page = visitor.open("/").await;
    assert!(page.outcome(TakeNote).is_none());
    assert_eq!(started.notes.all(), ["Buy\nmilk & bread"]);
}

#[tokio::test]
async fn every_kind_of_control_is_sent_as_it_was_filled_in() {
    let page = start().app.visitor().open("/form").await;
    assert_eq!(page.field("Size").value(), "Small");
    assert_eq!(page.field("Topics").options(), ["Small", "Large"]);

    let told = page.clone().press("Send").await.outcome(Tell).unwrap();
    assert_eq!(told.value(), "false Small None {} [] None None");

    let page = page
        .check("Urgent")
        .choose("Size", "Large")
        .choose("By", "Small")
        .choose("By", "Large")
        .choose("Topics", "Small")
        .attach("Files", "a.txt", "text/plain", "one")
        .attach("Files", "b.txt", "text/plain", "two");
    assert!(page.field("Urgent").is_checked());
    assert_eq!(
        (page.field("By").value(), page.field("Topics").value()),
        ("Large".into(), "Small".into())
    );
    let told = page.clone().press("Send and close").await.outcome(Tell).unwrap();
    let expected =
        "true Large Some(Large) {Small} [\"a.txt = one\", \"b.txt = two\"] Some(\"close\") None";
    assert_eq!(told.value(), expected);

    let told = page.uncheck("Urgent").press("Send").await.outcome(Tell).unwrap();
    assert!(told.value().starts_with("false Large"), "{told:?}");
}

#[tokio::test]
async fn cookies_are_kept_and_a_guard_that_refuses_leads_to_its_page() {
    let started = start();
    let stranger = started.app.visitor();
    let page = stranger.open("/members").await;
    assert_eq!((page.status(), page.all("h1")), (401, vec!["Members only.".to_owned()]));

    let page = stranger.open("/join").await.fill("Name", "Ada").fill("Password", "nothing");
    let page = page.press("Join").await;
    assert_eq!(page.field("Password").issue(), "That is not it");
    assert_eq!(
        (page.field("Name").value(), page.field("Password").value()),
        ("Ada".into(), String::new())
    );

    let page = page.fill("Password", "open sesame").press("Join").await;
    assert_eq!((page.path(), page.all("h1")), ("/members", vec!["Hello Ada".to_owned()]));
    assert_eq!(stranger.cookie("member").as_deref(), Some("Ada"));

    let page = page.fill("Note", "Signed").press("Sign").await;
    assert!(page.shows("7: Signed (Ada)"), "{}", page.text());
    assert_eq!(page.click("All notes").await.path(), "/");

    let given = started.app.visitor().with_cookie("member", "Grace").open("/members").await;
    assert!(given.shows("Hello Grace"));
}

#[tokio::test]
async fn what_leads_to_another_site_ends_there() {
    let page = start().app.visitor().open("/out").await.press("Leave").await;
    assert_eq!(page.path(), "https://elsewhere.example/thanks");
    let page =
        testing::Way::enhanced().visitor(&start().app).open("/out").await.press("Leave").await;
    assert_eq!(page.path(), "https://elsewhere.example/thanks");
}
