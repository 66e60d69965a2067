//! What an invalidation costs when a thousand, a hundred thousand or a million values are cached:
//! of a tag that one of them has, and of a tag that all of them have.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::{Router, body::Body, extract::Request};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use formwork::{Config, Revalidate, Site, prelude::*};
use http_body_util::BodyExt;
use leptos::{config::LeptosOptions, prelude::*};
use tokio::runtime::Runtime;
use tower::ServiceExt;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How often the query has run.
static RUNS: AtomicU64 = AtomicU64::new(0);

/// One of many values.
#[query(public, tags("items", "item:{id}"), cache(minutes = 60))]
pub async fn item(id: u64) -> QueryResult<u64> {
    RUNS.fetch_add(1, Ordering::Relaxed);
    Ok(id)
}

fn site() -> (Router, Revalidate) {
    let options = LeptosOptions::builder().output_name("bench").build();
    let config = Config { cache_bytes: 2 << 30, ..Config::default() };
    let site = Site::with(options, config, |_| view! { <p>"A page"</p> }).expect("the defaults");
    (site.guarded(site.routes(["/"])), site.revalidate())
}

/// Reads these items over the application's own endpoint; answers how many came.
async fn read(router: &Router, ids: std::ops::Range<u64>) -> usize {
    let keys: Vec<String> = ids.map(|id| format!("k=item%3F%7B%22id%22%3A{id}%7D")).collect();
    let request = Request::get(format!("/_formwork/query?{}", keys.join("&")))
        .header("host", "localhost")
        .body(Body::empty())
        .expect("a request");
    let response = router.clone().oneshot(request).await.expect("infallible");
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    let lines = String::from_utf8(body.to_vec()).expect("text");
    lines.lines().filter(|line| line.contains("\"value\":")).count()
}

/// Fills the cache, and makes sure that it holds what it was given.
async fn fill(router: &Router, values: u64) {
    for from in (0..values).step_by(50) {
        assert_eq!(read(router, from..from + 50).await, 50);
    }
    let runs = RUNS.load(Ordering::Relaxed);
    assert_eq!(read(router, 0..50).await, 50);
    assert_eq!(RUNS.load(Ordering::Relaxed), runs, "the first are still there");
}

fn invalidations(criterion: &mut Criterion) {
    let runtime = Runtime::new().expect("a runtime");
    let mut group = criterion.benchmark_group("invalidation");
    for values in [1_000, 100_000, 1_000_000] {
        let (router, revalidate) = runtime.block_on(async { site() });
        runtime.block_on(fill(&router, values));
        let mut id = 0;
        group.bench_function(BenchmarkId::new("a tag of one", values), |bench| {
            bench.iter(|| {
                id = (id + 1) % values;
                runtime.block_on(revalidate.update_tag(format!("item:{id}"))).expect("the store");
            });
        });
        group.bench_function(BenchmarkId::new("a tag of all", values), |bench| {
            bench.iter(|| runtime.block_on(revalidate.update_tag("items")).expect("the store"));
        });
        let runs = RUNS.load(Ordering::Relaxed);
        assert_eq!(runtime.block_on(read(&router, 0..50)), 50);
        assert_eq!(RUNS.load(Ordering::Relaxed), runs + 50, "nothing from before is served");
    }
    group.finish();
}

criterion_group!(benches, invalidations);
criterion_main!(benches);
