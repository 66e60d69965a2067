//! A document as it came, and what a visitor finds in it.

use formwork::http::{HeaderMap, header};
use reqwest::{Response, Url};
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

use super::{Browser, form::FormOnPage};

/// A page that a server answered with.
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
    pub(super) browser: Browser,
    /// Path and query string.
    pub(super) path: String,
}

impl Page {
    pub(super) async fn read(browser: Browser, path: &str, response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let html = response.bytes().await.expect("a whole body");
        let html = String::from_utf8(html.to_vec()).expect("UTF-8");
        Page { status, headers, html, browser, path: path.to_owned() }
    }

    /// Goes where the server sent the visitor.
    pub async fn follow(self) -> Page {
        self.browser.get(&self.location()).await
    }

    /// The path that the server sent the visitor to.
    #[track_caller]
    pub fn location(&self) -> String {
        assert_eq!(self.status, 303, "{}", self.html);
        let location = self.header(header::LOCATION.as_str()).expect("a location");
        let here = Url::parse("http://here.example").expect("a URL");
        let to = here.join(&location).expect("a URL");
        assert_eq!(to.origin(), here.origin(), "{location} is another site");
        location
    }

    pub fn header(&self, name: &str) -> Option<String> {
        Some(self.headers.get(name)?.to_str().expect("text").to_owned())
    }

    /// A form of this page, filled in as the page came.
    #[track_caller]
    pub fn form(&self, selector: &str) -> FormOnPage<'_> {
        FormOnPage::new(self, selector)
    }

    pub fn has(&self, selector: &str) -> bool {
        self.find(selector, |_| ()).is_some()
    }

    /// The text of an element.
    #[track_caller]
    pub fn text(&self, selector: &str) -> String {
        let text = self.find(selector, |element| element.text().collect::<String>());
        text.unwrap_or_else(|| panic!("no {selector} in {}", self.html)).trim().to_owned()
    }

    /// The texts of all elements like this.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let all = self.document();
        all.select(&parsed(selector)).map(|element| element.text().collect()).collect()
    }

    #[track_caller]
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let found = self.find(selector, |element| element.attr(name).map(str::to_owned));
        found.unwrap_or_else(|| panic!("no {selector} in {}", self.html))
    }

    /// The values of an attribute of all elements like this.
    pub fn attributes(&self, selector: &str, name: &str) -> Vec<Option<String>> {
        let all = self.document();
        all.select(&parsed(selector)).map(|found| found.attr(name).map(str::to_owned)).collect()
    }

    /// The page's data block.
    #[track_caller]
    pub fn data(&self) -> Value {
        let text = self.text("script#__formwork");
        serde_json::from_str(&text).expect("JSON")
    }

    /// A whole document, in the application's own words, that says this.
    #[track_caller]
    pub fn refuses(&self, status: u16, sentence: &str) {
        let page = format!("{} {:?}\n{}", self.status, self.headers, self.html);
        assert_eq!(self.status, status, "{page}");
        let kind = self.header("content-type").unwrap_or_default();
        assert!(kind.starts_with("text/html"), "{page}");
        assert!(self.html.starts_with("<!DOCTYPE html>"), "{page}");
        assert!(self.html.contains("</body></html>"), "{page}");
        assert!(self.shown().contains(sentence), "{sentence:?} is missing in {page}");
    }

    /// All text that a visitor can read.
    fn shown(&self) -> String {
        let shown = |element: ElementRef<'_>| {
            let texts = element.descendants().filter(|node| {
                let parent =
                    node.parent().and_then(|parent| Some(parent.value().as_element()?.name()));
                parent != Some("script")
            });
            texts.filter_map(|node| Some(node.value().as_text()?.to_string())).collect()
        };
        self.find("body", shown).unwrap_or_default()
    }

    pub(super) fn document(&self) -> Html {
        Html::parse_document(&self.html)
    }

    fn find<T>(&self, selector: &str, what: impl FnOnce(ElementRef<'_>) -> T) -> Option<T> {
        self.document().select(&parsed(selector)).next().map(what)
    }
}

#[track_caller]
pub(super) fn parsed(selector: &str) -> Selector {
    Selector::parse(selector).unwrap_or_else(|error| panic!("{selector}: {error}"))
}
