//! One action, run alone.

use std::collections::BTreeSet;

use formwork::{ErrorKind, FormNames, testing};

use crate::app::*;

fn note(text: &str) -> Note {
    Note { text: text.to_owned() }
}

#[tokio::test]
async fn its_value_and_its_effects() {
    let notes = Notes::default();
    let ran = testing::run(TakeNote, note("Buy milk")).state(notes.clone()).await;
    assert!(ran.succeeded());
    assert_eq!((ran.status(), *ran.value()), (200, 1));
    assert_eq!(ran.effects().updated_tags(), ["notes"]);
    assert!(ran.effects().redirect().is_none() && !ran.effects().refreshes());
    assert_eq!(notes.all(), ["Buy milk"]);
}

#[tokio::test]
async fn its_rules_are_judged_and_a_failure_has_no_effects() {
    let notes = Notes::default();
    let ran = testing::run(TakeNote, note("x")).state(notes.clone()).await;
    assert_eq!((ran.status(), ran.succeeded()), (422, false));
    assert_eq!(ran.error().unwrap().kind, ErrorKind::Invalid);
    assert_eq!(ran.issues_at(Note::names().text), ["Enter at least 3 characters"]);
    assert_eq!(ran.effects(), &testing::Effects::default());
    assert!(notes.all().is_empty());
}

#[tokio::test]
async fn its_guard_is_asked_unless_what_it_proves_is_given() {
    let (notes, ada) = (Notes::default(), Member { name: "Ada".to_owned() });
    let sign =
        || testing::run(SignNote, note("Signed")).bound(SignNote::bind(7)).state(notes.clone());
    let refused = sign().await;
    assert_eq!((refused.status(), &*refused.error().unwrap().message), (401, "Members only."));
    assert_eq!(*sign().cookie("member", "Grace").await.value(), "7: Signed (Grace)");
    let ran = sign().guard(ada.clone()).await;
    assert_eq!(*ran.value(), "7: Signed (Ada)");
    assert_eq!(ran.effects().paths(), ["/members"]);
    assert!(ran.effects().refreshes());
    assert_eq!(notes.all().len(), 2);

    let for_one = || SignNote::bind(8).for_this_visitor();
    let ran = testing::run(SignNote, note("Mine")).bound(for_one()).state(notes.clone()).guard(ada);
    assert_eq!(*ran.await.value(), "8: Mine (Ada)");
}

#[tokio::test]
async fn cookies_and_redirects_are_effects() {
    let joining = Joining { name: "Ada".to_owned(), password: "open sesame".to_owned() };
    let ran = testing::run(Join, joining).await;
    assert_eq!(ran.effects().redirect(), Some("/members"));
    assert_eq!(ran.effects().cookie("member").map(|cookie| cookie.value()), Some("Ada"));
}

#[tokio::test]
async fn files_and_parameters_of_the_path() {
    let by = Some(Size::Large);
    let (topics, files) = (BTreeSet::from([Size::Small]), Vec::new());
    let form = Everything { urgent: true, size: Size::Small, by, topics, files, then: None };
    let ran = testing::run(Tell, form.clone()).file("files", "a.txt", "text/plain", "one");
    let ran = ran.on("/things/{id}/edit?x=1").param("id", "a/b").await;
    let expected = "true Small Some(Large) {Small} [\"a.txt = one\"] None Some(\"a/b\")";
    assert_eq!(ran.value(), expected);

    let ran =
        testing::run(Tell, form).file("files", "a.png", "image/png", &b"\x89PNG\r\n\x1a\n"[..]);
    let ran = ran.await;
    assert_eq!(ran.issues_at(Everything::names().files).len(), 1, "{ran:?}");
}

#[tokio::test]
#[should_panic(expected = "at text: Enter at least 3 characters")]
async fn a_value_that_is_not_there_is_told_with_what_is_wrong() {
    let ran = testing::run(TakeNote, note("x")).state(Notes::default()).await;
    let _ = ran.value();
}

#[tokio::test]
#[should_panic(expected = "it was answered with 500")]
async fn what_the_application_did_not_give_is_an_error_of_the_handler() {
    let _ = testing::run(TakeNote, note("Buy milk")).await.value();
}
