//! What every response says to keep a browser on the safe side, and who may send to which route.

use std::fs;

use axum::{
    Router,
    routing::{get, post},
};
use formwork::{Config, http::HeaderMap};
use reqwest::{Method, Response};

use crate::{
    app::{FILES, tickets},
    harness::{Page, Server, key, logged, soon},
};

const CROSS_SITE: &str = "This form was sent from another site, so it was not accepted.";

/// Routes of the application's own.
fn own(routes: Router) -> Router {
    routes
        .route("/own", get(|| async { "own" }))
        .route("/hooks/mail", post(|| async { "taken" }))
        .route("/upload", post(|| async { "taken" }))
}

async fn server(config: Config) -> Server {
    Server::guarded(config, own).await
}

/// The nonce of the policy, and of every script in the document that is executed where it stands.
fn nonces(page: &Page) -> (String, Vec<Option<String>>) {
    let policy = page.header("content-security-policy").expect("a policy");
    let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    let scripts = page.attributes("script:not([src]):not([type='application/json'])", "nonce");
    (nonce.expect("a nonce").to_owned(), scripts)
}

#[tokio::test]
async fn every_page_has_a_policy_whose_nonce_its_scripts_carry() {
    let server = server(Config::default()).await;
    let browser = server.browser();
    let mut seen = Vec::new();
    for path in ["/", "/bound", "/slow", "/tickets/1", "/", "/tickets/99", "/nowhere", "/broken"] {
        let page = browser.get(path).await;
        let (nonce, scripts) = nonces(&page);
        assert!(nonce.len() >= 22, "128 bits: {nonce}");
        assert!(!scripts.is_empty(), "the client is loaded on {path}");
        assert!(scripts.iter().all(|script| script.as_ref() == Some(&nonce)), "{path} {scripts:?}");
        assert!(!seen.contains(&nonce), "new in every response");
        seen.push(nonce);
    }
    let page = browser.get("/").await;
    let failed = page.form("#open").submit().await;
    let (nonce, scripts) = nonces(&failed);
    assert_eq!(failed.status, 422);
    assert!(scripts.iter().all(|script| script.as_ref() == Some(&nonce)), "{scripts:?}");
}

#[tokio::test]
async fn the_last_resort_has_a_policy_too() {
    let server = server(Config::default()).await;
    let page = server.browser().get("/always-broken").await;
    assert!(nonces(&page).1.is_empty());
    assert!(!logged(&page.text("code")).is_empty());
}

/// The general headers as they are by default.
#[track_caller]
fn general(name: &str, headers: &HeaderMap) {
    for (header, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("x-frame-options", "DENY"),
    ] {
        let values: Vec<_> = headers.get_all(header).iter().collect();
        assert_eq!(values, [value], "{header} of {name}");
    }
    // Of a server without client files.
    let builds: Vec<_> = headers.get_all("formwork-build").iter().collect();
    assert_eq!(builds, ["none"], "{name}");
}

#[tokio::test]
async fn every_response_has_the_general_headers() {
    fs::create_dir_all(FILES).unwrap();
    let server = server(Config::default()).await;
    fs::write(format!("{FILES}/robots.txt"), "User-agent: *\n").unwrap();
    let browser = server.browser();
    for (path, status) in
        [("/", 200), ("/robots.txt", 200), ("/own", 200), ("/nowhere", 404), ("/broken", 500)]
    {
        let page = browser.get(path).await;
        assert_eq!(page.status, status, "{path}");
        general(path, &page.headers);
    }
    let policy = |page: &Page| page.header("content-security-policy");
    assert_eq!(policy(&browser.get("/own").await), None, "a policy is for pages");

    let page = browser.get("/doings").await;
    let success = page.form("#go").fill("to", "/").submit().await;
    assert_eq!(success.location(), "/");
    general("a redirect", &success.headers);
    let stream = page.form("#echo").fill("word", "x").enhanced(&[]).await;
    general("lines", &stream.headers);
    general("queries", &browser.read(&[&key(tickets())]).await.headers);
    let refused = browser.post_with("/", &vec![], &[("origin", "https://evil.example")]).await;
    assert_eq!(refused.status, 403);
    general("a refusal", &refused.headers);
}

#[tokio::test]
async fn a_header_that_a_component_sets_stands_instead() {
    let server = server(Config::default()).await;
    let page = server.browser().get("/own-headers").await;
    for (header, value) in [
        ("x-frame-options", "SAMEORIGIN"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "none"),
        ("cache-control", "public, max-age=60"),
    ] {
        let values: Vec<_> = page.headers.get_all(header).iter().collect();
        assert_eq!(values, [value], "{header}");
    }
    general("another page", &server.browser().get("/").await.headers);
}

#[tokio::test]
async fn settings_change_or_remove_a_header() {
    let server = server(Config {
        content_security_policy: String::new(),
        referrer_policy: String::new(),
        frame_options: "SAMEORIGIN".to_owned(),
        ..Config::default()
    });
    let server = server.await;
    for path in ["/", "/own", "/nowhere"] {
        let page = server.browser().get(path).await;
        for absent in ["content-security-policy", "referrer-policy"] {
            assert_eq!(page.header(absent), None, "{path}");
        }
        assert_eq!(page.header("x-frame-options").as_deref(), Some("SAMEORIGIN"), "{path}");
        assert_eq!(page.header("x-content-type-options").as_deref(), Some("nosniff"), "{path}");
    }
}

/// A post of nothing, with these headers.
async fn send(server: &Server, path: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = server.browser().request(Method::POST, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    soon(request.send()).await.expect("an answer")
}

#[tokio::test]
async fn t1_a_route_beside_the_pages_is_closed_to_other_sites() {
    let server = server(Config::default()).await;
    for headers in [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")][..],
        &[("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site")],
        &[],
    ] {
        let answer = send(&server, "/upload", headers).await;
        assert_eq!(answer.status().as_u16(), 403, "{headers:?}");
        let html = answer.text().await.unwrap();
        assert!(html.contains("id=\"error-page\""), "the application's own page: {html}");
    }
    let origin = server.origin();
    for headers in [&[("sec-fetch-site", "same-origin")], &[("origin", &*origin)]] {
        let answer = send(&server, "/upload", headers).await;
        assert_eq!(answer.text().await.unwrap(), "taken", "{headers:?}");
    }
}

#[tokio::test]
async fn t1_only_a_path_that_was_opened_is_open() {
    let paths = ["/hooks/*", "/doings"].map(str::to_owned).to_vec();
    let server = server(Config { cross_origin_paths: paths, ..Config::default() }).await;
    let elsewhere = &[("sec-fetch-site", "cross-site"), ("origin", "https://mail.example")];
    let answer = send(&server, "/hooks/mail", elsewhere).await;
    assert_eq!(answer.text().await.unwrap(), "taken");
    assert_eq!(send(&server, "/hooks/mail", &[]).await.status().as_u16(), 200);
    assert_eq!(send(&server, "/upload", elsewhere).await.status().as_u16(), 403);

    // A page's forms are for this site, whatever is opened.
    let page = server.browser().get("/doings").await;
    let answer = page.form("#echo").fill("word", "x").submit_with(elsewhere).await;
    answer.refuses(403, CROSS_SITE);
    assert_eq!(server.desk.ran("echo"), 0);
}

#[tokio::test]
async fn t3_a_public_origin_may_stand_for_all_hosts_below_a_name() {
    let origins = vec!["https://*.desk.example".to_owned()];
    let server = server(Config { public_origins: origins, ..Config::default() }).await;
    let page = server.browser().get("/doings").await;
    for (origin, accepted) in [
        ("https://a.desk.example", true),
        ("https://a.b.desk.example:443", true),
        ("https://desk.example", false),
        ("https://evildesk.example", false),
        ("http://a.desk.example", false),
        ("https://a.desk.example.evil.example", false),
    ] {
        let headers = [("origin", origin), ("sec-fetch-site", "same-site")];
        let own = send(&server, "/upload", &headers).await.status().as_u16();
        let form = page.form("#echo").fill("word", origin);
        let answer = form.submit_with(&[("origin", origin)]).await.status;
        assert_eq!((own, answer), if accepted { (200, 303) } else { (403, 403) }, "{origin}");
    }
    assert_eq!(server.desk.ran("echo"), 2);
}

#[tokio::test]
async fn t3_the_host_that_a_proxy_forwards_counts_if_the_proxy_is_trusted() {
    for (trusted, accepted) in [("127.0.0.0/8", true), ("10.0.0.0/8", false)] {
        let trusted = vec![trusted.parse().unwrap()];
        let server = server(Config { trusted_proxies: trusted, ..Config::default() }).await;
        let headers = [("origin", "https://desk.example"), ("x-forwarded-host", "desk.example")];
        let own = send(&server, "/upload", &headers).await.status().as_u16();
        let page = server.browser().get("/doings").await;
        let form = page.form("#echo").fill("word", "x");
        let answer = form.submit_with(&headers).await.status;
        assert_eq!((own, answer), if accepted { (200, 303) } else { (403, 403) });
        let elsewhere = [("origin", "https://evil.example"), ("x-forwarded-host", "desk.example")];
        assert_eq!(send(&server, "/upload", &elsewhere).await.status().as_u16(), 403);
    }
}
