//! Live queries: what others change comes by itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
};
use formwork::Config;
use formwork_core::Version;
use serde_json::json;

use crate::{
    app::{billboard, board, members_board, tickets},
    harness::{Server, key, soon},
};

#[tokio::test]
async fn what_others_change_comes_by_itself_as_a_difference() {
    let (server, site) = Server::guarded_site(Config::default(), |_, routes| routes).await;
    let mut events = server.browser().follow(&[(&key(board()), None)]).await;
    assert_eq!(events.status, 200);
    let first = events.next().await.unwrap();
    assert_eq!(first["query"]["value"].as_array().unwrap().len(), 2);

    let page = server.browser().get("/news").await;
    page.form("#publish").fill("word", "Lamp").submit().await;
    let second = events.next().await.unwrap();
    let delta = json!([[0, 2], {"+": [{"id": 3, "title": "Lamp"}]}]);
    assert_eq!(
        (&second["query"]["key"], &second["query"]["delta"]),
        (&json!(key(board())), &delta)
    );

    site.revalidate().update_tag("of something else").await.unwrap();
    site.revalidate().update_tag("news").await.unwrap();
    assert!(events.is_quiet().await, "nothing has changed");
    server.desk.add("Desk".to_owned());
    site.revalidate().update_tag("news").await.unwrap();
    assert!(events.next().await.is_some());
}

#[tokio::test]
async fn who_holds_the_value_is_sent_nothing_at_first() {
    let (server, site) = Server::guarded_site(Config::default(), |_, routes| routes).await;
    let version = Version::of("2").to_string();
    let held = [(&*key(billboard()), Some(&*version))];
    let mut events = server.browser().follow(&held).await;
    assert!(events.is_quiet().await);
    server.desk.add("Lamp".to_owned());
    site.revalidate().revalidate_tag("news", Duration::from_secs(60)).await.unwrap();
    assert_eq!(events.next().await.unwrap()["query"]["value"], 3, "and not what was before");
}

#[tokio::test]
async fn the_guard_is_asked_each_time_through_every_layer() {
    let revoked = Arc::new(AtomicBool::new(false));
    let is_revoked = Arc::clone(&revoked);
    // As a session's layer does, which knows that it has ended.
    let session = move |mut request: Request, next: Next| {
        if is_revoked.load(Ordering::SeqCst) {
            request.headers_mut().remove("x-member");
        }
        next.run(request)
    };
    let more = |_: &_, routes: axum::Router| routes.layer(from_fn(session));
    let (server, site) = Server::guarded_site(Config::default(), more).await;
    let board = key(members_board());
    let mut stranger = server.browser().follow(&[(&board, None)]).await;
    assert_eq!(stranger.next().await.unwrap()["query"]["error"]["kind"], "unauthorized");

    let ann = server.browser_with(&[("x-member", "ann")]);
    let mut events = ann.follow(&[(&board, None)]).await;
    assert_eq!(events.next().await.unwrap()["query"]["value"], "ann sees 2");
    server.desk.add("Lamp".to_owned());
    site.revalidate().update_tag("news").await.unwrap();
    assert_eq!(events.next().await.unwrap()["query"]["value"], "ann sees 3");
    revoked.store(true, Ordering::SeqCst);
    site.revalidate().update_tag("news").await.unwrap();
    assert_eq!(events.next().await.unwrap()["query"]["error"]["kind"], "unauthorized");
}

#[tokio::test]
async fn only_live_queries_are_followed_and_only_so_many_at_a_time() {
    let config = Config { max_live: 2, ..Config::default() };
    let (server, _site) = Server::guarded_site(config, |_, routes| routes).await;
    let browser = server.browser();
    for keys in [&[key(tickets())][..], &["no::such".to_owned()], &[]] {
        let keys: Vec<_> = keys.iter().map(|key| (key.as_str(), None)).collect();
        assert_eq!(browser.follow(&keys).await.status, 400);
    }
    let board = key(board());
    let gone = [("no::such", None), (&*board, None)];
    assert!(browser.follow(&gone).await.next().await.is_some(), "of an older page");
    let follow = || async { server.browser().follow(&[(&board, None)]).await };
    let (first, _second) = (follow().await, follow().await);
    assert_eq!(follow().await.status, 429);
    drop(first);
    let again = async {
        while follow().await.status != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    soon(again).await;
}

#[tokio::test]
async fn a_server_that_shuts_down_ends_them() {
    let (server, site) = Server::guarded_site(Config::default(), |_, routes| routes).await;
    let mut events = server.browser().follow(&[(&key(board()), None)]).await;
    assert!(events.next().await.is_some());
    site.close();
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn without_the_guard_on_every_request_they_work_as_well() {
    let (server, site) = Server::with_site().await;
    let mut events = server.browser().follow(&[(&key(billboard()), None)]).await;
    assert_eq!(events.next().await.unwrap()["query"]["value"], 2);
    server.desk.add("Lamp".to_owned());
    site.revalidate().update_tag("news").await.unwrap();
    assert_eq!(events.next().await.unwrap()["query"]["value"], 3);
}

#[tokio::test]
async fn a_path_that_is_invalidated_reaches_who_follows_on_its_page() {
    let (server, site) = Server::guarded_site(Config::default(), |_, routes| routes).await;
    let held = [(&*key(billboard()), None)];
    let mut events = server.browser().follow_on("/news/7?x=1", &held).await;
    assert_eq!(events.next().await.unwrap()["query"]["value"], 2);
    for (at, path) in ["/news/7", "/news/*", "/news/{number}"].iter().enumerate() {
        server.desk.add((*path).to_owned());
        site.revalidate().revalidate_path("/news/8").await.unwrap();
        assert!(events.is_quiet().await);
        site.revalidate().revalidate_path(path).await.unwrap();
        assert_eq!(events.next().await.unwrap()["query"]["value"], 3 + at, "{path}");
    }
}
