//! The enhanced gear over HTTP: the same fields to the same URL, answered by lines.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use formwork_core::{Version, wire::MOST_QUERIES};
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::{
    app::{
        LET_GO, LookAgain, PaintAt, PublishAt, PublishSoftly, State, Values, colour, computed,
        failing, minutes, news, same, slow, ticket, tickets,
    },
    harness::{Entries, FormOnPage, Page, Server, hidden, hidden_with, key},
};

/// The names of the queries in these lines, and their values.
fn queries(lines: &[Value]) -> Vec<(&str, &Value)> {
    let query = |line: &'_ Value| line.get("query").cloned();
    assert!(lines.iter().all(|line| query(line).is_some()), "{lines:?}");
    lines.iter().map(|line| (line["query"]["key"].as_str().unwrap(), &line["query"])).collect()
}

/// Everything in order.
fn filled(page: &Page) -> FormOnPage<'_> {
    page.form("#open").fill("title", "Lamp").fill("copies", "1").fill("pin", "1234")
}

#[tokio::test]
async fn e2_a_success_is_an_outcome_and_only_the_touched_queries_on_screen() {
    let server = Server::start().await;
    let page = server.browser().get("/?q=1").await;
    let on_screen = [key(tickets()), key(ticket(1)), key(colour()), key(slow())];
    let on_screen: Vec<&str> = on_screen.iter().map(String::as_str).collect();
    let mut stream = filled(&page).enhanced(&on_screen).await;
    assert_eq!(stream.status, 200);
    assert_eq!(stream.headers["cache-control"], "no-store");
    assert_eq!(stream.outcome().await, json!({"status": 200, "value": 3}));

    let lines = stream.rest().await;
    let mut touched = queries(&lines);
    touched.sort_by_key(|(key, _)| *key);
    let (one, all) = (touched[0], touched[1]);
    assert_eq!((touched.len(), one.0, all.0), (2, on_screen[1], on_screen[0]));
    assert_eq!(one.1["value"], json!({"id": 1, "title": "Printer on fire"}));
    assert_eq!(all.1["value"][2], json!({"id": 3, "title": "Lamp"}));
    assert_eq!(server.desk.ran("open_ticket"), 1);
    assert!(!server.browser().get("/").await.has("#opened"), "nothing is left for a next page");
}

#[tokio::test]
async fn r1_a_query_that_is_not_on_screen_is_not_sent() {
    let server = Server::start().await;
    let page = server.browser().get("/").await;
    let ran = server.desk.ran("tickets");
    let mut stream = filled(&page).enhanced(&[]).await;
    stream.outcome().await;
    assert_eq!(stream.rest().await, Vec::<Value>::new());
    assert_eq!(server.desk.ran("tickets"), ran, "and not run");
}

#[tokio::test]
async fn r8_of_what_is_kept_for_going_back_it_is_said_what_is_known() {
    let server = Server::start().await;
    let keys = [key(tickets()), key(news()), key(slow())];
    // What these values depend on is known from now on.
    let read: Vec<&str> = keys.iter().map(String::as_str).collect();
    let lines = server.browser().read(&read).await.rest().await;
    let held = |key: &String| {
        let line = lines.iter().find(|line| line["query"]["key"] == **key).expect("a line");
        Version::of(&line["query"]["value"].to_string()).to_string()
    };
    let kept: Vec<_> = keys.iter().map(|key| (key.clone(), held(key))).collect();
    let send_with = async |kept: &[(String, String)], mut entries: Entries, word: &str| {
        entries.push(("word".to_owned(), word.to_owned()));
        let mut stream = server.browser().enhanced_keeping("/doings", &entries, kept).await;
        assert_eq!(stream.outcome().await["status"], 200);
        let lines = stream.rest().await.into_iter();
        lines.map(|line| line["query"].clone()).collect::<Vec<_>>()
    };
    let send = async |entries, word: &str| send_with(&kept, entries, word).await;
    let lines = send(hidden(PublishSoftly), "soft").await;
    let of = |key: &str| lines.iter().find(|line| line["key"] == key).expect("a line");
    assert_eq!(lines.len(), 3);
    assert!(of(&keys[1])["value"].to_string().contains("soft"), "it is touched");
    for key in [&keys[0], &keys[2]] {
        assert_eq!(*of(key), json!({"key": key, "version": held(key)}), "it is up to date");
    }
    // Another process may have made it, of something else: nothing is said of it.
    let elsewhere = Version::of("\"of another process\"").to_string();
    let others: Vec<_> = keys.iter().map(|key| (key.clone(), elsewhere.clone())).collect();
    let lines = send_with(&others, hidden(PublishSoftly), "again").await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!(lines[0]["key"], keys[1], "what is declared is known of all");
    // Of what is kept nobody knows which page it was on; and after a refresh nothing is kept. What has no
    // line is read again.
    assert_eq!(send(hidden(PublishAt), "/elsewhere").await, Vec::<Value>::new());
    assert_eq!(send(hidden(LookAgain), "").await, Vec::<Value>::new());
}

#[tokio::test]
async fn r3_queries_see_the_cookie_that_the_action_set() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let form = page.form("#paint").fill("word", "royal blue; x");
    let mut stream = form.enhanced(&[&key(colour())]).await;
    assert!(stream.headers["set-cookie"].to_str().unwrap().starts_with("colour="));
    assert_eq!(stream.outcome().await["status"], 200);
    let lines = stream.rest().await;
    assert_eq!(queries(&lines)[0].1["value"], "royal blue; x");
}

#[tokio::test]
async fn r3_a_cookie_for_other_pages_is_not_seen() {
    let server = Server::start().await;
    for (path, expect) in [("/doings", "red"), ("/", "red"), ("/admin", "grey"), ("/do", "grey")] {
        let entries = hidden_with(PaintAt, "word", path);
        let mut stream = server.browser().enhanced("/doings", &entries, &[&key(colour())]).await;
        assert_eq!(stream.outcome().await["status"], 200);
        let lines = stream.rest().await;
        assert_eq!(queries(&lines)[0].1["value"], expect, "{path}");
    }
}

#[tokio::test]
async fn r4_an_action_without_effects_sends_no_data() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let form = page.form("#echo").fill("word", "hello");
    let mut stream = form.enhanced(&[&key(tickets()), &key(colour())]).await;
    assert_eq!(stream.outcome().await, json!({"status": 200, "value": "hello"}));
    assert!(stream.rest().await.is_empty());
}

#[tokio::test]
async fn r5_a_query_that_fails_says_so_in_its_own_line() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let form = page.form("#touch").fill("word", "failing");
    let mut stream = form.enhanced(&[&key(failing()), &key(tickets())]).await;
    assert_eq!(stream.outcome().await["status"], 200);
    let lines = stream.rest().await;
    let error = &queries(&lines)[0].1["error"];
    assert_eq!((lines.len(), &error["kind"]), (1, &json!("internal")));
    assert!(!error.to_string().contains("secret-plan"), "the cause is for the log");
}

#[tokio::test]
async fn r6_the_outcome_comes_before_a_slow_query_is_finished() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    server.desk.gate().close();
    let form = page.form("#touch").fill("word", "slow");
    let mut stream = form.enhanced(&[&key(slow())]).await;
    assert_eq!(stream.outcome().await["status"], 200);
    server.desk.gate().reached_by(1).await;
    server.desk.gate().open();
    let lines = stream.rest().await;
    assert_eq!(queries(&lines)[0].1["value"], "Worth the wait.");
}

/// One that computes before it awaits anything keeps its thread from sending: the outcome has left.
/// The browser has a runtime of its own, so that nothing but the server is kept.
#[tokio::test]
async fn r6_the_outcome_has_been_sent_before_any_query_begins() {
    let serving = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let server = serving.spawn(Server::start()).await.unwrap();
    let page = server.browser().get("/doings").await;
    let form = page.form("#touch").fill("word", "computed");
    let mut stream = form.enhanced(&[&key(computed())]).await;
    assert_eq!(stream.outcome().await["status"], 200);
    LET_GO.store(true, Ordering::Relaxed);
    let lines = stream.rest().await;
    assert_eq!(queries(&lines)[0].1["value"], "let go when the outcome was there");
    serving.shutdown_background();
}

#[tokio::test]
async fn r6_a_fast_query_does_not_wait_for_a_slow_one() {
    let server = Server::start().await;
    server.desk.gate().close();
    let mut stream = server.browser().read(&[&key(slow()), &key(colour())]).await;
    let first = stream.next().await.unwrap();
    assert_eq!(first["query"]["value"], "grey");
    server.desk.gate().open();
    assert_eq!(stream.rest().await.len(), 1);
}

#[tokio::test]
async fn r7_e3_a_failure_keeps_its_status_and_sends_no_data() {
    let server = Server::start().await;
    let browser = server.browser_with(&[("x-member", "mallory")]);
    let ran = |name| server.desk.ran(name);
    let page = browser.get("/").await;
    let doings = browser.get("/doings").await;
    let reads = ran("tickets");
    let invalid = page.form("#open").fill("pin", "s3cr3t-pin");
    for (form, status, kind) in [
        (invalid, 422, "invalid"),
        (doings.form("#lose"), 404, "not-found"),
        (doings.form("#vote"), 403, "forbidden"),
        (doings.form("#stumble").fill("word", "x"), 500, "internal"),
        (doings.form("#burst").fill("word", "x"), 500, "internal"),
        (doings.form("#second-try"), 503, "unavailable"),
    ] {
        let mut stream = form.enhanced(&[&key(tickets())]).await;
        let outcome = stream.outcome().await;
        assert_eq!((stream.status, &outcome["status"]), (status, &json!(status)));
        assert_eq!(outcome["error"]["kind"], kind);
        assert!(!outcome.to_string().contains("s3cr3t-pin"));
        assert!(stream.rest().await.is_empty(), "{kind}");
    }
    assert_eq!((ran("tickets"), ran("vote"), ran("open_ticket")), (reads, 0, 0));
}

#[tokio::test]
async fn e2_an_invalid_form_has_the_same_issues_in_both_gears() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.get("/").await;
    let form = || page.form("#open").fill("copies", "9").fill("days", "soon");
    let native = form().submit().await.data()["posted"]["outcome"].clone();
    let enhanced = form().enhanced(&[]).await.outcome().await;
    assert_eq!(native, enhanced);
    let mut paths: Vec<_> =
        enhanced["issues"].as_array().unwrap().iter().map(|i| i["path"].as_str()).collect();
    paths.sort();
    assert_eq!(paths, ["copies", "days", "pin", "title"].map(Some), "all of them at once");
}

#[tokio::test]
async fn n7_a_redirect_is_in_the_outcome_and_no_data_follows() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let form = page.form("#go").fill("to", "/tickets/1");
    let mut stream = form.enhanced(&[&key(tickets())]).await;
    assert_eq!((stream.status, stream.headers.get("location")), (200, None));
    let outcome = stream.outcome().await;
    assert_eq!(outcome, json!({"status": 200, "value": null, "redirect": "/tickets/1"}));
    assert!(stream.rest().await.is_empty());
}

#[tokio::test]
async fn arguments_and_values_arrive_as_what_they_were() {
    let values = Values {
        numbers: (u64::MAX, i64::MIN, 0.1 + 0.2),
        letter: '\u{1f642}',
        maybe: None,
        states: vec![State::Idle, State::Running { since: 0 }, State::Done(vec![0, 255])],
        by_number: BTreeMap::from([(7, ("</script>\u{2028}".to_owned(), true))]),
    };
    let server = Server::start().await;
    let lines = server.browser().read(&[&key(same(values.clone()))]).await.rest().await;
    let read: Values = serde_json::from_value(lines[0]["query"]["value"].clone()).unwrap();
    assert_eq!(read, values);
}

#[tokio::test]
async fn queries_are_read_under_their_own_guard() {
    let server = Server::start().await;
    for (headers, expect) in [
        (&[][..], json!({"kind": "unauthorized", "message": "Say who you are."})),
        (
            &[("x-member", "mallory")][..],
            json!({"kind": "forbidden", "message": "Mallory may not."}),
        ),
    ] {
        let lines = server.browser_with(headers).read(&[&key(minutes())]).await.rest().await;
        assert_eq!(queries(&lines)[0].1["error"], expect);
    }
    let ann = server.browser_with(&[("x-member", "ann")]);
    let lines = ann.read(&[&key(minutes())]).await.rest().await;
    assert_eq!(queries(&lines)[0].1["value"], "The minutes, for ann");
}

#[tokio::test]
async fn a_header_of_queries_that_can_not_be_read_does_not_harm_the_submission() {
    let server = Server::start().await;
    let page = server.browser().get("/").await;
    for names in [&["no::such"][..], &["__proto__?{}"], &["app::doings::ticket?{\"id\":\"x\"}"]] {
        let mut stream = filled(&page).enhanced(names).await;
        assert_eq!(stream.outcome().await["status"], 200);
        let rest = stream.rest().await;
        assert!(rest.iter().all(|line| line["query"]["value"].is_null()), "{names:?}: {rest:?}");
    }
}

#[tokio::test]
async fn reads_of_what_does_not_exist_are_refused() {
    let server = Server::start().await;
    let browser = server.browser();
    let many: Vec<String> = (0..51).map(|id| format!("k={}", key(ticket(id)))).collect();
    for query in ["k=%FF", &many.join("&")] {
        let path = format!("/_formwork/query?{query}");
        let answer = browser.get(&path).await;
        assert_eq!(
            (answer.status, &*answer.html),
            (400, "The page asked for data that can't be read. Reload it.")
        );
    }
    // A page may be older than the server: what is still there is read all the same.
    let lines = browser.read(&["no::such", "__proto__?{}", &key(tickets())]).await.rest().await;
    let of = |key: &str| lines.iter().find(|line| line["query"]["key"] == key).unwrap().clone();
    for missing in ["no::such", "__proto__?{}"] {
        assert_eq!(of(missing)["query"]["error"]["kind"], "bad-request");
    }
    assert_eq!(of(&key(tickets()))["query"]["value"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn r1_of_many_queries_on_screen_the_first_fifty_are_looked_at_whatever_stands_beside_them() {
    let server = Server::start().await;
    let page = server.browser().get("/").await;
    let mut on_screen = vec!["no::such?{}".to_owned()];
    on_screen.extend((0..MOST_QUERIES as u64 - 2).map(|id| key(ticket(id + 10))));
    on_screen.push(key(tickets()));
    // Beyond them: the client knows that it is not vouched for.
    on_screen.push(key(ticket(1)));
    let on_screen: Vec<&str> = on_screen.iter().map(String::as_str).collect();
    let mut stream = filled(&page).enhanced(&on_screen).await;
    assert_eq!(stream.outcome().await["status"], 200);
    let lines = stream.rest().await;
    let keys: Vec<&str> = queries(&lines).iter().map(|(key, _)| *key).collect();
    assert!(keys.contains(&on_screen[MOST_QUERIES - 1]), "{keys:?}");
    assert!(!keys.contains(&on_screen[MOST_QUERIES]) && !keys.contains(&"no::such?{}"));
}
