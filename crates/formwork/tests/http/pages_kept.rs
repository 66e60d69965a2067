//! The page cache: what is kept, what is not and why, and how it is sent.

use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use formwork::{Config, Site};
use sha2::{Digest, Sha256};

use crate::{
    app::cached::{Soften, Visitor},
    harness::{Browser, Page, Server, hidden_with, soon},
};

const SEEDED: &str = "Printer on fire, No coffee";

/// How a page was answered.
fn how(page: &Page) -> String {
    page.header("formwork-cache").expect("it is declared to be kept")
}

#[tokio::test]
async fn a_page_is_rendered_once_for_everyone() {
    let server = Server::start().await;
    for (visitor, expect) in [("ann", "miss"), ("bob", "hit"), ("", "hit")] {
        let page = server.browser_with(&[("x-member", visitor)]).get("/kept/news?x=1").await;
        assert_eq!((page.status, how(&page).as_str()), (200, expect));
        assert_eq!((page.text("#news"), page.text("#address")), (SEEDED.into(), "news".into()));
        assert_eq!(page.header("cache-control").unwrap(), "public, no-cache");
        assert_eq!(page.data()["queries"][0]["value"], SEEDED);
    }
    assert_eq!(how(&server.browser().get("/kept/news?x=2").await), "miss", "another address");
    assert_eq!(server.browser().get("/news").await.header("formwork-cache"), None);
}

#[tokio::test]
async fn c1_a_tag_of_what_it_read_or_its_path_ends_it() {
    let (server, site) = Server::with_site().await;
    let (browser, revalidate) = (server.browser(), site.revalidate());
    let mut expect = SEEDED.to_owned();
    browser.get("/kept/news").await;
    for (at, path) in ["/kept/news", "/kept/*", "/kept/{which}", "/*"].iter().enumerate() {
        server.desk.add(format!("{at}"));
        assert_eq!(browser.get("/kept/news").await.text("#news"), expect);
        revalidate.update_tag("of nothing here").await.unwrap();
        revalidate.revalidate_path("/kept/elsewhere").await.unwrap();
        assert_eq!(how(&browser.get("/kept/news").await), "hit");
        revalidate.revalidate_path(path).await.unwrap();
        expect = format!("{expect}, {at}");
        let page = browser.get("/kept/news").await;
        assert_eq!((how(&page).as_str(), page.text("#news")), ("miss", expect.clone()), "{path}");
    }
    let page = browser.get("/kept/news").await;
    let posted = page.form("#publish").fill("word", "Lamp").submit().await;
    let shown = posted.follow().await;
    assert_eq!(shown.text("#news"), format!("{expect}, Lamp"));
    assert_eq!(server.browser().get("/kept/news").await.text("#news"), format!("{expect}, Lamp"));
}

#[tokio::test]
async fn c2_a_stale_page_is_served_once_and_rendered_in_the_background() {
    let server = Server::start().await;
    let browser = server.browser();
    browser.get("/kept-long/news").await;
    server.desk.add("Lamp".to_owned());
    assert_eq!(how(&browser.get("/kept-long/news").await), "hit");
    tokio::time::sleep(Duration::from_millis(1_050)).await;
    let stale = browser.get("/kept-long/news").await;
    assert_eq!((how(&stale).as_str(), stale.text("#news")), ("stale", SEEDED.to_owned()));

    let page = browser.get("/kept/news").await;
    let softly = page.form("#publish-softly").fill("word", "Desk").submit().await;
    let own = softly.follow().await;
    assert!(own.text("#news").ends_with("Desk"), "who caused it sees it");
}

#[tokio::test]
async fn c3_a_hundred_visitors_of_a_page_that_is_not_kept_yet_render_it_once() {
    let server = Server::start().await;
    let gate = server.desk.gate();
    gate.close();
    let visitors: Vec<_> = (0..100)
        .map(|_| {
            let browser = server.browser();
            tokio::spawn(async move { browser.get("/kept/news").await })
        })
        .collect();
    gate.reached_by(1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    gate.open();
    for visitor in visitors {
        assert_eq!(soon(visitor).await.unwrap().text("#news"), SEEDED);
    }
    assert_eq!(server.desk.ran("news"), 1);
}

#[tokio::test]
async fn c4_an_invalidation_while_a_page_is_rendered_wins_over_it() {
    let (server, site) = Server::with_site().await;
    let (gate, revalidate) = (server.desk.gate(), site.revalidate());
    gate.close();
    let browser = server.browser();
    let before = tokio::spawn(async move { browser.get("/kept/news").await });
    gate.reached_by(1).await;
    server.desk.add("Lamp".to_owned());
    revalidate.update_tag("news").await.unwrap();
    gate.open();
    assert_eq!(soon(before).await.unwrap().text("#news"), SEEDED);
    let after = server.browser().get("/kept/news").await;
    assert_eq!(after.text("#news"), format!("{SEEDED}, Lamp"));
}

#[tokio::test]
async fn c5_what_touched_anything_of_its_visitor_is_never_kept() {
    let server = Server::start().await;
    let headers = [("cookie", "colour=red"), ("x-member", "ann"), ("x-agent", "ann's")];
    let ann = server.browser_with(&headers);
    let bob = server.browser_with(&[("x-member", "bob"), ("x-agent", "bob's")]);
    for (path, selector, of_ann, of_bob, why) in [
        ("/kept/colour", "#colour", "red", "grey", "a query of it reads the request"),
        ("/kept/minutes", "#minutes", "The minutes, for ann", "The minutes, for bob", "guarded"),
        ("/kept/roster", "#roster", "2 for members", "2 for members", "guarded"),
        ("/kept/request", "#agent", "ann's", "bob's", "a component reads the request"),
        ("/kept/cookie", "#cookie", "Set", "Set", "it sets a cookie"),
    ] {
        for (browser, expect) in [(&ann, of_ann), (&bob, of_bob), (&ann, of_ann)] {
            let page = browser.get(path).await;
            assert_eq!(page.text(selector), expect, "{path}");
            assert!(how(&page).starts_with("not kept: ") && how(&page).contains(why), "{path}");
            assert_eq!(page.header("etag"), None);
            let control = page.header("cache-control").unwrap();
            assert!(!control.contains("public"), "{path}: {control}");
        }
    }
    assert!(how(&ann.get("/kept/brief").await).contains("for a while only"));
    assert!(server.browser().get("/kept/cookie").await.headers.contains_key("set-cookie"));
}

#[tokio::test]
async fn c5_what_a_layer_says_of_a_visitor_is_for_nobody_else() {
    use axum::{
        extract::Request,
        http::{HeaderValue, header},
        middleware::{Next, from_fn},
    };
    let session = |mut request: Request, next: Next| async {
        let name = request.headers()["x-member"].to_str().expect("a name").to_owned();
        let cookie = HeaderValue::from_str(&format!("session={name}")).expect("visible ASCII");
        request.extensions_mut().insert(Visitor(name));
        let mut response = next.run(request).await;
        response.headers_mut().append(header::SET_COOKIE, cookie);
        response
    };
    let more = |routes: axum::Router| routes.layer(from_fn(session));
    let server = Server::guarded(Config::default(), more).await;
    for name in ["ann", "bob", "ann"] {
        let browser = server.browser_with(&[("x-member", name)]);
        let page = browser.get("/kept/greeting").await;
        assert_eq!(page.text("#greeting"), format!("Hello {name}"));
        assert!(how(&page).contains("a query of it reads the request"), "{}", how(&page));
        // What is the same for all is kept, and yet left to no cache in between beside a cookie.
        let page = browser.get("/kept-elsewhere").await;
        assert_eq!(page.header("cache-control").unwrap(), "private, no-cache");
        assert_eq!((page.header("cache-tag"), page.header("surrogate-key")), (None, None));
    }
}

#[tokio::test]
async fn c5_a_page_that_failed_or_shows_a_submission_is_never_kept() {
    let server = Server::start().await;
    let browser = server.browser();
    for (path, status, why) in [
        ("/kept/failing", 500, "a query of it failed"),
        ("/kept/missing", 404, "its status is not 200"),
    ] {
        for _ in 0..2 {
            let page = browser.get(path).await;
            assert_eq!((page.status, how(&page)), (status, format!("not kept: {why}")));
        }
    }
    let page = browser.get("/kept/news").await;
    let shown = page.form("#publish").fill("word", "Lamp").submit().await.follow().await;
    assert!(shown.has("#publish-done") && how(&shown).contains("what was submitted"));
    let other = server.browser().get("/kept/news").await;
    assert!(!other.has("#publish-done"));
    let refused = other.form("#publish-in-vain").fill("word", "kept").submit().await;
    assert_eq!(
        (refused.status, refused.form("#publish-in-vain").value("word")),
        (409, Some("kept"))
    );
    assert!(!server.browser().get("/kept/news").await.html.contains("Somebody was faster"));
}

#[tokio::test]
async fn a_page_that_failed_is_rendered_once_for_those_who_wait_and_anew_for_the_next() {
    let failures = Arc::new(AtomicUsize::new(0));
    let noticed = Arc::clone(&failures);
    let more = move |site: Site| {
        site.on_error(move |_| {
            noticed.fetch_add(1, Ordering::SeqCst);
        })
    };
    let server = Server::of_site(Config::default(), more).await;
    let browser = server.browser();
    let told = || failures.swap(0, Ordering::SeqCst);
    for (path, query, status, shows, errors) in [
        ("/kept/failing", "failing", 500, "#failing", 1),
        ("/kept/nothing", "nothing", 404, "#error-page", 0),
        ("/kept/broken", "broken", 500, "#error-page", 1),
    ] {
        for times in 1..=2 {
            let page = browser.get(path).await;
            assert_eq!((page.status, page.has(shows)), (status, true), "{path}");
            assert!(how(&page).starts_with("not kept: "), "{path}");
            assert_eq!(page.header("cache-control").unwrap(), "private, no-cache");
            assert_eq!(page.header("etag"), None);
            let policy = page.header("content-security-policy").unwrap();
            assert!(!policy.contains("nonce") && policy.contains("'sha256-"), "{policy}");
            let ran = if query == "broken" { 0 } else { times };
            assert_eq!((server.desk.ran(query), told()), (ran, errors), "{path}");
        }
    }
    assert_eq!(browser.get("/kept/nothing").await.data()["error"]["kind"], "not-found");
}

#[tokio::test]
async fn c2_a_page_that_is_rendered_in_the_background_is_then_fresh_for_everyone() {
    let server = Server::start().await;
    let browser = server.browser();
    browser.get("/kept-long/news").await;
    let page = browser.get("/kept/news").await;
    page.form("#publish-softly").fill("word", "Lamp").submit().await;
    server.desk.gate().close();
    for _ in 0..3 {
        let stale = server.browser().get("/kept-long/news").await;
        assert_eq!((how(&stale).as_str(), stale.text("#news")), ("stale", SEEDED.to_owned()));
    }
    server.desk.gate().open();
    let fresh = loop {
        let page = server.browser().get("/kept-long/news").await;
        if how(&page) == "hit" {
            break page;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!(fresh.text("#news"), format!("{SEEDED}, Lamp"));
    assert_eq!(fresh.data()["queries"][0]["value"], format!("{SEEDED}, Lamp"));
    assert_eq!(server.desk.ran("news"), 2, "for the first visitor, and once in the background");
}

#[tokio::test]
async fn a_form_on_a_kept_page_has_no_submission_id_and_works() {
    let server = Server::start().await;
    let page = server.browser().get("/kept/news").await;
    assert_eq!(page.form("#publish").value("_submission"), Some(""));
    let form = page.form("#publish").fill("word", "Lamp");
    assert_eq!(form.submit().await.status, 303);
    assert_eq!(server.desk.tickets().len(), 3);
}

#[tokio::test]
async fn c6_who_holds_the_page_gets_304() {
    let server = Server::start().await;
    let etag = server.browser().get("/kept/news").await.header("etag").unwrap();
    let with = |held: &str| server.browser_with(&[("if-none-match", held)]);
    for held in [&*etag, "*", &format!("\"x\", {etag}"), etag.strip_prefix("W/").unwrap()] {
        let page = with(held).get("/kept/news").await;
        assert_eq!((page.status, page.html.len()), (304, 0), "{held}");
        assert_eq!(page.header("etag").unwrap(), etag);
        assert_eq!(page.header("cache-control").unwrap(), "public, no-cache");
        let vary = page.headers.get_all("vary").iter().map(|vary| vary.to_str().unwrap());
        assert_eq!(vary.collect::<Vec<_>>(), ["accept-encoding", "accept"]);
        assert!(!page.headers.contains_key("content-type"));
    }
    assert_eq!(with("\"x\"").get("/kept/news").await.status, 200);

    let page = server.browser().get("/kept/news").await;
    page.form("#publish").fill("word", "Lamp").submit().await;
    let changed = with(&etag).get("/kept/news").await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag").unwrap(), etag);
}

async fn encoded(browser: &Browser, accept: &str) -> (Option<String>, Vec<u8>) {
    let request = browser.request(reqwest::Method::GET, "/kept/news");
    let response = request.header("accept-encoding", accept).send().await.unwrap();
    let encoding = response.headers().get("content-encoding");
    let encoding = encoding.map(|encoding| encoding.to_str().unwrap().to_owned());
    (encoding, response.bytes().await.unwrap().to_vec())
}

#[tokio::test]
async fn every_encoding_is_the_same_page() {
    let server = Server::start().await;
    let browser = server.browser();
    let plain = browser.get("/kept/news").await.html;
    let (encoding, bytes) = encoded(&browser, "gzip, br").await;
    assert_eq!(encoding.as_deref(), Some("br"));
    let mut text = String::new();
    brotli::Decompressor::new(&bytes[..], 4096).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain);
    let (encoding, bytes) = encoded(&browser, "gzip, br;q=0.1").await;
    assert_eq!(encoding.as_deref(), Some("gzip"));
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain);
    assert!(bytes.len() < plain.len() / 2);
    let (encoding, bytes) = encoded(&browser, "zstd").await;
    assert_eq!((encoding, bytes), (None, plain.into_bytes()));

    let head = browser.request(reqwest::Method::HEAD, "/kept/news").send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()["content-length"], encoded(&browser, "").await.1.len().to_string());
}

#[tokio::test]
async fn the_policy_of_a_kept_page_names_its_own_scripts_and_no_others() {
    let server = Server::start().await;
    let browser = server.browser();
    let (page, again) = (browser.get("/kept/news").await, browser.get("/kept/news").await);
    let policy = page.header("content-security-policy").unwrap();
    assert_eq!(again.header("content-security-policy").unwrap(), policy);
    assert!(!policy.contains("nonce") && !page.html.contains("nonce="), "{policy}");
    let named = |script: &str| policy.contains(&STANDARD.encode(Sha256::digest(script)));
    let start =
        page.html.find("<script type=\"module\">").unwrap() + "<script type=\"module\">".len();
    let ours = &page.html[start..][..page.html[start..].find("</script>").unwrap()];
    assert!(ours.contains("import(") && named(ours), "{policy}");
    assert!(page.html.contains("not ours"));
    assert!(!named("document.title = 'not ours'"), "it did not carry the nonce");
    let uncached = browser.get("/news").await;
    assert!(uncached.header("content-security-policy").unwrap().contains("'nonce-"));
}

#[tokio::test]
async fn a_page_for_shared_caches_names_its_tags() {
    let server = Server::start().await;
    let page = server.browser().get("/kept-elsewhere").await;
    assert_eq!(page.header("cache-control").unwrap(), "public, max-age=0, s-maxage=3600");
    assert_eq!(page.header("cache-tag").unwrap(), "path:/kept-elsewhere,path:/*,news");
    assert_eq!(page.header("surrogate-key").unwrap(), "path:/kept-elsewhere path:/* news");
}

#[tokio::test]
async fn c2_a_page_that_is_not_fresh_is_left_to_no_shared_cache() {
    let (server, site) = Server::with_site().await;
    let (path, shared) = ("/kept-elsewhere/brittle", "public, max-age=0, s-maxage=3600");
    let of = |page: &Page| (how(page), page.header("cache-control").unwrap());
    let expect = |how: &str, control: &str| (how.to_owned(), control.to_owned());
    server.desk.add("Lamp".to_owned());
    assert_eq!(of(&server.browser().get(path).await), expect("miss", shared));
    assert_eq!(of(&server.browser().get(path).await), expect("hit", shared));

    // Whoever has caused it waits, and rendering it fails.
    server.desk.tickets().truncate(1);
    let author = server.browser();
    author.post("/doings", &hidden_with(Soften, "word", "news")).await;
    let failed = author.get(path).await;
    assert_eq!(of(&failed), expect("stale; rendering it failed", "public, no-cache"));
    assert_eq!(failed.text("#brittle"), "3 tickets");
    assert_eq!(of(&server.browser().get(path).await), expect("stale", "public, no-cache"));

    server.desk.add("Lamp".to_owned());
    let minute = Duration::from_secs(60);
    site.revalidate().revalidate_tag("news", minute).await.unwrap();
    let again = author.get(path).await;
    assert_eq!((again.text("#brittle").as_str(), of(&again).1.as_str()), ("3 tickets", shared));
}

#[tokio::test]
async fn a_page_with_what_was_served_instead_of_a_failure_is_not_kept() {
    let (server, author) = (Server::start().await, "/kept/tally");
    let (desk, path, author) = (&server.desk, author, server.browser());
    desk.add("Lamp".to_owned());
    assert_eq!(how(&author.get(path).await), "miss");
    desk.tickets().truncate(1);
    author.post("/doings", &hidden_with(Soften, "word", "news")).await;
    let page = author.get(path).await;
    assert_eq!(how(&page), "not kept: a query of it could not be read anew");
    assert_eq!(page.text("#tally"), "3 tickets");
    assert_eq!(page.header("cache-control").unwrap(), "private, no-cache");
    desk.add("Lamp".to_owned());
    desk.add("Desk".to_owned());
    assert_eq!(author.get(path).await.text("#tally"), "4 tickets");
}

#[tokio::test]
#[should_panic(expected = "no page has this path")]
async fn a_page_that_is_not_there_can_not_be_kept() {
    let (_server, site) = Server::with_site().await;
    let _ = site.cache_page("/nowhere", formwork::Life::minutes(1)).routes(["/"]);
}
