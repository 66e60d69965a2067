//! Somebody who visits an application: a browser with its cookies.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{body::Body, response::Response};
use cookie_store::{CookieStore, RawCookie};
use formwork_core::wire;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, header};
use url::{Position, Url};

use crate::{
    App, Page, Way,
    app::is_redirect,
    send::{Encoded, stream},
};

/// A visitor's browser, in process; clones share its cookies.
#[derive(Clone)]
pub struct Visitor {
    pub(crate) app: App,
    pub(crate) way: Way,
    jar: Arc<Mutex<CookieStore>>,
    headers: HeaderMap,
}

/// What browsers accept when they load a document.
const DOCUMENT: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// As many redirects as browsers follow.
const MOST_REDIRECTS: usize = 20;

/// What has come, its body unread.
pub(crate) struct Answer {
    pub(crate) url: Url,
    pub(crate) response: Response,
}

impl Visitor {
    pub(crate) fn new(app: App, way: Way) -> Self {
        Visitor { app, way, jar: Arc::default(), headers: HeaderMap::new() }
    }

    /// With a header in every request: `with_header("accept-language", "de")`.
    ///
    /// # Panics
    /// If it can't stand in a request.
    #[track_caller]
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>())
        else {
            panic!("{name:?}: {value:?} can't be a header");
        };
        self.headers.insert(name, value);
        self
    }

    /// With a cookie, as if the application had set it for all of its pages.
    ///
    /// # Panics
    /// If it can't be a cookie.
    #[track_caller]
    #[must_use]
    pub fn with_cookie(self, name: &str, value: &str) -> Self {
        let line = format!("{name}={value}; Path=/");
        if let Err(error) = self.jar().parse(&line, self.app.origin()) {
            panic!("{line:?} can't be a cookie: {error}");
        }
        self
    }

    /// Loses all cookies, as if a session had ended meanwhile.
    pub fn forget_cookies(&self) {
        self.jar().clear();
    }

    /// The value of a cookie that this visitor has now, for whichever path.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let jar = self.jar();
        let mut all = jar.iter_unexpired();
        all.find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
    }

    /// Opens a page of this application, `/tickets/1?x=2`, and follows where it sends its visitor.
    ///
    /// # Panics
    /// If this is no path of the application.
    #[track_caller]
    pub fn open(&self, path: &str) -> impl Future<Output = Page> + Send + use<> {
        let url = self.app.origin().join(path);
        let Some(url) = url.ok().filter(|url| url.origin() == self.app.origin().origin()) else {
            panic!("{path:?} is no path of this application: write `/tickets`");
        };
        let visitor = self.clone();
        async move {
            let page = visitor.get(url, |_| {}).await;
            visitor.way.saw(format!("opened {}", page.path()), &page);
            page
        }
    }

    /// Loads a document; `with` may put into its request what no header says.
    pub(crate) async fn get(&self, url: Url, with: impl FnOnce(&mut Request<Body>)) -> Page {
        let mut request = self.request(Method::GET, &url, Body::empty());
        with(&mut request);
        let answer = self.send(url, request).await;
        self.land(answer).await
    }

    /// Sends a form as a browser without JavaScript. The answer is not followed.
    pub(crate) async fn post(&self, from: &Url, to: &Url, body: &Encoded) -> Answer {
        self.send(to.clone(), self.form(from, to, body, &[(header::ACCEPT, DOCUMENT)])).await
    }

    /// Sends it so twice at once: by the time that the second one leaves, nothing has come of the first.
    pub(crate) async fn post_twice(&self, from: &Url, to: &Url, body: &Encoded) -> [Answer; 2] {
        let request = || self.form(from, to, body, &[(header::ACCEPT, DOCUMENT)]);
        let (first, second) = (request(), request());
        [self.send(to.clone(), first).await, self.send(to.clone(), second).await]
    }

    /// Sends a form as the hydrated page does, with these queries on screen.
    pub(crate) async fn fetch(
        &self,
        from: &Url,
        to: &Url,
        body: &Encoded,
        queries: &str,
    ) -> Response {
        let mut headers = vec![(header::ACCEPT, wire::NDJSON)];
        if !queries.is_empty() {
            headers.push((HeaderName::from_static(wire::QUERIES_HEADER), queries));
        }
        self.send(to.clone(), self.form(from, to, body, &headers)).await.response
    }

    /// Asks for data, as a client does.
    pub(crate) async fn read(&self, url: Url) -> Response {
        let request = self.request(Method::GET, &url, Body::empty());
        self.send(url, request).await.response
    }

    fn form(
        &self,
        from: &Url,
        to: &Url,
        body: &Encoded,
        headers: &[(HeaderName, &str)],
    ) -> Request<Body> {
        let mut request = self.request(Method::POST, to, Body::from(body.bytes.clone()));
        let origin = from.origin().ascii_serialization();
        let own = [
            (header::CONTENT_TYPE, body.content_type),
            (header::ORIGIN, &origin),
            (header::REFERER, from.as_str()),
            (SEC_FETCH_SITE, "same-origin"),
        ];
        for (name, value) in own.iter().chain(headers) {
            let value = HeaderValue::from_str(value).expect("an address is visible ASCII");
            request.headers_mut().insert(name, value);
        }
        request
    }

    /// The page that an answer leads to.
    pub(crate) async fn land(&self, mut answer: Answer) -> Page {
        for _ in 0..MOST_REDIRECTS {
            let Some(to) = answer.location() else { return self.page(answer).await };
            if to.origin() != self.app.origin().origin() {
                return Page::elsewhere(self.clone(), to);
            }
            let request = self.request(Method::GET, &to, Body::empty());
            answer = self.send(to, request).await;
        }
        panic!("{} sends its visitor round and round", answer.url);
    }

    async fn page(&self, answer: Answer) -> Page {
        let Answer { url, response } = answer;
        let (parts, body) = response.into_parts();
        Page::new(self.clone(), url, parts, stream::body(body).await)
    }

    fn request(&self, method: Method, url: &Url, body: Body) -> Request<Body> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        let path = &url[Position::BeforePath..Position::AfterQuery];
        *request.uri_mut() = path.parse().expect("the path of an address is one of a request");
        let headers = request.headers_mut();
        headers.insert(header::ACCEPT, HeaderValue::from_static(DOCUMENT));
        headers.insert(SEC_FETCH_SITE, HeaderValue::from_static("none"));
        headers.extend(self.headers.clone());
        let jar = self.jar();
        let cookies = jar.get_request_values(url).map(|(name, value)| format!("{name}={value}"));
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        if let Ok(cookies) = HeaderValue::from_str(&cookies)
            && !cookies.is_empty()
        {
            headers.append(header::COOKIE, cookies);
        }
        request
    }

    async fn send(&self, url: Url, request: Request<Body>) -> Answer {
        let response = self.app.answer(request).await;
        let lines = response.headers().get_all(header::SET_COOKIE).iter();
        let lines = lines.filter_map(|line| RawCookie::parse(line.to_str().ok()?.to_owned()).ok());
        self.jar().store_response_cookies(lines, &url);
        Answer { url, response }
    }

    fn jar(&self) -> MutexGuard<'_, CookieStore> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Answer {
    pub(crate) fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// Where it sends the browser.
    pub(crate) fn location(&self) -> Option<Url> {
        if !is_redirect(self.status()) {
            return None;
        }
        let to = self.response.headers().get(header::LOCATION)?.to_str().ok()?;
        self.url.join(to).ok()
    }
}
