//! Pages that are kept: rendered once for everyone who asks, with the page's own tags and those of
//! every query that it read.
//!
//! A page is kept only if it is complete, succeeded, and touched nothing of its visitor's: no guard,
//! cookie, header or session, nothing that was submitted. None of that is promised by the page's
//! author; it is found out while the page is rendered:
//!
//! 1. components see a request without headers, and one that takes it is noticed ([`Tripwire`]);
//! 2. a query notes when it looks at the request, or at something guarded;
//! 3. a request that shows what was just submitted is answered past the cache.
//!
//! One that failed, and touched nothing of its visitor's either, is sent to all who wait for it, and
//! rendered anew for the next.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::response::Response;
use formwork_core::PublicError;
use http::{StatusCode, header, request::Parts};
use moka::sync::Cache as Memo;

use super::{
    driver::{self, Document},
    kept::{self, Kept},
};
use crate::{
    cache::{Ask, Cache, Got, Keep, Made, Served},
    fresh, paths,
    site::Site,
    store::{Life, Store},
};

/// How a page is kept; see [`Site::cache_page`].
///
/// ```
/// use std::time::Duration;
/// use formwork_axum::{Life, PageCache};
/// let page = PageCache::from(Life::minutes(5).stale(Duration::from_secs(3600)));
/// let behind_a_cdn = page.shared_for(Duration::from_secs(60));
/// assert_ne!(page, behind_a_cdn);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageCache {
    life: Life,
    pub(super) shared: Option<Duration>,
}

impl From<Life> for PageCache {
    fn from(life: Life) -> Self {
        PageCache { life, shared: None }
    }
}

impl PageCache {
    /// Caches between the server and the browser (a CDN) may serve it for this long without asking.
    ///
    /// They don't hear of invalidations: `Cache-Tag` and `Surrogate-Key` name the page's tags, so
    /// that your own code can have them purged. Let them pass requests with the cookie
    /// `formwork-flash`, which a native success is shown by, or `formwork-fresh`, by which visitors see
    /// what they have changed themselves. Not for a page that a layer of yours
    /// protects: a CDN does not ask it. Without `shared_for` they must ask each
    /// time, and a page that has not changed is answered by 304.
    #[must_use]
    pub const fn shared_for(mut self, time: Duration) -> Self {
        self.shared = Some(time);
        self
    }
}

/// The kept pages of an application.
pub(crate) struct Pages {
    cache: Arc<Cache<Result<Arc<Kept>, NotKept>>>,
    /// Why a page can't be kept, for a while: it is then rendered once rather than twice.
    unfit: Memo<Box<str>, &'static str>,
}

/// For how long, and for how many pages, it is remembered that a page can't be kept.
const UNFIT_FOR: Duration = Duration::from_secs(60);
const MOST_UNFIT: u64 = 10_000;

impl Pages {
    pub(crate) fn new(store: Arc<dyn Store>, limit: Duration) -> Self {
        let unfit = Memo::builder().max_capacity(MOST_UNFIT).time_to_live(UNFIT_FOR).build();
        // Rendering has its own limit, twice if an error page is needed.
        Pages { cache: Cache::new(store, limit * 3), unfit }
    }
}

/// Why a page is not kept, and what those are sent who wait for it; without it, each has it rendered
/// for themselves.
#[derive(Clone)]
struct NotKept {
    why: &'static str,
    page: Option<Arc<Kept>>,
}

impl From<&'static str> for NotKept {
    fn from(why: &'static str) -> Self {
        NotKept { why, page: None }
    }
}

/// Answers with the kept page, or renders one to be kept; `Err` with the reason if this request, or
/// this page, must be answered by a render of its own.
pub(crate) async fn answer(
    site: &Site,
    parts: &Parts,
    page: PageCache,
) -> Result<Response, &'static str> {
    let address = parts.uri.path_and_query().map_or("/", |address| address.as_str());
    // What another build rendered names its scripts.
    let key = format!("page {} {address}", site.build());
    let pages = site.kept_pages();
    if let Some(entry) = pages.cache.peek(&key).await
        && let Some(kept) = entry.decoded(Kept::read)
    {
        return Ok(kept.respond(site, parts, "hit"));
    }
    if let Some(why) = pages.unfit.get(&*key) {
        return Err(why);
    }
    let tags = paths::tags(parts);
    let fresh = fresh::is_wanted(&parts.headers);
    let ask = Ask { key: &key, known: &tags, also: &[], fresh };
    let make = || {
        let (site, parts, key) = (site.clone(), parts.clone(), key.clone());
        async move { make(site, parts, key, page).await }
    };
    match pages.cache.get(ask, make).await {
        Got::Entry(entry, served) => {
            let kept = entry.decoded(Kept::read).ok_or("it can't be read")?;
            let how = match served {
                Served::Fresh => "hit",
                Served::Stale => "stale",
                Served::InsteadOfFailure => "stale; rendering it failed",
            };
            let response = kept.respond(site, parts, how);
            Ok(if served == Served::Fresh { response } else { kept::asked_each_time(response) })
        }
        Got::Made(Ok(kept)) => Ok(kept.respond(site, parts, "miss")),
        Got::Made(Err(NotKept { why, page: Some(page) })) => {
            Ok(page.respond(site, parts, &format!("not kept: {why}")))
        }
        Got::Made(Err(NotKept { why, page: None })) => Err(why),
        Got::Yourself => Err(pages.unfit.get(&*key).unwrap_or("the store can't be reached")),
    }
}

async fn make(
    site: Site,
    parts: Parts,
    key: String,
    page: PageCache,
) -> Made<Result<Arc<Kept>, NotKept>> {
    let for_one_visitor = |why: &'static str| {
        site.kept_pages().unfit.insert(key.as_str().into(), why);
        Made { value: Err(why.into()), keep: Keep::Private }
    };
    let (tripwire, tripped) = Tripwire::new();
    let tripped = || tripped.load(Ordering::Relaxed);
    let document = match driver::attempt_shared(&site, &parts, None, tripwire).await {
        Ok(document) => document,
        Err(_) if tripped() => return for_one_visitor(READS_THE_REQUEST),
        Err(failure) => {
            let error = crate::failure::publish(site.hooks(), parts.uri.path(), &failure);
            return failed(&site, &parts, "rendering it failed", error).await;
        }
    };
    if let Some(why) = personal(&document, tripped()) {
        return for_one_visitor(why);
    }
    if let Some(why) = failure(&document) {
        return match document.missing().cloned() {
            Some(missing) => failed(&site, &parts, why, missing).await,
            None => shared(Kept::once(&site, document, None), why),
        };
    }
    if document.read.iter().any(|settled| settled.outdated) {
        let page = Kept::once(&site, document, None);
        return Made { keep: Keep::Once, ..shared(page, "a query of it could not be read anew") };
    }
    let mut tags = paths::tags(&parts);
    for tag in document.read.iter().flat_map(|settled| settled.tags.iter()) {
        if !tags.contains(tag) {
            tags.push(tag.clone());
        }
    }
    let tags: Arc<[String]> = tags.into();
    let kept = match Kept::new(&site, document, page, &tags).await {
        Ok(kept) => kept,
        Err(why) => return for_one_visitor(why),
    };
    let (parts, decoded_bytes) = (kept.parts(), kept.decoded_bytes());
    let keep = Keep::Store { life: page.life, tags, parts, decoded_bytes };
    Made { value: Ok(Arc::new(kept)), keep }
}

/// The application's error page instead of a page that can't be shown.
async fn failed(
    site: &Site,
    parts: &Parts,
    why: &'static str,
    error: PublicError,
) -> Made<Result<Arc<Kept>, NotKept>> {
    let (tripwire, tripped) = Tripwire::new();
    let document = driver::attempt_shared(site, parts, Some(error.clone()), tripwire).await;
    let document = document
        .ok()
        .filter(|document| personal(document, tripped.load(Ordering::Relaxed)).is_none());
    let page = document.ok_or(why).and_then(|document| Kept::once(site, document, Some(&error)));
    shared(page, why)
}

/// What those are sent who wait now.
fn shared(page: Result<Kept, &'static str>, why: &'static str) -> Made<Result<Arc<Kept>, NotKept>> {
    Made { value: Err(NotKept { why, page: page.ok().map(Arc::new) }), keep: Keep::Share }
}

const READS_THE_REQUEST: &str = "a component reads the request";

/// Why a document is not a whole, successful page.
fn failure(document: &Document) -> Option<&'static str> {
    let status = document.rendered.options.status;
    if status.is_some_and(|status| status != StatusCode::OK) {
        return Some("its status is not 200");
    }
    let failed = document.read.iter().any(|settled| settled.line.error.is_some());
    failed.then_some("a query of it failed")
}

/// Why a document is not for everyone.
fn personal(document: &Document, tripped: bool) -> Option<&'static str> {
    let any = |is: fn(&crate::query::Settled) -> bool| document.read.iter().any(is);
    if document.private {
        Some("it reads a guarded query")
    } else if any(|settled| settled.personal) {
        Some("a query of it reads the request")
    } else if any(|settled| settled.expiring) {
        Some("it has a form that can be used for a while only")
    } else if tripped {
        Some(READS_THE_REQUEST)
    } else if document.rendered.options.headers.contains_key(header::SET_COOKIE) {
        Some("it sets a cookie")
    } else {
        None
    }
}

/// Stands in the request that components see, and notices when one takes it: then the page may
/// depend on its visitor.
pub(crate) struct Tripwire(Arc<AtomicBool>);

impl Tripwire {
    fn new() -> (Self, Arc<AtomicBool>) {
        let tripped = Arc::new(AtomicBool::new(false));
        (Tripwire(Arc::clone(&tripped)), tripped)
    }

    /// What components see of the request: its address and nothing else.
    pub(super) fn around(self, parts: &Parts) -> Parts {
        let mut seen = http::Request::new(()).into_parts().0;
        seen.uri = parts.uri.clone();
        seen.extensions.insert(self);
        seen
    }
}

/// `use_context::<Parts>()` gives a clone, and `leptos_axum::extract` asks for that as well.
impl Clone for Tripwire {
    fn clone(&self) -> Self {
        self.0.store(true, Ordering::Relaxed);
        Tripwire(Arc::clone(&self.0))
    }
}
