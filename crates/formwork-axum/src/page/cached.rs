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

use axum::{body::Body, response::Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use formwork_core::PublicError;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use moka::sync::Cache as Memo;
use sha2::{Digest, Sha256};

use super::{
    compress,
    driver::{self, Document},
    hashes,
    negotiate::{self, Encoding},
};
use crate::{
    cache::{Ask, Cache, Got, Keep, Made, Served},
    paths,
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
    shared: Option<Duration>,
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
    /// `formwork-flash`, which a native success is shown by. Not for a page that a layer of yours
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

/// A page, ready to be sent to many.
struct Kept {
    status: StatusCode,
    headers: HeaderMap,
    etag: Option<HeaderValue>,
    texts: [Bytes; 3],
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

/// About what a header takes in memory.
const HEADER_BYTES: usize = 150;

/// What `Formwork-Cache` says in development.
const NAME: HeaderName = HeaderName::from_static("formwork-cache");

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
    let ask = Ask { key: &key, known: &tags, also: &[], fresh: false };
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
            Ok(kept.respond(site, parts, how))
        }
        Got::Made(Ok(kept)) => Ok(kept.respond(site, parts, "miss")),
        Got::Made(Err(NotKept { why, page: Some(page) })) => {
            Ok(page.respond(site, parts, &format!("not kept: {why}")))
        }
        Got::Made(Err(NotKept { why, page: None })) => Err(why),
        Got::Yourself => Err(pages.unfit.get(&*key).unwrap_or("the store can't be reached")),
    }
}

/// Says in development how a page was answered that is declared to be kept.
pub(crate) fn tell(site: &Site, headers: &mut HeaderMap, how: &str) {
    if site.is_development()
        && let Ok(how) = HeaderValue::from_str(how)
    {
        headers.insert(NAME, how);
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
    // Decoded, its texts are the same bytes; only the headers are made anew.
    let (parts, decoded_bytes) = (kept.parts(), kept.headers.len() * HEADER_BYTES);
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

impl Kept {
    async fn new(
        site: &Site,
        document: Document,
        page: PageCache,
        tags: &[String],
    ) -> Result<Self, &'static str> {
        let (hashed, mut headers) = without_nonce(site, document)?;
        let mut hash = Sha256::new();
        hash.update(&hashed.html);
        hash.update(&hashed.policy);
        let etag = format!("W/\"{}\"", URL_SAFE_NO_PAD.encode(&hash.finalize()[..12]));
        let etag = HeaderValue::from_str(&etag).expect("base64");
        headers.insert(header::ETAG, etag.clone());
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        let control = match page.shared {
            None => "public, no-cache".to_owned(),
            Some(shared) => format!("public, max-age=0, s-maxage={}", shared.as_secs()),
        };
        headers.insert(header::CACHE_CONTROL, control.parse().expect("visible ASCII"));
        if page.shared.is_some() {
            let names = tags.iter().filter_map(|tag| crate::effects::name_of_tag(tag));
            let names: Vec<String> = names.collect();
            for (header, separator) in [("cache-tag", ","), ("surrogate-key", " ")] {
                if let Ok(value) = HeaderValue::from_str(&names.join(separator)) {
                    headers.insert(header, value);
                }
            }
        }
        let html = Bytes::from(hashed.html);
        let texts = compress::all(html).await;
        Ok(Kept { status: StatusCode::OK, headers, etag: Some(etag), texts })
    }

    /// What is sent to those who wait for it, and not kept.
    fn once(
        site: &Site,
        document: Document,
        error: Option<&PublicError>,
    ) -> Result<Self, &'static str> {
        let status = document.status(None, error);
        let (hashed, mut headers) = without_nonce(site, document)?;
        let control = HeaderValue::from_static("private, no-cache");
        headers.entry(header::CACHE_CONTROL).or_insert(control);
        let texts = [Bytes::new(), Bytes::new(), Bytes::from(hashed.html)];
        Ok(Kept { status, headers, etag: None, texts })
    }

    /// The bytes that a store keeps.
    fn parts(&self) -> Vec<Bytes> {
        let mut head = Vec::new();
        for (name, value) in &self.headers {
            head.extend([name.as_str().as_bytes(), b":", value.as_bytes(), b"\n"].concat());
        }
        let [brotli, gzip, identity] = self.texts.clone();
        vec![head.into(), brotli, gzip, identity]
    }

    /// Reads what [`parts`](Kept::parts) wrote.
    fn read(parts: &[Bytes]) -> Option<Self> {
        let [head, brotli, gzip, identity] = parts else { return None };
        let mut headers = HeaderMap::new();
        for line in head.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            headers.append(name, HeaderValue::from_bytes(&line[colon + 1..]).ok()?);
        }
        let etag = Some(headers.get(header::ETAG)?.clone());
        let texts = [brotli.clone(), gzip.clone(), identity.clone()];
        Some(Kept { status: StatusCode::OK, headers, etag, texts })
    }

    fn respond(&self, site: &Site, parts: &Parts, how: &str) -> Response {
        let mut response = Response::new(Body::empty());
        *response.headers_mut() = self.headers.clone();
        let headers = response.headers_mut();
        tell(site, headers, how);
        let is_held = |etag| negotiate::is_held(&parts.headers, etag);
        if self.etag.as_ref().is_some_and(is_held) {
            headers.remove(header::CONTENT_TYPE);
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        let [brotli, gzip, identity] = &self.texts;
        let (encoding, text) = match negotiate::encoding(&parts.headers) {
            Encoding::Brotli if !brotli.is_empty() => (Encoding::Brotli, brotli),
            Encoding::Gzip if !gzip.is_empty() => (Encoding::Gzip, gzip),
            _ => (Encoding::Identity, identity),
        };
        if let Some(name) = encoding.name() {
            headers.insert(header::CONTENT_ENCODING, name);
        }
        if parts.method == Method::HEAD {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
        } else {
            *response.body_mut() = Body::from(text.clone());
        }
        response
    }
}

/// The text of a document that is sent more than once, with its policy, and its headers.
fn without_nonce(
    site: &Site,
    document: Document,
) -> Result<(hashes::Hashed, HeaderMap), &'static str> {
    let nonce = document.nonce.clone();
    let (html, mut headers) = driver::whole(site, document);
    let own = headers.get(header::CONTENT_SECURITY_POLICY).cloned();
    if own.as_ref().is_some_and(|own| contains(own.as_bytes(), nonce.as_bytes())) {
        return Err("its own policy has the nonce");
    }
    let hashed = hashes::without_nonce(&html, &nonce, &site.config().content_security_policy)?;
    if own.is_none() && !hashed.policy.is_empty() {
        let policy =
            HeaderValue::from_str(&hashed.policy).map_err(|_| "its policy can't be sent")?;
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok((hashed, headers))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
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
