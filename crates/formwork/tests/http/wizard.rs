//! Forms in steps: forward and back, sealed in the page, and one submission at the end.

use formwork::Config;
use serde_json::{Value, json};

use crate::{
    app::{Ask, Book, with_sessions},
    harness::{FormOnPage, Page, Redis, Server, hidden, logged},
};

/// Two key rings' keys.
const OLD: &str = "b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xkb2w=";
const NEW: &str = "bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmU=";

const FORGED: &str = "is not yours to go on with, or was changed on its way";
const KEY_GONE: &str = "can't be read any more";

/// The step that the page shows, by its heading, and those that it says there are.
#[track_caller]
fn check(page: &Page, form: &str, step: &str, steps: &[&str]) {
    let found = page.text(&format!("#{form} [data-step-heading]"));
    assert_eq!(found, step, "{} {}", page.status, page.html);
    let texts = page.texts(&format!("#{form}-steps li"));
    let plain: Vec<_> = texts.iter().map(|text| text.replace(" (answered)", "")).collect();
    assert_eq!(plain, steps);
    assert_eq!(page.text(&format!("#{form}-steps [aria-current=step]")), step);
}

/// The first step is filled in.
fn trip<'page>(page: &'page Page, form: &str, city: &str) -> FormOnPage<'page> {
    page.form(&format!("#{form}")).fill("trip.city", city)
}

fn back(form: FormOnPage<'_>) -> FormOnPage<'_> {
    form.press(".back")
}

/// A trip to Rome, as far as the last step.
async fn at_the_last_step(page: &Page, form: &str) -> Page {
    let page = trip(page, form, "Rome").submit().await;
    check(&page, form, "Extras", &["Where to", "Extras", "Person"]);
    let page = page.form(&format!("#{form}")).submit().await;
    check(&page, form, "Person", &["Where to", "Extras", "Person"]);
    page
}

fn person<'page>(page: &'page Page, form: &str, name: &str) -> FormOnPage<'page> {
    page.form(&format!("#{form}")).fill("person.name", name).fill("person.pin", "hush-pin")
}

#[tokio::test]
async fn steps_follow_each_other_and_the_last_one_sends_them_all() {
    let server = Server::start().await;
    let page = server.browser().get("/voyage").await;
    check(&page, "book", "Where to", &["Where to", "Extras", "Person"]);
    assert!(!page.has("#book .back"), "there is nothing to go back to");
    assert_eq!(page.form("#book").value("_steps"), Some(""));

    let page = trip(&page, "book", "Oslo").tick("trip.abroad").submit().await;
    assert_eq!((page.status, page.header("cache-control").as_deref()), (200, Some("no-store")));
    let all = ["Where to", "Papers", "Extras", "Person"];
    check(&page, "book", "Papers", &all);
    assert!(!page.has("[aria-invalid]"), "what was not shown yet is not judged");
    assert_eq!(page.attribute("#book input[name='papers.passport']", "required").unwrap(), "");

    let invalid = page.form("#book").submit().await;
    assert_eq!(invalid.status, 422);
    check(&invalid, "book", "Papers", &all);
    assert!(invalid.text("[id$='passport-book-error']").contains("at least 4"), "{}", invalid.html);

    let page = invalid.form("#book").fill("papers.passport", "X1234").submit().await;
    check(&page, "book", "Extras", &all);
    assert_eq!(page.form("#book").value("extras.meal"), Some("soup"), "its own beginning");
    let page = page.form("#book").fill("extras.meal", "").submit().await;
    check(&page, "book", "Person", &all);
    assert_eq!(page.text(".review"), "Oslo");
    assert_eq!(page.text("#book .on"), "Book");
    assert_eq!(server.desk.ran("book"), 0, "nothing has run so far");

    let done = person(&page, "book", "Ann").submit().await.follow().await;
    assert_eq!(done.text("#book-done"), "Oslo [] Some(\"X1234\") None Ann hush-pin");
    check(&done, "book", "Where to", &["Where to", "Extras", "Person"]);
    assert_eq!(done.form("#book").value("trip.city"), Some(""));
    check(&done, "book-as", "Where to", &["Where to", "Extras", "Person"]);
}

#[tokio::test]
async fn back_and_forward_nothing_is_lost_not_even_what_is_wrong() {
    let server = Server::start().await;
    let page = server.browser().get("/voyage").await;
    let typed = trip(&page, "book", "\"<Rome>\" é").press("button.add").submit().await;
    check(&typed, "book", "Where to", &["Where to", "Extras", "Person"]);
    let typed = typed.form("#book").fill("trip.bags[r0].kilos", "7");
    let page = typed.submit().await;
    let page = back(page.form("#book").fill("extras.meal", "x")).submit().await;
    assert_eq!(page.status, 200);
    check(&page, "book", "Where to", &["Where to", "Extras", "Person"]);
    assert!(!page.has("[aria-invalid]"));
    let form = page.form("#book");
    assert_eq!(form.value("trip.city"), Some("\"<Rome>\" é"));
    assert_eq!(form.value("trip.bags[r0].kilos"), Some("7"));

    // Its answer asks for one step more; what was wrong is still there, and is judged when it is left.
    let page = form.tick("trip.abroad").submit().await;
    check(&page, "book", "Papers", &["Where to", "Papers", "Extras", "Person"]);
    let page = page.form("#book").fill("papers.passport", "X1234").submit().await;
    check(&page, "book", "Extras", &["Where to", "Papers", "Extras", "Person"]);
    assert_eq!(page.form("#book").value("extras.meal"), Some("x"));
    let page = page.form("#book").submit().await;
    assert_eq!(page.status, 422);
    let page = page.form("#book").fill("extras.meal", "fish").submit().await;

    // Straight to the first one; the passport is not asked for any more, and not sent.
    let page = person(&page, "book", "Ann").press(".change").submit().await;
    check(&page, "book", "Where to", &["Where to", "Papers", "Extras", "Person"]);
    let page = page.form("#book").without("trip.abroad").submit().await;
    check(&page, "book", "Extras", &["Where to", "Extras", "Person"]);
    assert_eq!(page.form("#book").value("extras.meal"), Some("fish"));
    let page = page.form("#book").submit().await;
    let form = page.form("#book");
    assert_eq!((form.value("person.name"), form.value("person.pin")), (Some("Ann"), Some("")));
    let done = form.submit().await.follow().await;
    assert_eq!(done.text("#book-done"), "\"<Rome>\" é [7] None Some(\"fish\") Ann");
    assert!(logged("hush-pin").is_empty());
}

#[tokio::test]
async fn the_enhanced_gear_is_told_the_step_and_what_was_entered() {
    let server = Server::start().await;
    let page = server.browser().get("/voyage").await;
    let mut stream = trip(&page, "book", "Rome").enhanced(&[]).await;
    let outcome = stream.outcome().await;
    assert_eq!(stream.rest().await, Vec::<Value>::new(), "nothing is read for it");
    let step = &outcome["step"];
    assert_eq!((&outcome["status"], &step["at"]), (&json!(200), &json!("extras")));
    assert_eq!(step["asked"], json!(["trip", "extras", "person"]));
    assert_eq!(step["kept"], json!([["trip", ""], ["trip.city", "Rome"]]));
    assert!(outcome.get("value").is_none());

    let mut invalid = trip(&page, "book", "R").enhanced(&[]).await;
    let outcome = invalid.outcome().await;
    assert_eq!((invalid.status, &outcome["issues"][0]["path"]), (422, &json!("trip.city")));
    assert_eq!((&outcome["step"]["at"], outcome["step"].get("kept")), (&json!("trip"), None));

    // A page that was loaded anew asks for the step where it was, with nothing but what was sealed.
    for at in ["extras", "trip", "person"] {
        let again = asked_for(&page, step, at).await;
        assert_eq!((&again["at"], &again["kept"][1]), (&json!(at), &json!(["trip.city", "Rome"])));
    }
    let extras = trip(&page, "book", "Rome").submit().await;
    let form = extras.form("#book").fill("extras.meal", "x").press(".back");
    let step = form.enhanced(&[]).await.outcome().await["step"].clone();
    assert_eq!(asked_for(&page, &step, "person").await["at"], "extras", "it is not sound");
}

/// This step as it was answered.
async fn asked_for(page: &Page, step: &Value, at: &str) -> Value {
    let mut form =
        page.form("#book").without("trip").without("trip.city").fill("_steps", sealed(step));
    form.entries.push(("_step".to_owned(), format!("@{at}")));
    form.enhanced(&[]).await.outcome().await["step"].clone()
}

fn sealed(step: &Value) -> &str {
    step["sealed"].as_str().unwrap()
}

#[tokio::test]
async fn what_a_handler_finds_in_an_earlier_step_leads_back_to_it() {
    let server = Server::start().await;
    let page = server.browser().get("/voyage").await;
    let page = trip(&page, "book", "Atlantis").submit().await;
    let page = page.form("#book").submit().await;
    let mut stream = person(&page, "book", "Ann").enhanced(&[]).await;
    let outcome = stream.outcome().await;
    assert_eq!((stream.status, &outcome["step"]["at"]), (422, &json!("trip")));
    let answer = person(&page, "book", "Ann").submit().await;
    assert_eq!(answer.status, 422);
    check(&answer, "book", "Where to", &["Where to", "Extras", "Person"]);
    assert_eq!(answer.text("[id$='city-book-error']"), "It is under water");
    // And on, with everything that stands in the steps behind it.
    let page = trip(&answer, "book", "Rome").submit().await;
    let page = page.form("#book").submit().await;
    assert_eq!(page.form("#book").value("person.name"), Some("Ann"));
    let done = page.form("#book").submit().await.follow().await;
    assert_eq!(done.text("#book-done"), "Rome [] None Some(\"soup\") Ann");
}

#[tokio::test]
async fn o1_a_form_in_steps_is_written_once_however_its_last_step_is_sent() {
    let server = Server::start().await;
    let page = server.browser().get("/voyage").await;
    let last = at_the_last_step(&page, "book").await;
    let expect = "Rome [] None Some(\"soup\") Ann hush-pin";
    let outcome = person(&last, "book", "Ann").enhanced(&[]).await.outcome().await;
    assert_eq!(outcome["value"], expect);
    for _ in 0..2 {
        let done = person(&last, "book", "Ann").submit().await.follow().await;
        assert_eq!(done.text("#book-done"), expect);
    }
    // A refresh of the step before it: another page, the same form.
    let again = at_the_last_step(&page, "book").await;
    assert_ne!(again.form("#book").value("_submission"), last.form("#book").value("_submission"));
    let done = person(&again, "book", "Ann").submit().await.follow().await;
    assert_eq!(done.text("#book-done"), expect);
    assert_eq!(server.desk.ran("book"), 1);
    // Changed, it is another one; and so is one that was begun anew.
    assert_eq!(person(&again, "book", "Bob").submit().await.status, 303);
    assert_eq!(server.desk.ran("book"), 2);
    let fresh = server.browser().get("/voyage").await;
    let fresh = at_the_last_step(&fresh, "book").await;
    assert_eq!(person(&fresh, "book", "Ann").submit().await.status, 303);
    assert_eq!(server.desk.ran("book"), 3);
}

#[tokio::test]
async fn two_tabs_know_nothing_of_each_other() {
    let server = Server::start().await;
    let browser = server.browser();
    let (one, other) = (browser.get("/voyage").await, browser.get("/voyage").await);
    let one = trip(&one, "book", "Rome").submit().await;
    let other = trip(&other, "book", "Oslo").submit().await;
    let one = one.form("#book").submit().await;
    let other = other.form("#book").fill("extras.meal", "fish").submit().await;
    assert_eq!((one.text(".review"), other.text(".review")), ("Rome".into(), "Oslo".into()));
    let done = person(&one, "book", "Ann").submit().await.follow().await.text("#book-done");
    assert_eq!(done, "Rome [] None Some(\"soup\") Ann hush-pin");
    let done = person(&other, "book", "Ann").submit().await.follow().await.text("#book-done");
    assert_eq!(done, "Oslo [] None Some(\"fish\") Ann hush-pin");
}

#[tokio::test]
async fn t6_what_was_answered_comes_back_as_it_was_sealed() {
    let server = Server::start().await;
    let page = server.browser().get("/voyage").await;
    let last = at_the_last_step(&page, "book").await;
    let text = last.form("#book").value("_steps").unwrap().to_owned();
    let of_another = at_the_last_step(&page, "book-briefly").await;
    let of_another = of_another.form("#book-briefly").value("_steps").unwrap().to_owned();
    let changed = (6..text.len()).step_by(11).map(|at| {
        let other = if &text[at..=at] == "A" { "B" } else { "A" };
        format!("{}{other}{}", &text[..at], &text[at + 1..])
    });
    let made_up = [of_another, "x".to_owned(), text[..text.len() / 2].to_owned()];
    for forged in changed.chain(made_up) {
        let answer = person(&last, "book", "Ann").fill("_steps", &forged).submit().await;
        answer.refuses(400, FORGED);
        check(&answer, "book", "Person", &["Where to", "Extras", "Person"]);
        assert_eq!(answer.form("#book").value("person.name"), Some("Ann"), "{forged}");
    }
    assert_eq!(server.desk.ran("book"), 0);

    // From there the other steps are filled in again, and what was typed is still there.
    let answer = person(&last, "book", "Ann").fill("_steps", "x").submit().await;
    let first = answer.form("#book").submit().await;
    assert_eq!(first.status, 422);
    check(&first, "book", "Where to", &["Where to", "Extras", "Person"]);
    let again = at_the_last_step(&first, "book").await;
    assert_eq!(again.form("#book").value("person.name"), Some("Ann"));

    // What an answer was is not for the page of another step to say.
    let mut smuggled = person(&last, "book", "Ann");
    smuggled.entries.push(("trip.city".to_owned(), "Oslo".to_owned()));
    let done = smuggled.submit().await.follow().await;
    assert_eq!(done.text("#book-done"), "Rome [] None Some(\"soup\") Ann hush-pin");
}

#[tokio::test]
async fn t6_one_visitor_s_answers_are_refused_to_another() {
    let server = Server::guarded(Config::default(), with_sessions).await;
    let (ann, bob) = (server.browser(), server.browser());
    for (browser, name) in [(&ann, "ann"), (&bob, "bob")] {
        let page = browser.get("/lounge").await;
        let form = page.form("#enter").fill("name", name).fill("password", "open sesame");
        assert_eq!(form.submit().await.location(), "/");
    }
    let page = ann.get("/voyage").await;
    let last = at_the_last_step(&page, "book-as").await;
    let entries = person(&last, "book-as", "Ann").entries;
    let answer = bob.post("/voyage", &entries).await;
    answer.refuses(400, FORGED);
    assert!(!answer.html.contains("Rome"), "nor may they be seen by them");
    let outcome = bob.enhanced("/voyage", &entries, &[]).await.outcome().await;
    assert_eq!(outcome["status"], 400);
    assert_eq!(server.desk.ran("book_as"), 0);
    let done = ann.post("/voyage", &entries).await.follow().await;
    assert_eq!(done.text("#book-as-done"), "Rome [] None Some(\"soup\") Ann hush-pin for ann");
}

const ALL_ASKED: [&str; 4] = ["Diet", "Meat", "Wishes", "End"];

#[tokio::test]
async fn a_step_in_which_nothing_is_entered_is_answered_by_being_sent() {
    let server = Server::start().await;
    let page = server.browser().get("/survey").await;
    check(&page, "ask", "Diet", &ALL_ASKED);
    let page = page.form("#ask").submit().await;
    check(&page, "ask", "Meat", &ALL_ASKED);
    assert!(page.texts("#ask-steps li.done").iter().any(|text| text.starts_with("Diet")));
    // Ticked at first, and left unticked.
    assert_eq!(page.form("#ask").value("meat.raw"), Some("on"));
    let page = page.form("#ask").without("meat.raw").submit().await;
    check(&page, "ask", "Wishes", &ALL_ASKED);
    let page = page.form("#ask").without("wishes.quiet").submit().await;
    check(&page, "ask", "End", &ALL_ASKED);
    assert_eq!(page.texts("#ask-steps li.done").len(), 3);
    assert_eq!(page.text(".review"), "Some(false) Some(false)");

    // Back, which says nothing of the last step, and forth: everything is as it was left.
    let page = back(page.form("#ask")).submit().await;
    check(&page, "ask", "Wishes", &ALL_ASKED);
    assert_eq!(page.form("#ask").value("wishes.quiet"), None);
    let page = back(page.form("#ask")).submit().await;
    check(&page, "ask", "Meat", &ALL_ASKED);
    assert_eq!(page.form("#ask").value("meat.raw"), None);
    let page = page.form("#ask").submit().await.form("#ask").submit().await;
    check(&page, "ask", "End", &ALL_ASKED);
    let done = page.form("#ask").submit().await.follow().await;
    assert_eq!(done.text("#asked"), "false Some((false, None)) None None");
    check(&done, "ask", "Diet", &ALL_ASKED);
    assert_eq!(server.desk.ran("ask"), 1);
}

#[tokio::test]
async fn a_step_in_which_nothing_is_entered_is_answered_in_the_enhanced_gear_as_well() {
    let server = Server::start().await;
    let browser = server.browser();
    let sent = |sealed: &str, more: &[(&str, &str)]| {
        let mut all = hidden(Ask);
        all.push(("_steps".to_owned(), sealed.to_owned()));
        all.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        all
    };
    let send = async |sealed: &str, more: &[(&str, &str)]| {
        let entries = sent(sealed, more);
        browser.enhanced("/survey", &entries, &[]).await.outcome().await
    };
    let mut sealed = String::new();
    for (at, kept) in [
        ("meat", json!([["diet", ""]])),
        ("wishes", json!([["diet", ""], ["meat", ""]])),
        ("end", json!([["diet", ""], ["meat", ""], ["wishes", ""]])),
    ] {
        let step = send(&sealed, &[]).await["step"].clone();
        assert_eq!((&step["at"], &step["kept"]), (&json!(at), &kept));
        assert_eq!(step["asked"], json!(["diet", "meat", "wishes", "end"]));
        sealed = step["sealed"].as_str().unwrap().to_owned();
    }
    // Loaded anew, at each of the steps.
    for at in ["end", "wishes", "meat", "diet"] {
        let step = send(&sealed, &[("_step", &format!("@{at}"))]).await["step"].clone();
        assert_eq!(step["at"], at);
        let answered = step["kept"].as_array().unwrap();
        assert!(answered.contains(&json!(["wishes", ""])), "{step}");
    }
    let outcome = send(&sealed, &[]).await;
    assert_eq!(outcome["value"], "false Some((false, None)) None None");
    assert_eq!(server.desk.ran("ask"), 1);
}

#[tokio::test]
async fn t7_a_step_in_which_nothing_is_entered_is_shown_again_where_what_came_before_is_gone() {
    let server = Server::start().await;
    let page = server.browser().get("/survey").await;
    let page = page.form("#ask").submit().await.form("#ask").submit().await;
    check(&page, "ask", "Wishes", &ALL_ASKED);
    let form = page.form("#ask").without("wishes.quiet").fill("_steps", "x");
    let answer = form.submit().await;
    answer.refuses(400, FORGED);
    check(&answer, "ask", "Wishes", &ALL_ASKED);
}

async fn enter(page: &Page) -> Page {
    page.form("#enter").fill("name", "ann").fill("password", "open sesame").submit().await
}

#[tokio::test]
async fn t12_signing_in_leads_back_to_the_step_with_all_answers() {
    let server = Server::guarded(Config::default(), with_sessions).await;
    let page = server.browser().get("/voyage").await;
    let asked = trip(&page, "book-as", "Rome").submit().await;
    asked.refuses(401, "Sign in to remark.");
    let page = enter(&asked).await;
    check(&page, "book-as", "Where to", &["Where to", "Extras", "Person"]);
    assert_eq!(page.form("#book-as").value("trip.city"), Some("Rome"));
    let last = at_the_last_step(&page, "book-as").await;

    // The session is over before the last step is sent.
    let asked = server.browser().post("/voyage", &person(&last, "book-as", "Ann").entries).await;
    asked.refuses(401, "Sign in to remark.");
    let back = enter(&asked).await;
    check(&back, "book-as", "Person", &["Where to", "Extras", "Person"]);
    assert_eq!(back.form("#book-as").value("person.name"), Some("Ann"));
    let done = back.form("#book-as").submit().await.follow().await;
    assert_eq!(done.text("#book-as-done"), "Rome [] None Some(\"soup\") Ann  for ann");
}

#[tokio::test]
async fn t7_a_rotated_key_opens_the_answers_while_it_is_listed() {
    let old = Server::with_keys(OLD).await;
    let rotated = Server::with_keys(&format!("{NEW},{OLD}")).await;
    let new = Server::with_keys(NEW).await;
    let page = old.browser().get("/voyage").await;
    let last = at_the_last_step(&page, "book").await;
    let entries = person(&last, "book", "Ann").entries;

    let answer = new.browser().post("/voyage", &entries).await;
    answer.refuses(409, KEY_GONE);
    check(&answer, "book", "Person", &["Where to", "Extras", "Person"]);
    assert_eq!(answer.form("#book").value("person.name"), Some("Ann"));
    assert_eq!(new.desk.ran("book"), 0);

    let done = rotated.browser().post("/voyage", &entries).await.follow().await;
    assert_eq!(done.text("#book-done"), "Rome [] None Some(\"soup\") Ann hush-pin");
}

#[tokio::test]
async fn o3_t7_what_ran_and_whose_key_is_gone_gets_its_recorded_outcome() {
    let redis = Redis::start();
    let before = Server::with_both(redis.config(), OLD).await;
    let after = Server::with_both(redis.config(), NEW).await;
    let last = at_the_last_step(&before.browser().get("/voyage").await, "book").await;
    let entries = person(&last, "book", "Ann").entries;
    assert_eq!(before.browser().post("/voyage", &entries).await.status, 303);
    let answer = after.browser().post("/voyage", &entries).await;
    assert_eq!(
        answer.follow().await.text("#book-done"),
        "Rome [] None Some(\"soup\") Ann hush-pin"
    );
    // Changed, it is another one, which nobody can put together.
    let changed = person(&last, "book", "Bob").entries;
    after.browser().post("/voyage", &changed).await.refuses(409, KEY_GONE);
    assert_eq!((before.desk.ran("book"), after.desk.ran("book")), (1, 0));
}

#[tokio::test]
async fn t5_the_answers_fit_into_the_form_or_the_step_says_so() {
    let server = Server::start().await;
    let page = server.browser().get("/voyage").await;
    let long = "x".repeat(2_000);
    let answer = trip(&page, "book-briefly", &long).submit().await;
    answer.refuses(413, "Together with what you answered before");
    check(&answer, "book-briefly", "Where to", &["Where to", "Extras", "Person"]);
    let form = answer.form("#book-briefly");
    assert_eq!(form.value("trip.city"), Some(&*long));
    let last = at_the_last_step(&answer, "book-briefly").await;
    assert_eq!(person(&last, "book-briefly", "Ann").submit().await.status, 303);
}

#[tokio::test]
async fn t11_steps_are_not_counted_and_a_refusal_of_the_last_one_keeps_them() {
    let server = Server::start().await;
    let browser = server.browser();
    for name in ["Ann", "Bob", "Cat", "Dan", "Eva", "Fay"] {
        let page = browser.get("/voyage").await;
        let last = at_the_last_step(&page, "book").await;
        assert_eq!(person(&last, "book", name).submit().await.status, 303);
    }
    let page = browser.get("/voyage").await;
    let last = at_the_last_step(&page, "book").await;
    let answer = person(&last, "book", "Eve").refused(429, "That was too often.").await;
    check(&answer, "book", "Person", &["Where to", "Extras", "Person"]);
    assert_eq!(answer.text(".review"), "Rome");
    assert_eq!(answer.form("#book").value("person.name"), Some("Eve"));
}

#[tokio::test]
async fn all_steps_at_once_are_a_submission_as_any_other() {
    let server = Server::start().await;
    let mut all = hidden(Book);
    let answers = [
        ("_step", "*"),
        ("trip.city", "Oslo"),
        ("trip.abroad", "on"),
        ("papers.passport", "X1234"),
        ("person.name", "Ann"),
    ];
    all.extend(answers.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let outcome = server.browser().enhanced("/voyage", &all, &[]).await.outcome().await;
    assert_eq!(outcome["value"], "Oslo [] Some(\"X1234\") None Ann ");
    all.retain(|(name, _)| name != "papers.passport");
    let outcome = server.browser().enhanced("/voyage", &all, &[]).await.outcome().await;
    assert_eq!(
        outcome["issues"][0]["path"], "papers.passport",
        "where it is asked, it is required"
    );
    assert_eq!(server.desk.ran("book"), 1);
}

#[tokio::test]
async fn a_button_for_a_step_that_is_none_is_refused() {
    let server = Server::start().await;
    let page = server.browser().get("/voyage").await;
    for step in ["", "nowhere", "trip.city", "__proto__", "@", "@nowhere"] {
        let mut form = trip(&page, "book", "Rome");
        form.entries.push(("_step".to_owned(), step.to_owned()));
        let answer = form.refused(400, "This form has no such step.").await;
        assert_eq!(answer.form("#book").value("trip.city"), Some("Rome"), "{step}");
    }
    // Ahead, as far as what is in between is sound.
    let mut form = trip(&page, "book", "Rome");
    form.entries.push(("_step".to_owned(), "person".to_owned()));
    check(&form.submit().await, "book", "Person", &["Where to", "Extras", "Person"]);
    let mut form = trip(&page, "book", "Rome").tick("trip.abroad");
    form.entries.push(("_step".to_owned(), "person".to_owned()));
    let answer = form.submit().await;
    assert_eq!(answer.status, 422);
    check(&answer, "book", "Papers", &["Where to", "Papers", "Extras", "Person"]);
    assert_eq!(server.desk.ran("book"), 0);
}
