//! What a submission costs besides its handler: the guestbook's post through the whole service, in
//! this process, beside the same write called directly, and in a plain axum handler. And what a page
//! costs, rendered and kept.

use std::{
    collections::VecDeque,
    hint::black_box,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Extension, Form, Router, body::Body, extract::Request, http::StatusCode, response::Redirect,
    routing::post,
};
use criterion::{Criterion, criterion_group, criterion_main};
use formwork::{Config, Life, Site};
use guestbook::store::Store;
use http_body_util::BodyExt;
use leptos::config::LeptosOptions;
use serde::Deserialize;
use tokio::runtime::Runtime;
use tower::ServiceExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

static SUBMISSIONS: AtomicU64 = AtomicU64::new(0);

fn guestbook(is_kept: bool) -> Router {
    let options = LeptosOptions::builder().output_name("guestbook").build();
    let mut site = Site::with(options, Config::default(), guestbook::shell).expect("the defaults");
    if is_kept {
        site = site.cache_page("/", Life::minutes(5));
    }
    let site = site.state(Store::seeded());
    site.guarded(site.routes(["/"]))
}

#[derive(Deserialize)]
struct NewPost {
    title: String,
    body: String,
}

type Posts = Arc<Mutex<VecDeque<(u64, String, String)>>>;

/// What the handler does.
fn add(posts: &Posts, new: NewPost) -> u64 {
    let mut posts = posts.lock().expect("no writer panics");
    let id = posts.len() as u64;
    posts.push_front((id, new.title, new.body));
    posts.truncate(100);
    id
}

fn by_hand() -> Router {
    let posts: Posts = Arc::default();
    let add = |Extension(posts): Extension<Posts>, Form(new): Form<NewPost>| async move {
        add(&posts, new);
        Redirect::to("/")
    };
    Router::new().route("/", post(add)).layer(Extension(posts))
}

fn request(fields: &str, enhanced: bool) -> Request {
    let id = SUBMISSIONS.fetch_add(1, Ordering::Relaxed);
    let body = format!("{fields}&_submission={id:032x}&title=Hello&body=A+new+post+number+{id}");
    let mut request = Request::post("/")
        .header("host", "localhost")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded");
    if enhanced {
        request = request
            .header("accept", "application/x-ndjson")
            .header("formwork-queries", "posts%3A%3Aposts%3F%7B%7D");
    }
    request.body(Body::from(body)).expect("a request")
}

async fn page(router: &Router) -> String {
    let request = Request::get("/").header("host", "localhost").body(Body::empty());
    let response = router.clone().oneshot(request.expect("a request")).await.expect("infallible");
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(body.to_vec()).expect("a page")
}

async fn answered(router: Router, request: Request, expect: StatusCode) -> usize {
    let response = router.oneshot(request).await.expect("infallible");
    assert_eq!(response.status(), expect);
    response.into_body().collect().await.expect("a body").to_bytes().len()
}

fn hidden(page: &str, name: &str) -> String {
    let field = page.split_once(&format!("name=\"{name}\"")).expect("a hidden field").1;
    let value = field.split_once("value=\"").and_then(|(_, rest)| rest.split_once('"'));
    format!("{name}={}", value.expect("its value").0)
}

fn submissions(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let (router, kept, plain) =
        runtime.block_on(async { (guestbook(false), guestbook(true), by_hand()) });
    let html = runtime.block_on(page(&router));
    let fields = format!("{}&{}", hidden(&html, "_action"), hidden(&html, "_shape"));

    let mut group = criterion.benchmark_group("submission");
    group.bench_function("the handler alone", |bench| {
        let posts = Posts::default();
        bench.iter(|| {
            let (title, body) = ("Hello".to_owned(), "A new post".to_owned());
            black_box(add(&posts, NewPost { title, body }))
        });
    });
    group.bench_function("by hand", |bench| {
        bench
            .to_async(&runtime)
            .iter(|| answered(plain.clone(), request(&fields, false), StatusCode::SEE_OTHER));
    });
    group.bench_function("native", |bench| {
        bench
            .to_async(&runtime)
            .iter(|| answered(router.clone(), request(&fields, false), StatusCode::SEE_OTHER));
    });
    group.bench_function("enhanced, one query of 100 rows", |bench| {
        bench
            .to_async(&runtime)
            .iter(|| answered(router.clone(), request(&fields, true), StatusCode::OK));
    });
    group.bench_function("page of 100 rows", |bench| {
        bench.to_async(&runtime).iter(|| async { black_box(page(&router).await) });
    });
    group.bench_function("page of 100 rows, kept", |bench| {
        bench.to_async(&runtime).iter(|| async { black_box(page(&kept).await) });
    });
    group.finish();
}

criterion_group!(benches, submissions);
criterion_main!(benches);
