//! One scenario in every way: the same where all is well, and told where it is not.

use std::panic::AssertUnwindSafe;

use formwork::testing::{self, Way};
use futures::FutureExt;

use crate::app::{TakeNote, start};

#[tokio::test]
async fn where_all_is_well_every_way_shows_the_same() {
    let notes = testing::in_every_way(async |way| {
        let started = start();
        let page = way.visitor(&started.app).open("/").await;
        let page = page.fill("Your note", "x").press("Take it").await;
        assert_eq!(page.field("Your note").issue(), "Enter at least 3 characters");
        let page = page.fill("Your note", "Buy milk").press("Take it").await;
        assert!(page.shows("Note 1 is taken."), "{}", page.text());
        let page = page.fill("Your note", "Buy\nbread").press("Take it").await;
        assert_eq!(page.all("li"), ["Buy milk", "Buy bread"]);
        started.notes.all()
    })
    .await;
    assert_eq!(notes, ["Buy milk", "Buy\nbread"]);
}

#[tokio::test]
async fn so_it_is_with_an_error_whose_digest_is_another_each_time() {
    testing::in_ways([Way::enhanced(), Way::from_an_older_build()], async |way| {
        let page = way.visitor(&start().app).open("/").await;
        let page = page.fill("Your note", "Fail").press("Take it").await;
        assert_eq!((page.status(), page.field("Your note").value()), (500, "Fail".to_owned()));
        let error = page.outcome(TakeNote).unwrap();
        assert!(page.shows(error.error().unwrap().digest.as_deref().unwrap()));
    })
    .await;
}

#[tokio::test]
async fn so_it_is_with_secrets_cookies_redirects_files_and_bound_values() {
    testing::in_every_way(async |way| {
        let started = start();
        let visitor = way.visitor(&started.app);
        let page = visitor.open("/join").await.fill("Name", "Ada").fill("Password", "nothing");
        let page = page.press("Join").await;
        assert_eq!(page.field("Password").issue(), "That is not it");
        let page = page.fill("Password", "open sesame").press("Join").await;
        assert_eq!(page.path(), "/members");
        let page = page.fill("Note", "Signed").press("Sign").await;
        assert!(page.shows("7: Signed (Ada)"), "{}", page.text());

        let page = visitor.open("/form").await.check("Urgent").choose("Topics", "Large");
        let page = page.attach("Files", "a.txt", "text/plain", "one").press("Send and close").await;
        assert!(page.shows("a.txt = one"), "{}", page.text());
        started.notes.all()
    })
    .await;
}

#[tokio::test]
async fn a_session_that_ended_shows_the_same_in_both_gears() {
    testing::in_ways([Way::enhanced(), Way::submitted_twice()], async |way| {
        let started = start();
        let visitor = way.visitor(&started.app).with_cookie("member", "Ada");
        let page = visitor.open("/members").await.fill("Note", "Signed later");
        visitor.forget_cookies();
        let page = page.press("Sign").await;
        assert_eq!((page.status(), page.all("h1")), (401, vec!["Members only.".to_owned()]));
    })
    .await;
}

/// Notes are taken on this page, in every way; what the kit says of it.
async fn told(path: &'static str) -> String {
    let scenario = testing::in_every_way(async |way: Way| {
        let started = start();
        let page = way.visitor(&started.app).open(path).await;
        page.fill("Your note", "Buy milk").press("Take it").await;
        started.notes.all()
    });
    let panic = AssertUnwindSafe(scenario).catch_unwind().await.expect_err("it did not fail");
    panic.downcast_ref::<String>().expect("a text").clone()
}

#[tokio::test]
async fn an_action_that_forgets_what_it_makes_stale_is_found() {
    let told = told("/quiet").await;
    let expected = "step 2, when the visitor had pressed \"Take it\": not the same in the ways \
                    `native` and `enhanced`\n\
                    --- native\n+++ enhanced\n@@ -5,4 +5,3 @@\n \
                    Take it\n Note 1 is taken.\n-Buy milk\n [Your note: \"\"]\n";
    assert_eq!(told, expected);
}

#[tokio::test]
async fn an_action_that_runs_twice_when_it_is_sent_twice_is_found() {
    let told = told("/eager").await;
    assert!(told.contains("`native` and `submitted twice`"), "{told}");
    assert!(told.contains("\n-Note 1 is taken.\n+Note 2 is taken.\n"), "{told}");
}

#[tokio::test]
async fn a_page_that_loses_what_was_typed_when_it_is_of_another_build_is_found() {
    let told = told("/forgetful").await;
    let expected = "\"Your note\" had \"Buy milk\" in it on the page of the older build, and has \
                    \"\" on the page of this one, which came back for \"Take it\"";
    assert_eq!(told, expected);
}

#[tokio::test]
async fn what_is_returned_is_compared_too() {
    let scenario = testing::in_every_way(async |way| way.to_string());
    let panic = AssertUnwindSafe(scenario).catch_unwind().await.expect_err("it did not fail");
    let told = panic.downcast_ref::<String>().expect("a text");
    for way in ["enhanced", "submitted twice", "from an older build"] {
        let difference = format!("--- native\n+++ {way}\n@@ -1 +1 @@\n-\"native\"\n+{way:?}\n");
        assert!(told.contains(&difference), "{told}");
    }
}

#[tokio::test]
async fn steps_that_only_one_way_takes_are_found() {
    let scenario = testing::in_every_way(async |way: Way| {
        let visitor = way.visitor(&start().app);
        visitor.open(if way.to_string() == "enhanced" { "/form" } else { "/" }).await;
    });
    let panic = AssertUnwindSafe(scenario).catch_unwind().await.expect_err("it did not fail");
    let told = panic.downcast_ref::<String>().expect("a text");
    assert_eq!(
        told,
        "at step 1 the visitor opened / in the way `native`, and opened /form in the way `enhanced`"
    );
}
