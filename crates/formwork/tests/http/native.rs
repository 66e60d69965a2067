//! Forms without JavaScript: what a visitor sees after sending one.

use crate::{
    app::CloseTicket,
    harness::{Browser, FormOnPage, Page, Server, hidden},
};

async fn home(browser: &Browser) -> Page {
    let page = browser.get("/").await;
    assert_eq!(page.status, 200, "{}", page.html);
    page
}

/// Everything in order, with this title.
fn filled<'page>(page: &'page Page, title: &str) -> FormOnPage<'page> {
    page.form("#open").fill("title", title).fill("copies", "1").fill("pin", "1234")
}

#[tokio::test]
async fn n1_an_invalid_field_comes_back_with_everything_that_was_typed() {
    let server = Server::start().await;
    let page = home(&server.browser()).await;
    let form = page
        .form("#open")
        .fill("title", "")
        .fill("body", "First <line>\n\n  & second \"line\"")
        .fill("copies", "many")
        .tick("urgent")
        .fill("days", "99")
        .fill("priority", "very-high")
        .fill("pin", "123");
    let submission = form.value("_submission").unwrap().to_owned();
    let answer = form.submit().await;

    answer.refuses(422, "Some fields need your attention.");
    assert_eq!(server.desk.runs(), 2, "only the query, once a page");
    for (field, issue) in [
        ("title", "Fill this in"),
        ("copies", "Enter a whole number from 0 to 255"),
        ("days", "Enter 30 or less"),
        ("pin", "Enter at least 4 characters"),
    ] {
        let (control, message) = (format!("#{field}"), format!("#{field}-error"));
        assert_eq!(answer.text(&message), issue);
        assert!(!answer.has(&format!("{message}[hidden]")));
        assert_eq!(answer.attribute(&control, "aria-invalid").as_deref(), Some("true"));
        let described = answer.attribute(&control, "aria-describedby").unwrap();
        assert_eq!(described, format!("{field}-error"));
    }
    for field in ["body", "priority"] {
        let (control, message) = (format!("#{field}"), format!("#{field}-error"));
        assert!(answer.has(&format!("{message}[hidden]")), "{field} is in order");
        assert_eq!(answer.attribute(&control, "aria-invalid"), None);
    }

    let again = answer.form("#open");
    assert_eq!(again.value("title"), Some(""));
    assert_eq!(again.value("body"), Some("First <line>\n\n  & second \"line\""));
    assert_eq!(again.value("copies"), Some("many"));
    assert_eq!(again.value("urgent"), Some("on"));
    assert_eq!(again.value("days"), Some("99"));
    assert_eq!(again.value("priority"), Some("very-high"));
    assert_ne!(again.value("_submission"), Some(&*submission), "it is another submission");

    let mended =
        again.fill("title", "Lamp").fill("copies", "2").fill("days", "").fill("pin", "1234");
    let answer = mended.submit().await.follow().await;
    assert_eq!(answer.text("#opened"), "Ticket 3");
    assert!(answer.texts("#tickets li").contains(&"Lamp".to_owned()));
}

#[tokio::test]
async fn n1_a_second_failure_is_answered_as_the_first_was() {
    let server = Server::start().await;
    let first = filled(&home(&server.browser()).await, "").fill("days", "99").submit().await;
    assert_eq!(first.text("#title-error"), "Fill this in");
    // One is mended, another one is made; the secret has to be typed again.
    let second = first.form("#open").fill("title", "Lamp").fill("pin", "1").submit().await;
    assert_eq!(second.status, 422);
    assert!(second.has("#title-error[hidden]"), "it is mended");
    assert_eq!(second.text("#days-error"), "Enter 30 or less");
    assert_eq!(second.text("#pin-error"), "Enter at least 4 characters");
    let again = second.form("#open");
    assert_eq!((again.value("title"), again.value("days")), (Some("Lamp"), Some("99")));
    let mended = again.fill("days", "").fill("pin", "1234").submit().await;
    assert_eq!(mended.follow().await.text("#opened"), "Ticket 3");
    assert_eq!(server.desk.ran("open_ticket"), 1);
}

#[tokio::test]
async fn n1_a_line_break_at_the_start_of_a_text_survives() {
    let server = Server::start().await;
    let page = home(&server.browser()).await;
    let answer = page.form("#open").fill("body", "\n\nverse").submit().await;
    assert_eq!(answer.form("#open").value("body"), Some("\n\nverse"));
}

#[tokio::test]
async fn n2_a_secret_comes_back_empty_and_is_nowhere_in_the_answer() {
    let server = Server::start().await;
    let page = home(&server.browser()).await;
    let answer = page.form("#open").fill("title", "").fill("pin", "s3cr3t-pin").submit().await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.form("#open").value("pin"), Some(""));
    assert!(!answer.html.contains("s3cr3t-pin"));
}

#[tokio::test]
async fn n3_a_success_is_shown_once_and_a_refresh_writes_nothing() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.get("/?sort=new&q=a%20b").await;
    let answer = filled(&page, "Lamp").submit().await;
    assert_eq!(answer.location(), "/?sort=new&q=a%20b");
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));

    let shown = answer.follow().await;
    assert_eq!((shown.status, shown.text("#opened").as_str()), (200, "Ticket 3"));
    let refreshed = browser.get("/?sort=new&q=a%20b").await;
    assert!(!refreshed.has("#opened"), "a success is shown once");
    assert_eq!(refreshed.form("#open").value("title"), Some(""), "and the form is empty again");
    assert_eq!(server.desk.ran("open_ticket"), 1);
}

#[tokio::test]
async fn n3_the_outcome_is_for_the_page_that_was_posted_and_for_that_visitor() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = home(&browser).await;
    let answer = filled(&page, "Lamp").submit().await;
    assert!(!server.browser().get("/").await.has("#opened"), "another visitor");
    assert!(!browser.get("/doings").await.has("#opened"), "another page");
    assert!(answer.follow().await.has("#opened"));
}

#[tokio::test]
async fn a_conflict_can_say_which_fields_it_is_about() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.get("/rows").await;
    let answer = page.form("#row-2").fill("title", "Printer on fire").submit().await;
    answer.refuses(409, "Another ticket has this title by now.");
    assert_eq!(answer.text("#title-2-error"), "Choose another title");
    assert_eq!(answer.form("#row-2").value("title"), Some("Printer on fire"));
    assert!(answer.has("#title-1-error[hidden]"));
    // A second click of the very same submission is answered from the record.
    let again = page.form("#row-2").fill("title", "Printer on fire").submit().await;
    again.refuses(409, "Another ticket has this title by now.");
    assert_eq!(again.text("#title-2-error"), "Choose another title");
}

#[tokio::test]
async fn n4_only_the_submitted_row_shows_its_issue() {
    let server = Server::start().await;
    let page = server.browser().get("/rows").await;
    let answer = page.form("#row-2").fill("title", "far too long for a title").submit().await;
    assert_eq!(answer.status, 422);
    assert_eq!(answer.text("#title-2-error"), "Enter at most 20 characters");
    assert_eq!(answer.form("#row-2").value("title"), Some("far too long for a title"));
    assert!(answer.has("#title-1-error[hidden]"));
    assert_eq!(answer.text("#title-1-error"), "");
    assert_eq!(answer.form("#row-1").value("title"), Some(""));

    let answer = answer.form("#row-2").fill("title", "Tea").submit().await;
    assert_eq!(answer.location(), "/rows");
    assert_eq!(server.desk.tickets()[1].title, "Tea");
    assert_eq!(server.desk.tickets()[0].title, "Printer on fire");
}

#[tokio::test]
async fn n5_the_pressed_button_is_what_arrives() {
    let server = Server::start().await;
    let browser = server.browser();
    for (button, expect) in [("#yes", "yes: hm"), ("#no", "no: hm")] {
        let page = browser.get("/buttons").await;
        let answer = page.form("#decide").fill("note", "hm").press(button).submit().await;
        assert_eq!(answer.follow().await.text("#decided"), expect);
    }
    assert_eq!(server.desk.ran("set_aside"), 0);
}

#[tokio::test]
async fn n5_a_button_with_its_own_action_runs_that_one() {
    let server = Server::start().await;
    let page = server.browser().get("/buttons").await;
    let answer = page.form("#decide").fill("note", "later").press("#aside").submit().await;
    let shown = answer.follow().await;
    assert_eq!((shown.text("#set-aside").as_str(), shown.text("#decided").as_str()), ("later", ""));
    assert_eq!((server.desk.ran("set_aside"), server.desk.ran("decide")), (1, 0));
}

#[tokio::test]
async fn n6_the_query_string_survives_a_failure_and_a_success() {
    let server = Server::start().await;
    let page = server.browser().get("/?page=2&q=%C3%BC").await;
    let failed = page.form("#open").submit().await;
    assert_eq!(failed.status, 422);
    let answer = filled(&failed, "Lamp").submit().await;
    assert_eq!(answer.location(), "/?page=2&q=%C3%BC");
}

#[tokio::test]
async fn n7_a_redirect_is_303_and_one_write() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let answer = page.form("#go").fill("to", "/tickets/1?tab=2#end").submit().await;
    assert_eq!(answer.location(), "/tickets/1?tab=2#end");
    let there = answer.follow().await;
    assert_eq!((there.status, there.text("h1").as_str()), (200, "Printer on fire"));
    assert_eq!(server.desk.ran("go"), 1);
}

#[tokio::test]
async fn n8_without_a_referrer_it_lands_on_the_right_page() {
    let server = Server::start().await;
    let page = server.browser().get("/tickets/2?from=list").await;
    // What Chromium sends under `Referrer-Policy: no-referrer`.
    let headers = [("origin", "null"), ("sec-fetch-site", "same-origin")];
    let answer = page.form("#close").submit_with(&headers).await;
    assert_eq!(answer.location(), "/tickets/2?from=list");
    assert_eq!(answer.follow().await.text("#closed"), "Closed 2");
}

#[tokio::test]
async fn n10_what_a_handler_does_not_find_is_the_404_page() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let answer = page.form("#lose").submit().await;
    answer.refuses(404, "It is nowhere to be found.");
    assert_eq!(answer.text("#error-page h1"), "404");
    assert!(!answer.has("form"), "the error page stands instead of the page");
    assert_eq!(answer.data()["error"]["kind"], "not-found");
}

#[tokio::test]
async fn n10_a_page_of_something_that_does_not_exist_is_the_404_page() {
    let server = Server::start().await;
    let answer = server.browser().get("/tickets/99").await;
    answer.refuses(404, "There is no such ticket.");
    assert!(answer.has("#error-page"));
}

#[tokio::test]
async fn n10_a_post_to_a_page_of_something_that_does_not_exist() {
    let server = Server::start().await;
    let browser = server.browser();
    let entries = hidden(CloseTicket);
    for path in ["/tickets/99", "/tickets/NaN", "/tickets/%FF", "/rows"] {
        let answer = browser.post(path, &entries).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(answer.has("#error-page"), "{path}");
    }
}

#[tokio::test]
async fn n12_data_under_suspense_is_in_the_document() {
    let server = Server::start().await;
    server.desk.gate().close();
    let browser = server.browser();
    let (page, ()) = tokio::join!(browser.get("/slow"), async {
        server.desk.gate().reached_by(1).await;
        server.desk.gate().open();
    });
    assert_eq!((page.status, page.text("#slow").as_str()), (200, "Worth the wait."));
    assert!(!page.html.contains("Loading"), "no fallback is left over");
    assert!(!page.has("template"), "nothing waits for a script");
    assert_eq!(server.desk.gate().arrivals(), 1, "one run, however many components ask");
}

#[tokio::test]
async fn e2_the_same_fields_as_multipart_do_the_same() {
    let server = Server::start().await;
    let page = home(&server.browser()).await;
    let form = filled(&page, "Lamp \u{1f4a1}").fill("body", "a\nb");
    let answer = form.submit_multipart().await;
    assert_eq!(answer.follow().await.text("#opened"), "Ticket 3");
    assert_eq!(server.desk.tickets()[2].title, "Lamp \u{1f4a1}");
}

#[tokio::test]
async fn r3_a_cookie_that_an_action_sets_is_seen_by_the_next_page() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    assert_eq!(page.text("#colour"), "grey");
    let answer = page.form("#paint").fill("word", "red; Path=/x").submit().await;
    let shown = answer.follow().await;
    assert!(shown.has("#paint-done"));
    assert_eq!(shown.text("#colour"), "red; Path=/x", "a value can't end its cookie early");
}

#[tokio::test]
async fn t12_a_guard_that_fails_keeps_the_input_or_shows_the_error_page() {
    let server = Server::start().await;
    let anonymous = server.browser().get("/doings").await;
    let answer = anonymous.form("#vote").fill("word", "yes").fill("secret", "hush").submit().await;
    answer.refuses(401, "Say who you are.");
    assert_eq!(answer.form("#vote").value("word"), Some("yes"));
    assert!(!answer.html.contains("hush"));

    let mallory = server.browser_with(&[("x-member", "mallory")]).get("/doings").await;
    let answer = mallory.form("#vote").fill("word", "yes").submit().await;
    answer.refuses(403, "Mallory may not.");
    assert_eq!(server.desk.ran("vote"), 0);

    let ann = server.browser_with(&[("x-member", "ann")]).get("/doings").await;
    let answer = ann.form("#vote").fill("word", "yes").submit().await;
    assert!(answer.follow().await.has("#vote-done"));
}
