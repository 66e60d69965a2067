//! A form as a visitor fills it in and sends it: the entry list of the HTML standard (§4.10.22.4).

use formwork::Action;
use reqwest::Url;
use scraper::ElementRef;

use super::{Page, Stream, page::parsed};

/// Names and values, in order.
pub type Entries = Vec<(String, String)>;

/// A form of a page.
#[derive(Clone)]
pub struct FormOnPage<'page> {
    page: &'page Page,
    pub entries: Entries,
    selector: String,
}

impl<'page> FormOnPage<'page> {
    #[track_caller]
    pub(super) fn new(page: &'page Page, selector: &str) -> Self {
        let document = page.document();
        let form = document.select(&parsed(selector)).next();
        let form = form.unwrap_or_else(|| panic!("no {selector} in {}", page.html));
        assert_eq!(form.attr("method"), Some("post"));
        assert_eq!(form.attr("action"), None, "it posts to the page's own URL");
        let controls = parsed("input, select, textarea");
        let entries = form.select(&controls).filter_map(entry).collect();
        FormOnPage { page, entries, selector: selector.to_owned() }
    }

    /// Types into a field, or chooses.
    #[track_caller]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        let field = self.entries.iter_mut().find(|(n, _)| n == name);
        field.unwrap_or_else(|| panic!("the form has no {name}")).1 = value.to_owned();
        self
    }

    /// Ticks a box.
    pub fn tick(mut self, name: &str) -> Self {
        self.entries.push((name.to_owned(), "on".to_owned()));
        self
    }

    /// As a page from before this field, or after it.
    pub fn without(mut self, name: &str) -> Self {
        self.entries.retain(|(n, _)| n != name);
        self
    }

    /// Presses this button: its name and value are sent last.
    #[track_caller]
    pub fn press(mut self, button: &str) -> Self {
        let selector = format!("{} {button}", self.selector);
        let attribute = |name| self.page.attribute(&selector, name);
        if let Some(name) = attribute("name") {
            let value = attribute("value").unwrap_or_default();
            self.entries.push((name, value));
        }
        self
    }

    /// The value that a field has now.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.entries.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Sends it as a browser without JavaScript. A success is not followed.
    pub async fn submit(self) -> Page {
        self.submit_with(&[]).await
    }

    /// As [`submit`](FormOnPage::submit), with headers in place of the browser's own.
    pub async fn submit_with(self, headers: &[(&'static str, &str)]) -> Page {
        self.page.browser.post_with(&self.page.path, &self.entries, headers).await
    }

    /// Sends it as a form with `enctype="multipart/form-data"`.
    pub async fn submit_multipart(self) -> Page {
        self.page.browser.post_multipart(&self.page.path, &self.entries).await
    }

    /// Sends it in both gears: each answer has the status and the sentence. The native one is
    /// returned.
    pub async fn refused(self, status: u16, sentence: &str) -> Page {
        let mut enhanced = self.clone().enhanced(&[]).await;
        let outcome = enhanced.outcome().await;
        let message = outcome["error"]["message"].as_str().unwrap_or_default();
        assert_eq!((enhanced.status, &outcome["status"]), (status, &status.into()), "{message}");
        assert!(message.contains(sentence), "{message}");
        let page = self.submit().await;
        page.refuses(status, sentence);
        let waits = enhanced.headers.contains_key("retry-after");
        assert_eq!(page.headers.contains_key("retry-after"), waits);
        page
    }

    /// As [`enhanced`](FormOnPage::enhanced), with whatever its action reports.
    pub async fn watched(self, on_screen: &[&str]) -> Stream {
        self.page.browser.watched(&self.page.path, &self.entries, on_screen).await
    }

    /// Sends it as the hydrated page would, with these queries on screen.
    pub async fn enhanced(self, on_screen: &[&str]) -> Stream {
        self.page.browser.enhanced(&self.page.path, &self.entries, on_screen).await
    }
}

/// The hidden fields of an action's form, for a post without a page.
pub fn hidden<A: Action>(_: A) -> Entries {
    let shape = A::SHAPE.to_string();
    let fields = [("_action", A::ID), ("_shape", &shape), ("_submission", "made-up")];
    fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

/// The same with what a visitor has entered in one field.
pub fn hidden_with<A: Action>(action: A, name: &str, value: &str) -> Entries {
    let mut entries = hidden(action);
    entries.push((name.to_owned(), value.to_owned()));
    entries
}

/// `application/x-www-form-urlencoded`, line breaks as `\r\n`.
pub fn urlencoded(entries: &Entries) -> String {
    let mut url = Url::parse("http://here.example").expect("a URL");
    let lines = entries.iter().map(|(n, v)| (n, v.replace("\r\n", "\n").replace('\n', "\r\n")));
    url.query_pairs_mut().extend_pairs(lines);
    url.query().unwrap_or_default().to_owned()
}

/// `multipart/form-data`.
pub fn multipart(entries: &Entries, boundary: &str) -> String {
    let part = |(name, value): &(String, String)| {
        format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    };
    let parts: String = entries.iter().map(part).collect();
    format!("{parts}--{boundary}--\r\n")
}

/// What a control adds to the entry list.
fn entry(control: ElementRef<'_>) -> Option<(String, String)> {
    let name = control.attr("name").filter(|name| !name.is_empty())?;
    let attribute = |name| control.attr(name).map(str::to_owned);
    let value = match (control.value().name(), control.attr("type")) {
        ("input", Some("checkbox" | "radio")) => {
            control.attr("checked")?;
            attribute("value").unwrap_or_else(|| "on".to_owned())
        }
        ("input", _) => attribute("value").unwrap_or_default(),
        ("select", _) => {
            let options = parsed("option");
            let chosen = control.select(&options).find(|option| option.attr("selected").is_some());
            let option = chosen.or_else(|| control.select(&options).next())?;
            option.attr("value").unwrap_or_default().to_owned()
        }
        _ => control.text().collect(),
    };
    Some((name.to_owned(), value))
}
