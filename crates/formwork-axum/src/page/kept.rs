//! A page that is ready to be sent to many: its headers, and its text in each encoding.

use axum::{body::Body, response::Response};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use formwork_core::PublicError;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use sha2::{Digest, Sha256};

use super::{
    PageCache, compress,
    driver::{self, Document},
    hashes,
    negotiate::{self, Encoding},
};
use crate::{headers, site::Site};

/// A page, ready to be sent to many.
pub(super) struct Kept {
    status: StatusCode,
    headers: HeaderMap,
    etag: Option<HeaderValue>,
    texts: [Bytes; 3],
}

/// About what a header takes in memory.
const HEADER_BYTES: usize = 150;

/// For caches in between that may keep it, and have to ask whether it is still so.
const ASKED_EACH_TIME: &str = "public, no-cache";

/// What `Formwork-Cache` says in development.
const NAME: HeaderName = HeaderName::from_static("formwork-cache");

impl Kept {
    /// One to be kept.
    pub(super) async fn new(
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
        let control = match page.shared.filter(|_| name_tags(&mut headers, tags)) {
            None => ASKED_EACH_TIME.to_owned(),
            Some(shared) => format!("public, max-age=0, s-maxage={}", shared.as_secs()),
        };
        headers.insert(header::CACHE_CONTROL, control.parse().expect("visible ASCII"));
        let html = Bytes::from(hashed.html);
        let texts = compress::all(html).await;
        Ok(Kept { status: StatusCode::OK, headers, etag: Some(etag), texts })
    }

    /// What is sent to those who wait for it, and not kept.
    pub(super) fn once(
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
    pub(super) fn parts(&self) -> Vec<Bytes> {
        let mut head = Vec::new();
        for (name, value) in &self.headers {
            head.extend([name.as_str().as_bytes(), b":", value.as_bytes(), b"\n"].concat());
        }
        let [brotli, gzip, identity] = self.texts.clone();
        vec![head.into(), brotli, gzip, identity]
    }

    /// What it takes in memory besides: its texts are those bytes, only the headers are made anew.
    pub(super) fn decoded_bytes(&self) -> usize {
        self.headers.len() * HEADER_BYTES
    }

    /// Reads what [`parts`](Kept::parts) wrote.
    pub(super) fn read(parts: &[Bytes]) -> Option<Self> {
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

    pub(super) fn respond(&self, site: &Site, parts: &Parts, how: &str) -> Response {
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

/// A page that is out of date, for who has asked now: kept in between, it would be that for longer.
pub(super) fn asked_each_time(mut response: Response) -> Response {
    let control = HeaderValue::from_static(ASKED_EACH_TIME);
    response.headers_mut().insert(header::CACHE_CONTROL, control);
    response
}

/// Says in development how a page was answered that is declared to be kept.
pub(crate) fn tell(site: &Site, headers: &mut HeaderMap, how: &str) {
    if site.is_development()
        && let Ok(how) = HeaderValue::from_str(how)
    {
        headers.insert(NAME, how);
    }
}

/// As many bytes of tags as are sent twice: servers in between answer 502 to longer headers, many of them
/// from 8 KiB on for all together.
const TAG_BYTES: usize = 2 * 1024;

/// Names the page's tags for the caches in between; `false` if they can't be told all of them: then such a
/// page can't be purged, and is asked for each time.
fn name_tags(headers: &mut HeaderMap, tags: &[String]) -> bool {
    let names: Option<Vec<String>> =
        tags.iter().map(|tag| crate::effects::name_of_tag(tag)).collect();
    let names =
        names.filter(|names| names.iter().map(|name| name.len() + 1).sum::<usize>() <= TAG_BYTES);
    let Some(names) = names else {
        tracing::warn!(
            tags = tags.len(),
            "a page is not left to shared caches: its tags can't be told, because they are too long for \
             a header together, or one of them has a space or a comma in it"
        );
        return false;
    };
    for (header, separator) in headers::TAG_HEADERS.into_iter().zip([",", " "]) {
        if let Ok(value) = HeaderValue::from_str(&names.join(separator)) {
            headers.insert(header, value);
        }
    }
    true
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
