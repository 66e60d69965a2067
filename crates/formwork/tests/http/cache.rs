//! The data cache: who runs a query, who is served what, and what ends it.

use std::time::Duration;

use axum::{Extension, Router, routing::post};
use formwork::{Config, Query, Revalidate, Site, http::StatusCode};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::{
        LookAgain, PublishSoftlyAndGo, Soften, article, byline, careless, colour, front_page,
        inbox, indiscreet, news, nosy, roster, shaky, soon_stale, tally, tickets,
    },
    harness::{Browser, Entries, Page, Server, hidden, hidden_with, key, logged, soon},
};

const SEEDED: &str = "Printer on fire, No coffee";

/// What a query comes to for a client that asks for it alone.
async fn read<Q: Query>(browser: &Browser, query: Q) -> Value {
    let lines = browser.read(&[&key(query)]).await.rest().await;
    let line = lines[0]["query"].clone();
    if line["error"].is_null() { line["value"].clone() } else { line["error"].clone() }
}

/// Reads it until it comes to this.
async fn becomes<Q: Query>(browser: &Browser, query: impl Fn() -> Q, value: &str) {
    soon(async {
        while read(browser, query()).await != value {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// Sends one of the forms of `/news` in the enhanced gear; the lines after the outcome.
async fn submit(page: &Page, form: &str, word: &str, on_screen: &[&str]) -> Vec<Value> {
    let mut stream = page.form(form).fill("word", word).enhanced(on_screen).await;
    assert_eq!(stream.outcome().await["status"], 200);
    stream.rest().await
}

#[tokio::test]
async fn one_run_serves_every_visitor() {
    let server = Server::start().await;
    for _ in 0..3 {
        assert_eq!(read(&server.browser(), news()).await, SEEDED);
        assert_eq!(server.browser().get("/news").await.text("#news"), SEEDED);
    }
    assert_eq!(server.desk.ran("news"), 1);
    assert_eq!(read(&server.browser(), article(1)).await, "article 1, 2 tickets");
    assert_eq!(read(&server.browser(), article(2)).await, "article 2, 2 tickets");
    assert_eq!(server.desk.ran("article"), 2, "by argument");
}

#[tokio::test]
async fn c1_after_update_tag_the_next_read_by_anyone_is_fresh() {
    let server = Server::start().await;
    let page = server.browser().get("/news").await;
    assert_eq!(read(&server.browser(), news()).await, SEEDED);
    let form = page.form("#publish").fill("word", "Lamp");
    let outcome = form.enhanced(&[]).await.outcome().await;
    assert_eq!(outcome["value"], format!("{SEEDED}, Lamp"), "the action itself reads it fresh");
    for _ in 0..2 {
        assert_eq!(read(&server.browser(), news()).await, format!("{SEEDED}, Lamp"));
    }
    assert_eq!(server.desk.ran("news"), 3, "once, once by the action, and once after it");

    let native = page.form("#publish").fill("word", "Desk").submit().await;
    assert_eq!(native.follow().await.text("#news"), format!("{SEEDED}, Lamp, Desk"));
}

#[tokio::test]
async fn c2_after_revalidate_tag_it_is_stale_once_and_then_fresh() {
    let server = Server::start().await;
    let others = server.browser();
    let page = server.browser().get("/news").await;
    submit(&page, "#publish-softly", "Lamp", &[]).await;
    server.desk.gate().close();
    for _ in 0..2 {
        assert_eq!(read(&others, news()).await, SEEDED, "served while it is computed anew");
    }
    server.desk.gate().open();
    becomes(&others, news, &format!("{SEEDED}, Lamp")).await;
    assert_eq!(server.desk.ran("news"), 2);
}

#[tokio::test]
async fn c2_what_a_cached_query_reads_of_another_is_not_stale_when_it_is_kept() {
    let (server, site) = Server::with_site().await;
    let others = server.browser();
    assert_eq!(read(&others, front_page()).await, "front page: article 1, 2 tickets");
    server.desk.add("Lamp".to_owned());
    let minute = Duration::from_secs(60);
    site.revalidate().revalidate_tag("author:1", minute).await.unwrap();
    becomes(&others, front_page, "front page: article 1, 3 tickets").await;

    let on_screen = key(front_page());
    let softened = hidden_with(Soften, "word", "author:1");
    let mut stream = server.browser().enhanced("/doings", &softened, &[&on_screen]).await;
    assert_eq!(stream.outcome().await["status"], 200);
    let lines = stream.rest().await;
    assert_eq!(lines[0]["query"]["value"], "front page: article 1, 4 tickets");
    assert_eq!(read(&others, front_page()).await, "front page: article 1, 4 tickets");
}

#[tokio::test]
async fn r9_c2_asked_again_after_the_stream_was_cut_the_visitors_own_change_is_there() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.get("/news").await;
    let mut stream = page.form("#publish-softly").fill("word", "Lamp").enhanced(&[]).await;
    assert_eq!(stream.outcome().await["status"], 200);
    drop(stream);
    // Whoever reads it anew waits at the gate.
    server.desk.gate().close();
    assert_eq!(read(&server.browser(), news()).await, SEEDED, "others need not wait");
    let open = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        server.desk.gate().open();
    };
    let (own, ()) = tokio::join!(read(&browser, news()), open);
    assert_eq!(own, format!("{SEEDED}, Lamp"));
}

#[tokio::test]
async fn r8_c2_after_a_redirect_elsewhere_the_visitors_own_change_is_there() {
    for gear in ["native", "enhanced", "asks for the page", "kept"] {
        let server = Server::start().await;
        let browser = server.browser();
        let page = if gear == "kept" { "/kept/news" } else { "/news" };
        browser.get(page).await;
        let sent = hidden_with(PublishSoftlyAndGo, "word", "Lamp");
        if gear == "native" {
            assert_eq!(browser.post("/doings", &sent).await.location(), "/doings");
            assert_eq!(browser.get("/doings").await.status, 200);
        } else {
            let mut stream = browser.enhanced("/doings", &sent, &[]).await;
            assert_eq!(stream.outcome().await["redirect"], "/doings");
        }
        server.desk.gate().close();
        let of_others = server.browser().get(page).await;
        assert_eq!(of_others.text("#news"), SEEDED, "others need not wait");
        let own = async {
            match gear {
                "enhanced" => read(&browser, news()).await,
                "asks for the page" => {
                    let lines = browser.data_of("/news", &[]).await.rest().await;
                    lines[0]["query"]["value"].clone()
                }
                _ => browser.get(page).await.text("#news").into(),
            }
        };
        let open = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            server.desk.gate().open();
        };
        let (own, ()) = tokio::join!(own, open);
        assert_eq!(own, format!("{SEEDED}, Lamp"), "{gear}");
        assert_eq!(server.desk.ran("news"), 2, "one run for all who ask");
    }
}

#[tokio::test]
async fn c2_how_long_a_visitor_waits_for_what_is_fresh() {
    let server = Server::start().await;
    let browser = server.browser();
    let post = async |entries: &Entries| {
        let answer = browser.post("/doings", entries).await;
        let cookies = answer.headers.get_all("set-cookie").iter();
        let cookies = cookies.filter_map(|cookie| cookie.to_str().ok());
        cookies.filter(|cookie| cookie.starts_with("formwork-fresh=")).map(str::to_owned).collect()
    };
    let cookies: Vec<String> = post(&hidden_with(Soften, "word", "news")).await;
    assert_eq!(cookies.len(), 1);
    for attribute in ["; HttpOnly", "; SameSite=Lax", "; Path=/", "; Max-Age=60"] {
        assert!(cookies[0].contains(attribute), "{cookies:?}");
    }
    // Nothing is served from before it, so there is nothing to wait for.
    let cookies: Vec<String> = post(&hidden(LookAgain)).await;
    assert_eq!(cookies, Vec::<String>::new());
}

#[tokio::test]
async fn c2_the_visitor_who_caused_it_sees_the_new_state() {
    let server = Server::start().await;
    let page = server.browser().get("/news").await;
    let lines = submit(&page, "#publish-softly", "Lamp", &[&key(news())]).await;
    assert_eq!(lines[0]["query"]["value"], format!("{SEEDED}, Lamp"));
}

#[tokio::test]
async fn c2_what_is_past_its_fresh_time_is_served_once_more() {
    let server = Server::start().await;
    let browser = server.browser();
    assert_eq!(read(&browser, soon_stale()).await, 2);
    server.desk.add("Lamp".to_owned());
    assert_eq!(read(&browser, soon_stale()).await, 2);
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    assert_eq!(read(&browser, soon_stale()).await, 2, "stale");
    while read(&browser, soon_stale()).await != 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(server.desk.ran("soon_stale"), 2);
}

#[tokio::test]
async fn c3_a_thousand_concurrent_misses_run_the_query_once() {
    let server = Server::start().await;
    let gate = server.desk.gate();
    gate.close();
    let browser = server.browser();
    let reads = (0..1000).map(|_| read(&browser, news()));
    let open = async {
        gate.reached_by(1).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        gate.open();
    };
    let (values, ()) = tokio::join!(futures(reads), open);
    assert!(values.iter().all(|value| value == SEEDED));
    assert_eq!((values.len(), server.desk.ran("news")), (1000, 1));
}

#[tokio::test]
async fn c3_readers_of_a_query_that_takes_too_long_do_not_all_begin_it_again() {
    let server = Server::with(Config { render_timeout: 1, ..Config::default() }).await;
    server.desk.gate().close();
    let (browser, key) = (server.browser(), key(news()));
    let reads = (0..50).map(|_| async { browser.read(&[&key]).await.rest().await });
    for lines in futures(reads).await {
        let message = lines[0]["query"]["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains("took too long"), "{lines:?}");
    }
    assert_eq!(server.desk.ran("news"), 1);
    server.desk.gate().open();
}

/// All of them at once.
async fn futures<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut all: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<T>> = all.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        for (future, done) in all.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(cx)
            {
                *done = Some(value);
            }
        }
        if done.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn c4_an_invalidation_during_a_run_wins_over_it() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let (browser, gate) = (server.browser(), server.desk.gate());
    gate.close();
    let began_before = read(&browser, news());
    let meanwhile = async {
        gate.reached_by(1).await;
        // The run has read the tickets, and waits.
        server.desk.add("Lamp".to_owned());
        let form = page.form("#touch").fill("word", "news");
        assert_eq!(form.enhanced(&[]).await.outcome().await["status"], 200);
        let reads_after = read(&browser, news());
        let open = async {
            gate.reached_by(2).await;
            gate.open();
        };
        tokio::join!(reads_after, open).0
    };
    let (before, after) = tokio::join!(began_before, meanwhile);
    assert_eq!(before, SEEDED, "who asked before may see it");
    assert_eq!(after, format!("{SEEDED}, Lamp"));
    assert_eq!(read(&browser, news()).await, format!("{SEEDED}, Lamp"), "and it is not kept");
}

#[tokio::test]
async fn c5_what_reads_a_cookie_is_never_shared_though_it_declares_cache() {
    let server = Server::start().await;
    let gate = server.desk.gate();
    gate.close();
    let [red, blue] =
        ["colour=red", "colour=blue"].map(|cookie| server.browser_with(&[("cookie", cookie)]));
    let open = async {
        gate.reached_by(1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        gate.open();
    };
    // The second waits for the run of the first, and must not get its value.
    let (first, second, ()) = tokio::join!(read(&red, careless()), read(&blue, careless()), open);
    assert_eq!((first, second), (json!("red"), json!("blue")));
    assert_eq!(read(&server.browser(), careless()).await, "none");
    assert_eq!(logged("it declares `cache`, but it reads its visitor's request").len().min(1), 1);
}

#[tokio::test]
async fn c5_what_reads_something_guarded_is_never_shared() {
    let server = Server::start().await;
    let ann = server.browser_with(&[("x-member", "ann")]);
    assert_eq!(read(&ann, indiscreet()).await, "The minutes, for ann");
    let bob = server.browser_with(&[("x-member", "bob")]);
    assert_eq!(read(&bob, indiscreet()).await, "The minutes, for bob");
    assert_eq!(read(&server.browser(), indiscreet()).await["kind"], "internal");
}

#[tokio::test]
async fn what_is_guarded_is_shared_by_those_whom_the_guard_lets_pass() {
    let (server, site) = Server::with_site().await;
    let gate = server.desk.gate();
    gate.close();
    let member = |name: &str| server.browser_with(&[("x-member", name)]);
    let [ann, bob, mallory] = ["ann", "bob", "mallory"].map(member);
    let nobody = server.browser();
    let open = async {
        gate.reached_by(1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        gate.open();
    };
    let (of_ann, of_bob, of_mallory, of_nobody, ()) = tokio::join!(
        read(&ann, roster()),
        read(&bob, roster()),
        read(&mallory, roster()),
        read(&nobody, roster()),
        open
    );
    assert_eq!((of_ann, of_bob), (json!("2 for members"), json!("2 for members")));
    assert_eq!(
        (&of_mallory["kind"], &of_nobody["kind"]),
        (&json!("forbidden"), &json!("unauthorized"))
    );
    for _ in 0..2 {
        assert_eq!(read(&mallory, roster()).await["kind"], "forbidden", "though it is there");
        assert_eq!(read(&member("carol"), roster()).await, "2 for members");
    }
    assert_eq!(server.desk.ran("roster"), 1);
    server.desk.add("Lamp".to_owned());
    site.revalidate().update_tag("news").await.unwrap();
    assert_eq!(read(&bob, roster()).await, "3 for members");
    assert_eq!(server.desk.ran("roster"), 2);
}

#[tokio::test]
async fn c5_what_looks_at_who_passed_its_guard_is_never_shared() {
    let server = Server::start().await;
    for name in ["ann", "bob", "ann"] {
        let member = server.browser_with(&[("x-member", name)]);
        assert_eq!(read(&member, nosy()).await, format!("for {name}"));
    }
    assert_eq!(server.desk.ran("nosy"), 3);
}

#[tokio::test]
async fn what_failed_is_not_kept() {
    let server = Server::start().await;
    let browser = server.browser();
    for _ in 0..2 {
        assert_eq!(read(&browser, shaky()).await["kind"], "internal");
    }
    server.desk.add("Lamp".to_owned());
    assert_eq!(read(&browser, shaky()).await, 3);
    assert_eq!((read(&browser, shaky()).await, server.desk.ran("shaky")), (json!(3), 3));
}

#[tokio::test]
async fn what_was_served_instead_of_a_failure_is_not_kept_by_what_contains_it() {
    let (server, site) = Server::with_site().await;
    let (browser, desk) = (server.browser(), &server.desk);
    desk.add("Lamp".to_owned());
    assert_eq!(read(&browser, tally()).await, "3 tickets");
    desk.tickets().pop();
    let minute = Duration::from_secs(60);
    site.revalidate().revalidate_tag("news", minute).await.unwrap();
    // Everything is read again by who waits for what is fresh; what it reads on its way fails.
    let on_screen = key(tally());
    let mut stream = browser.enhanced("/doings", &hidden(LookAgain), &[&on_screen]).await;
    stream.outcome().await;
    assert_eq!(stream.rest().await[0]["query"]["value"], "3 tickets");
    assert_eq!(desk.ran("shaky"), 2, "it was tried");
    desk.add("Lamp".to_owned());
    desk.add("Desk".to_owned());
    becomes(&browser, tally, "4 tickets").await;
}

#[tokio::test]
async fn a_query_that_is_asked_for_twice_on_a_page_runs_once() {
    let server = Server::start().await;
    let page = server.browser().get("/twice").await;
    assert_eq!((page.text("#one"), page.text("#two")), ("by one".into(), "by one".into()));
    assert_eq!(page.text("#by-way"), "signed by one");
    assert_eq!(server.desk.ran("byline"), 1);
}

#[tokio::test]
async fn a_reader_who_goes_away_does_not_end_the_run() {
    let server = Server::start().await;
    let gate = server.desk.gate();
    gate.close();
    let browser = server.browser();
    let impatient = tokio::time::timeout(Duration::from_millis(100), read(&browser, news()));
    let open = async {
        gate.reached_by(1).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        gate.open();
    };
    let other = server.browser();
    let (gone, patient, ()) = tokio::join!(impatient, read(&other, news()), open);
    assert!(gone.is_err());
    assert_eq!((patient, server.desk.ran("news")), (json!(SEEDED), 1));
}

#[tokio::test]
async fn tags_that_were_found_out_and_those_of_what_was_read_count() {
    let (server, site) = Server::with_site().await;
    let (browser, revalidate) = (server.browser(), site.revalidate());
    let front = "front page: article 1, 2 tickets";
    for _ in 0..2 {
        assert_eq!(read(&browser, front_page()).await, front);
        assert_eq!(read(&browser, article(2)).await, "article 2, 2 tickets");
    }
    assert_eq!((server.desk.ran("front_page"), server.desk.ran("article")), (1, 2));
    server.desk.add("Lamp".to_owned());
    revalidate.update_tag("author:1").await.unwrap();
    assert_eq!(read(&browser, front_page()).await, "front page: article 1, 3 tickets");
    assert_eq!(read(&browser, article(2)).await, "article 2, 2 tickets", "by another author");
    assert_eq!((server.desk.ran("front_page"), server.desk.ran("article")), (2, 3));
}

// guide: outside
#[tokio::test]
async fn from_outside_of_an_action_everything_can_be_invalidated() {
    let (server, site) = Server::with_site().await;
    let revalidate = site.revalidate();
    let read_page = || async { server.browser().get("/news").await.text("#news") };
    assert_eq!(read_page().await, SEEDED);
    server.desk.add("a".to_owned());
    revalidate.revalidate_path("/elsewhere/*").await.unwrap();
    assert_eq!(read_page().await, SEEDED);
    revalidate.revalidate_path("/news").await.unwrap();
    assert_eq!(read_page().await, format!("{SEEDED}, a"));
    server.desk.add("b".to_owned());
    revalidate.revalidate_tag("news", Duration::from_secs(60)).await.unwrap();
    assert_eq!(read_page().await, format!("{SEEDED}, a"), "stale once");
}
// guide: end

// guide: webhook
/// What another system calls when the news have changed.
async fn news_changed(Extension(revalidate): Extension<Revalidate>) -> StatusCode {
    match revalidate.update_tag("news").await {
        Ok(()) => StatusCode::NO_CONTENT,
        // The store is away: whoever calls is to try again.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
// guide: end

#[tokio::test]
async fn a_webhook_invalidates_and_needs_no_page_of_ours() {
    // guide: webhook
    let config = Config { cross_origin_paths: vec!["/hooks/*".to_owned()], ..Config::default() };
    let hooks = |site: &Site, pages: Router| {
        let hook = post(news_changed).layer(Extension(site.revalidate()));
        pages.route("/hooks/news", hook)
    };
    // guide: end
    let (server, _site) = Server::guarded_site(config, hooks).await;
    let read_page = || async { server.browser().get("/news").await.text("#news") };
    assert_eq!(read_page().await, SEEDED);
    server.desk.add("Lamp".to_owned());
    assert_eq!(read_page().await, SEEDED);
    let called = server.browser().request(Method::POST, "/hooks/news").send().await.unwrap();
    assert_eq!(called.status(), StatusCode::NO_CONTENT);
    assert_eq!(read_page().await, format!("{SEEDED}, Lamp"));
}

#[tokio::test]
async fn c1_a_path_counts_for_the_page_that_reads() {
    let (server, site) = Server::with_site().await;
    let (browser, mut expect) = (server.browser(), SEEDED.to_owned());
    let read = || async {
        let lines = browser.read_on("/news/7?x=1", &[&key(news())]).await.rest().await;
        lines[0]["query"]["value"].as_str().unwrap().to_owned()
    };
    assert_eq!(read().await, expect);
    for path in ["/news/7", "/news/*", "/news/{number}"] {
        server.desk.add(path.to_owned());
        site.revalidate().revalidate_path("/news/8").await.unwrap();
        assert_eq!(read().await, expect);
        site.revalidate().revalidate_path(path).await.unwrap();
        expect = format!("{expect}, {path}");
        assert_eq!(read().await, expect);
    }
}

#[tokio::test]
async fn c1_a_path_counts_for_what_a_cached_query_reads_of_another() {
    let (server, site) = Server::with_site().await;
    let browser = server.browser();
    assert_eq!(read(&browser, article(1)).await, "article 1, 2 tickets");
    server.desk.add("Lamp".to_owned());
    site.revalidate().revalidate_path("/news/7").await.unwrap();
    // Computed after that, for another page.
    read(&browser, front_page()).await;
    let lines = browser.read_on("/news/7", &[&key(front_page())]).await.rest().await;
    assert_eq!(lines[0]["query"]["value"], "front page: article 1, 3 tickets");
}

#[tokio::test]
async fn r1_a_path_names_the_queries_of_its_pages() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.get("/news/7").await;
    let named = [key(news()), key(colour())];
    let named: Vec<&str> = named.iter().map(String::as_str).collect();
    for (path, expect) in [
        ("/news/7", 2),
        ("/news/7?x=1", 2),
        ("/news/*", 2),
        ("/news/{number}", 2),
        ("/news/8", 0),
        ("/news", 0),
        ("/tickets/*", 0),
    ] {
        let lines = submit(&page, "#publish-at", path, &named).await;
        assert_eq!(lines.len(), expect, "{path}");
    }
    // Four times it was invalidated where it is read, so it was run four times after the first.
    assert_eq!(server.desk.ran("news"), 5);
}

#[tokio::test]
async fn r1_tags_that_were_found_out_decide_what_is_sent() {
    let server = Server::start().await;
    let page = server.browser().get("/doings").await;
    let on_screen = [key(byline()), key(article(1)), key(article(2)), key(tickets())];
    let on_screen: Vec<&str> = on_screen.iter().map(String::as_str).collect();
    let touch = || page.form("#touch").fill("word", "author:1");
    // At first nobody knows what they depend on: they are read to find out.
    for _ in 0..2 {
        let mut stream = touch().enhanced(&on_screen).await;
        stream.outcome().await;
        let lines = stream.rest().await;
        let mut keys: Vec<&str> = lines.iter().filter_map(|l| l["query"]["key"].as_str()).collect();
        keys.sort_unstable();
        let mut expect = [on_screen[0], on_screen[1]];
        expect.sort_unstable();
        assert_eq!(keys, expect);
    }
}

#[tokio::test]
async fn r1_tags_that_were_found_out_for_one_member_decide_nothing_for_another() {
    let server = Server::start().await;
    let [ann, bob] = ["ann", "bob"].map(|name| server.browser_with(&[("x-member", name)]));
    for browser in [&bob, &ann] {
        read(browser, inbox()).await;
    }
    for (browser, word, expect) in [
        (&bob, "member:bob", vec!["Letters for bob"]),
        (&ann, "member:bob", vec![]),
        (&ann, "member:ann", vec!["Letters for ann"]),
        (&bob, "member:ann", vec![]),
    ] {
        let page = browser.get("/doings").await;
        let mut stream = page.form("#touch").fill("word", word).enhanced(&[&key(inbox())]).await;
        assert_eq!(stream.outcome().await["status"], 200);
        let lines = stream.rest().await;
        let values: Vec<&Value> = lines.iter().map(|line| &line["query"]["value"]).collect();
        assert_eq!(values, expect, "{word}");
    }
}

#[tokio::test]
async fn r1_refresh_reads_everything_on_screen_and_invalidates_nothing() {
    let server = Server::start().await;
    let browser = server.browser();
    assert_eq!(read(&browser, news()).await, SEEDED);
    server.desk.add("Lamp".to_owned());
    let on_screen = [key(news()), key(tickets()), key(colour())];
    let on_screen: Vec<&str> = on_screen.iter().map(String::as_str).collect();
    let mut stream = browser.enhanced("/doings", &hidden(LookAgain), &on_screen).await;
    stream.outcome().await;
    let lines = stream.rest().await;
    assert_eq!(lines.len(), 3);
    let of = |key: &str| lines.iter().find(|line| line["query"]["key"] == key).unwrap().clone();
    assert_eq!(of(on_screen[0])["query"]["value"], SEEDED, "what is cached is still served");
    assert_eq!(of(on_screen[1])["query"]["value"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn r1_a_cookie_refreshes_and_what_is_touched_twice_is_sent_once() {
    let server = Server::start().await;
    let page = server.browser().get("/news").await;
    let on_screen = [key(news()), key(colour())];
    let on_screen: Vec<&str> = on_screen.iter().map(String::as_str).collect();
    let lines = submit(&page, "#do-much", "news", &on_screen).await;
    assert_eq!(lines.len(), 2);
    assert_eq!(server.desk.ran("news"), 2, "the page, and once after everything");
}

#[tokio::test]
async fn r7_an_action_that_fails_invalidates_nothing() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.get("/news").await;
    let form = page.form("#publish-in-vain").fill("word", "Lamp");
    let mut stream = form.clone().enhanced(&[&key(news())]).await;
    assert_eq!(stream.outcome().await["status"], 409);
    assert!(stream.rest().await.is_empty());
    assert_eq!(form.submit().await.status, 409);
    assert_eq!((read(&browser, news()).await, server.desk.ran("news")), (json!(SEEDED), 1));
}

#[tokio::test]
async fn r7_what_was_cut_off_may_have_written_and_so_invalidates() {
    let server = Server::start().await;
    let browser = server.browser();
    let page = browser.get("/news").await;
    let form = page.form("#publish-in-vain").fill("word", "cut");
    assert_eq!(form.submit().await.status, 500);
    assert_eq!(read(&browser, news()).await, format!("{SEEDED}, cut"));
}

#[tokio::test]
async fn r9_asked_again_the_data_comes_again() {
    let server = Server::start().await;
    let page = server.browser().get("/news").await;
    let form = || page.form("#publish").fill("word", "Lamp");
    let on_screen = key(news());
    for _ in 0..2 {
        let mut stream = form().enhanced(&[&on_screen]).await;
        assert_eq!(stream.outcome().await["value"], format!("{SEEDED}, Lamp"));
        let lines = stream.rest().await;
        assert_eq!(lines[0]["query"]["value"], format!("{SEEDED}, Lamp"));
    }
    assert_eq!(server.desk.tickets().len(), 3, "one write");
}
