//! A browser without JavaScript: a cookie jar, and redirects that a test follows itself.

use reqwest::{
    Client, Method, RequestBuilder,
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect,
};

use super::{Entries, Events, PATIENCE, Page, Stream, form};

/// The media type of the enhanced gear.
const NDJSON: &str = "application/x-ndjson";
/// What browsers accept when they load a document.
pub const DOCUMENT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/// A visitor's browser; clones share its cookies.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    origin: String,
}

impl Browser {
    pub(super) fn new(origin: String, headers: &[(&'static str, &str)]) -> Self {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
            })
            .collect();
        let client = Client::builder()
            .default_headers(headers)
            .cookie_store(true)
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE);
        Browser { client: client.build().expect("a client"), origin }
    }

    /// Loads a page.
    pub async fn get(&self, path: &str) -> Page {
        let request = self.request(Method::GET, path).header("accept", DOCUMENT);
        Page::read(self.clone(), path, send(request).await).await
    }

    /// A request that carries nothing yet.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.origin))
    }

    /// Sends fields as the native gear does, from a page of this site.
    pub async fn post(&self, path: &str, entries: &Entries) -> Page {
        self.post_with(path, entries, &[]).await
    }

    /// As [`post`](Browser::post), with headers that take the place of the browser's own.
    pub async fn post_with(
        &self,
        path: &str,
        entries: &Entries,
        headers: &[(&'static str, &str)],
    ) -> Page {
        let request = self.form_request(path, form::urlencoded(entries), DOCUMENT, headers);
        Page::read(self.clone(), path, send(request).await).await
    }

    /// Sends fields as a form that can hold files does.
    pub async fn post_multipart(&self, path: &str, entries: &Entries) -> Page {
        let kind = [("content-type", "multipart/form-data; boundary=between-the-parts")];
        let body = form::multipart(entries, "between-the-parts");
        let request = self.form_request(path, body, DOCUMENT, &kind);
        Page::read(self.clone(), path, send(request).await).await
    }

    /// Sends fields as the enhanced gear does; `on_screen` are the keys of the queries on the page.
    pub async fn enhanced(&self, path: &str, entries: &Entries, on_screen: &[&str]) -> Stream {
        self.accepting(NDJSON, path, entries, on_screen).await
    }

    /// As [`enhanced`](Browser::enhanced), with whatever the action reports.
    pub async fn watched(&self, path: &str, entries: &Entries, on_screen: &[&str]) -> Stream {
        self.accepting("application/x-ndjson;reports=1", path, entries, on_screen).await
    }

    async fn accepting(
        &self,
        accept: &str,
        path: &str,
        entries: &Entries,
        on_screen: &[&str],
    ) -> Stream {
        let keys: Vec<String> = on_screen.iter().map(|key| encoded(key)).collect();
        let keys = keys.join(",");
        let headers: &[_] = if keys.is_empty() { &[] } else { &[("formwork-queries", &*keys)] };
        Stream::new(send(self.form_request(path, form::urlencoded(entries), accept, headers)).await)
    }

    /// As [`enhanced`](Browser::enhanced), with what the client keeps for when the visitor goes back, and
    /// the versions of that.
    pub async fn enhanced_keeping(
        &self,
        path: &str,
        entries: &Entries,
        kept: &[(String, String)],
    ) -> Stream {
        let named = kept.iter().map(|(key, version)| format!("{};{version}", encoded(key)));
        let named: Vec<String> = named.collect();
        let headers = [("formwork-kept", &*named.join(","))];
        let body = form::urlencoded(entries);
        Stream::new(send(self.form_request(path, body, NDJSON, &headers)).await)
    }

    /// As [`enhanced`](Browser::enhanced), with the versions of the values that the client holds.
    pub async fn enhanced_holding(
        &self,
        path: &str,
        entries: &Entries,
        on_screen: &[(String, String)],
    ) -> Stream {
        let named = on_screen.iter().map(|(key, version)| format!("{};{version}", encoded(key)));
        let named: Vec<String> = named.collect();
        let headers = [("formwork-queries", &*named.join(","))];
        let body = form::urlencoded(entries);
        Stream::new(send(self.form_request(path, body, NDJSON, &headers)).await)
    }

    /// Reads queries as the client does.
    pub async fn read(&self, keys: &[&str]) -> Stream {
        self.read_on("/_formwork/nowhere", keys).await
    }

    /// As [`read`](Browser::read), for this page.
    pub async fn read_on(&self, page: &str, keys: &[&str]) -> Stream {
        let keys: Vec<String> = keys.iter().map(|key| format!("&k={}", encoded(key))).collect();
        let path = format!("/_formwork/query?p={}{}", encoded(page), keys.concat());
        Stream::new(send(self.request(Method::GET, &path)).await)
    }

    /// Follows queries, of which the client may hold a version.
    pub async fn follow(&self, keys: &[(&str, Option<&str>)]) -> Events {
        self.follow_on("/_formwork/nowhere", keys).await
    }

    /// As [`follow`](Browser::follow), for this page.
    pub async fn follow_on(&self, page: &str, keys: &[(&str, Option<&str>)]) -> Events {
        let named = keys.iter().map(|(key, held)| {
            let held = held.map(|held| format!(";{held}")).unwrap_or_default();
            format!("&k={}{held}", encoded(key))
        });
        let named: Vec<String> = named.collect();
        let path = format!("/_formwork/live?p={}{}", encoded(page), named.concat());
        Events::new(send(self.request(Method::GET, &path)).await)
    }

    /// Reads what a page would read, as the client does before it goes there.
    pub async fn data_of(&self, path: &str, on_screen: &[(String, String)]) -> Stream {
        let named = on_screen.iter().map(|(key, version)| format!("{};{version}", encoded(key)));
        let named: Vec<String> = named.collect();
        let request = self.request(Method::GET, path).header("accept", NDJSON);
        Stream::new(send(request.header("formwork-queries", named.join(","))).await)
    }

    fn form_request(
        &self,
        path: &str,
        body: String,
        accept: &str,
        headers: &[(&'static str, &str)],
    ) -> RequestBuilder {
        let mut all = HeaderMap::new();
        let own = [
            ("accept", accept),
            ("origin", &self.origin),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        for (name, value) in own.iter().chain(headers) {
            all.insert(*name, HeaderValue::from_str(value).expect("a header value"));
        }
        let request = self.request(Method::POST, path).body(body);
        request.headers(all)
    }
}

/// The key of a query without arguments or with these, as JSON.
pub fn key<Q: formwork::Query>(query: Q) -> String {
    query.key().as_str().to_owned()
}

async fn send(request: RequestBuilder) -> reqwest::Response {
    request.send().await.expect("an answer")
}

/// Everything but letters and digits percent-encoded, which every decoder reads back.
fn encoded(text: &str) -> String {
    let encode = |byte: u8| {
        if byte.is_ascii_alphanumeric() {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(encode).collect()
}
