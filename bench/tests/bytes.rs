//! How many bytes travel when one post is added to a list of a hundred.

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use formwork::{Config, Site};
use formwork_core::{Version, delta, wire::Line};
use guestbook::store::Store;
use http_body_util::BodyExt;
use leptos::config::LeptosOptions;
use serde_json::{Value, value::RawValue};
use tower::ServiceExt;

/// A twentieth of what the best of the others sends for the same, 19,461 bytes.
const MOST: usize = 19_461 / 20;

async fn answer(router: &Router, request: Request<Body>) -> String {
    let response = router.clone().oneshot(request).await.expect("infallible");
    assert_eq!(response.status(), StatusCode::OK);
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(body.to_vec()).expect("text")
}

#[tokio::test]
async fn a_row_more_in_a_list_of_a_hundred_is_a_twentieth_of_what_others_send() {
    let options = LeptosOptions::builder().output_name("guestbook").build();
    let site = Site::with(options, Config::default(), guestbook::shell).expect("the defaults");
    let site = site.state(Store::seeded());
    let router = site.guarded(site.routes(["/"]));

    let request = Request::get("/").header("host", "localhost").body(Body::empty());
    let page = answer(&router, request.expect("a request")).await;
    let held = held(&page);
    let body = format!(
        "_action=posts%3A%3Aadd_post&_shape={}&_submission=1&title=Hello&body=A+new+post",
        page.split_once("name=\"_shape\"").and_then(|(_, rest)| rest.split('"').nth(1)).unwrap()
    );
    let request = Request::post("/")
        .header("host", "localhost")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/x-ndjson")
        .header("formwork-queries", format!("posts%3A%3Aposts%3F%7B%7D;{}", Version::of(&held)))
        .body(Body::from(body));
    let stream = answer(&router, request.expect("a request")).await;

    assert!(stream.len() <= MOST, "{} bytes: {stream}", stream.len());
    let line = serde_json::from_str(stream.lines().nth(1).expect("a second line")).unwrap();
    let Line::Query(line) = line else { panic!("not of a query: {stream}") };
    let steps = line.delta.expect("a difference");
    let new = delta::apply(&held, steps.get()).expect("it was made for this value");
    assert_eq!(Some(Version::of(&new)), line.version);
    let posts: Vec<Value> = serde_json::from_str(&new).unwrap();
    assert_eq!((posts.len(), &posts[0]["title"]), (100, &"Hello".into()));
    assert!(new.len() > 10 * stream.len(), "{} bytes of {}", stream.len(), new.len());
}

/// The value of the page's query, as it stands in the data block.
fn held(page: &str) -> String {
    #[derive(serde::Deserialize)]
    struct Data<'a> {
        #[serde(borrow)]
        queries: Vec<Query<'a>>,
    }
    #[derive(serde::Deserialize)]
    struct Query<'a> {
        #[serde(borrow)]
        value: &'a RawValue,
    }
    let block = page.split_once("id=\"__formwork\">").expect("a data block").1;
    let block = block.split_once("</script>").expect("its end").0;
    let data: Data<'_> = serde_json::from_str(block).expect("page data");
    data.queries[0].value.get().to_owned()
}
