//! How much memory a body that is refused for its size takes: none of its size. A test of its own
//! binary, because what is measured is the whole process.

#![cfg(target_os = "linux")]

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{Request, StatusCode},
};
use bench::peak_memory;
use formwork::{Config, Site};
use futures::stream;
use guestbook::store::Store;
use http_body_util::BodyExt;
use leptos::config::LeptosOptions;
use tower::ServiceExt;

const MIB: usize = 1024 * 1024;
/// Sixty times what is accepted, in pieces as they come from a socket.
const SENT: usize = 60 * MIB;
const PIECE: usize = 64 * 1024;
/// The limit of 1 MiB, a page, and what the allocator keeps.
const GROWTH: usize = 16 * MIB;

/// Sends the start, then filling, and says how much of it was read.
async fn send(router: &Router, content_type: &str, start: &str, filling: usize) -> usize {
    let read = Arc::new(AtomicUsize::new(0));
    let reading = Arc::clone(&read);
    let start = Bytes::copy_from_slice(start.as_bytes());
    let pieces = (0..filling / PIECE).map(move |_| {
        reading.fetch_add(PIECE, Ordering::Relaxed);
        Bytes::from(vec![b'x'; PIECE])
    });
    let body = std::iter::once(start).chain(pieces).map(Ok::<_, Infallible>);
    let request = Request::post("/")
        .header("host", "localhost")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", content_type)
        .body(Body::from_stream(stream::iter(body)))
        .expect("a request");
    let response = router.clone().oneshot(request).await.expect("infallible");
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE, "{content_type}");
    response.into_body().collect().await.expect("a body");
    read.load(Ordering::Relaxed)
}

#[tokio::test]
async fn t5_a_body_over_the_limit_takes_no_memory_of_its_size() {
    let options = LeptosOptions::builder().output_name("guestbook").build();
    let site = Site::with(options, Config::default(), guestbook::shell).expect("the defaults");
    let site = site.state(Store::seeded());
    let router = site.guarded(site.routes(["/"]));
    let parts = "multipart/form-data; boundary=b";
    let file = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n";
    let field = "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\n";
    let bodies = [
        ("application/x-www-form-urlencoded", "_action=posts%3A%3Aadd_post&title="),
        (parts, field),
        (parts, file),
    ];
    // Whatever is made once is made.
    for (content_type, start) in bodies {
        send(&router, content_type, start, 2 * MIB).await;
    }
    for (content_type, start) in bodies {
        let before = peak_memory();
        let read = send(&router, content_type, start, SENT).await;
        let grown = peak_memory() - before;
        assert!(read > 2 * GROWTH, "{start}: read to {read} bytes, too few to show anything");
        assert!(grown < GROWTH, "{start}: {} kB more for {} MiB", grown / 1024, SENT / MIB);
    }
}
