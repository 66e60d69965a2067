//! How much memory a large file takes on its way to the handler and to the disk: none of its size (F3).
//! `UPLOAD_MIB=1024 cargo test --release -p bench --test upload -- --nocapture` measures a gibibyte.

#![cfg(target_os = "linux")]

use std::{convert::Infallible, fs, path::PathBuf, time::Instant};

use axum::{
    body::{Body, Bytes},
    http::{Request, StatusCode},
};
use bench::peak_memory;
use formwork::{Config, Site, prelude::*};
use formwork_core::Action as _;
use futures::stream;
use http_body_util::BodyExt;
use leptos::{config::LeptosOptions, prelude::*};
use tower::ServiceExt;

const MIB: usize = 1024 * 1024;
const PIECE: usize = 64 * 1024;
/// Buffers of pieces, and what the allocator keeps.
const GROWTH: usize = 16 * MIB;

/// A large file.
#[derive(Form, Validate, Clone, Debug)]
pub struct Loan {
    /// Of any type.
    #[garde(skip)]
    #[field(max_size = "2 GiB")]
    pub contract: Upload,
}

/// Keeps the file in the folder of the test.
#[action(public, time_limit = 300)]
pub async fn lend(_: ActionCx, form: Loan) -> ActionResult<u64> {
    form.contract.save_to(folder().join("kept")).await?;
    Ok(form.contract.size())
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("upload")
}

async fn send(router: &axum::Router, size: usize) {
    let _ = fs::remove_file(folder().join("kept"));
    let field = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let start = field("_action", Lend::ID) + &field("_shape", &Lend::SHAPE.to_string());
    let head = "--b\r\nContent-Disposition: form-data; name=\"contract\"; filename=\"c\"\r\n\r\n";
    let pieces = (0..size / PIECE).map(|_| Bytes::from(vec![b'x'; PIECE]));
    let body = std::iter::once(Bytes::from(start + head))
        .chain(pieces)
        .chain([Bytes::from_static(b"\r\n--b--\r\n")]);
    let request = Request::post("/")
        .header("host", "localhost")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from_stream(stream::iter(body.map(Ok::<_, Infallible>))))
        .expect("a request");
    let response = router.clone().oneshot(request).await.expect("infallible");
    let status = response.status();
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    assert_eq!(status, StatusCode::SEE_OTHER, "{}", String::from_utf8_lossy(&body));
    assert_eq!(fs::metadata(folder().join("kept")).expect("it is kept").len(), size as u64);
}

#[tokio::test]
async fn f3_a_large_file_takes_no_memory_of_its_size() {
    fs::create_dir_all(folder()).expect("a folder");
    let options = LeptosOptions::builder().output_name("bench").build();
    let upload_dir = folder().to_string_lossy().into_owned();
    let config = Config { upload_dir, body_timeout: 300, ..Config::default() };
    let site = Site::with(options, config, |_| view! { <p>"A page"</p> }).expect("the defaults");
    let router = site.guarded(site.routes(["/"]));
    let size =
        std::env::var("UPLOAD_MIB").ok().and_then(|mib| mib.parse().ok()).unwrap_or(40) * MIB;

    // Whatever is made once is made.
    send(&router, 2 * MIB).await;
    let (before, begun) = (peak_memory(), Instant::now());
    send(&router, size).await;
    let grown = peak_memory() - before;
    eprintln!(
        "{} MiB: peak RSS {} kB before and {} kB after, {:.1} s",
        size / MIB,
        before / 1024,
        (before + grown) / 1024,
        begun.elapsed().as_secs_f64()
    );
    assert!(grown < GROWTH, "{} kB more for {} MiB", grown / 1024, size / MIB);
    let _ = fs::remove_dir_all(folder());
}
