//! What an action does besides returning a value, recorded as a set and applied once.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use cookie::Cookie;
use formwork_core::ActionError;
use http::{HeaderValue, Uri, uri::Authority};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::{paths, store::Invalidation};

/// The effects of one run; an error drops them all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effects {
    /// What was read before and must be read again.
    pub(crate) stale: Stale,
    /// Whether every query on the page is read again, whatever its tags.
    pub(crate) refresh: bool,
    /// Where to go next.
    pub(crate) redirect: Option<String>,
    /// Whether that may be another site.
    pub(crate) leaves: bool,
    /// Cookies set or removed, in order.
    pub(crate) cookies: Vec<Cookie<'static>>,
}

/// Tags and paths that are invalidated together, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stale {
    /// Nothing from before is served any more.
    updated: BTreeSet<String>,
    /// It may be served for so long while it is read anew.
    revalidated: BTreeMap<String, Duration>,
}

impl Stale {
    /// The tags, in order; a path is one of its own.
    pub(crate) fn tags(&self) -> impl Iterator<Item = &str> {
        self.updated.iter().chain(self.revalidated.keys()).map(String::as_str)
    }

    pub(crate) fn update_tag(&mut self, tag: impl Into<String>) {
        self.updated.insert(tag.into());
    }

    pub(crate) fn revalidate_tag(&mut self, tag: impl Into<String>, life: Duration) {
        let before = self.revalidated.entry(tag.into()).or_insert(life);
        *before = life.min(*before);
    }

    pub(crate) fn revalidate_path(&mut self, path: &str) {
        self.updated.extend([paths::tag(path), paths::ANY.to_owned()]);
    }

    /// What a store is told.
    pub(crate) fn invalidation(&self) -> Invalidation {
        let stale = self.revalidated.iter().filter(|(tag, _)| !self.updated.contains(*tag));
        Invalidation {
            everything: false,
            updated: self.updated.iter().cloned().collect(),
            stale: stale.map(|(tag, life)| (tag.clone(), *life)).collect(),
        }
    }

    /// For how long somebody may be served what was before; `None` if nobody is.
    pub(crate) fn served_for(&self) -> Option<Duration> {
        let served = self.revalidated.iter().filter(|(tag, _)| !self.updated.contains(*tag));
        served.map(|(_, life)| *life).max().filter(|life| !life.is_zero())
    }

    fn has(&self, tag: &str) -> bool {
        self.updated.contains(tag) || self.revalidated.contains_key(tag)
    }
}

/// A tag as a CDN may know it; one with spaces or commas can't be among others.
pub(crate) fn name_of_tag(tag: &str) -> Option<String> {
    let name = tag.strip_prefix(paths::MARK).map(|path| format!("path:{path}"));
    let name = name.unwrap_or_else(|| tag.to_owned());
    name.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',').then_some(name)
}

impl Effects {
    /// Whether any of these tags was invalidated, or everything on the page is read again.
    pub(crate) fn touch<T: AsRef<str>>(&self, tags: &[T]) -> bool {
        self.refresh || tags.iter().any(|tag| self.stale.has(tag.as_ref()))
    }

    /// Whether a page, or several, were invalidated with the queries on them.
    pub(crate) fn touch_a_path(&self) -> bool {
        // Only `revalidate_path` makes a tag of a path, and it updates.
        self.stale.updated.iter().any(|tag| tag.starts_with(paths::MARK))
    }

    /// Whether there is anything to read again.
    pub(crate) fn touch_anything(&self) -> bool {
        self.refresh || self.stale != Stale::default()
    }

    /// The redirect as a header value. Only paths of this application are accepted, unless the action
    /// has said that it leaves: a target that came from a query string must not send the visitor
    /// elsewhere.
    pub(crate) fn location(&self) -> Result<Option<HeaderValue>, ActionError> {
        let location = if self.leaves { elsewhere } else { location };
        self.redirect.as_deref().map(location).transpose()
    }
}

/// Everything that is not a visible ASCII character; a line break can't end the header.
const NOT_VISIBLE: &AsciiSet = &CONTROLS.add(b' ');

/// Whether a browser reads this as a path of the application, and not as another site: what a
/// `next` parameter may hold.
///
/// ```
/// use formwork_axum::is_local_path;
/// assert!(is_local_path("/tickets?open=1"));
/// assert!(!is_local_path("//evil.example") && !is_local_path("https://evil.example"));
/// ```
pub fn is_local_path(path: &str) -> bool {
    let mut chars = path.chars();
    // Browsers drop tabs and line breaks from an address: "/\t/evil" would become "//evil".
    chars.next() == Some('/')
        && !matches!(chars.next(), Some('/' | '\\'))
        && !path.contains(['\t', '\n', '\r'])
}

/// A path of this application as a `Location`.
pub(crate) fn location(to: &str) -> Result<HeaderValue, ActionError> {
    if !is_local_path(to) {
        return Err(ActionError::internal(format!(
            "refused to redirect to {to:?}: only paths of this application are allowed, such as \"/tickets\"; \
             if it is meant to leave the application, say so with `redirect_external`"
        )));
    }
    Ok(visible(to))
}

/// An address of another site as a `Location`: what every browser reads as the same one.
fn elsewhere(to: &str) -> Result<HeaderValue, ActionError> {
    let uri = to.parse::<Uri>().ok().filter(|uri| {
        let host = uri.authority().map(Authority::as_str).unwrap_or_default();
        matches!(uri.scheme_str(), Some("http" | "https"))
            && !host.is_empty()
            && !host.contains('@')
    });
    let sound = to.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let location = uri.filter(|_| sound).and(HeaderValue::from_str(to).ok());
    location.ok_or_else(|| {
        ActionError::internal(format!(
            "refused to redirect to {to:?}: write the whole address, such as \"https://pay.example/start\", \
             without a user's name, and percent-encoded"
        ))
    })
}

/// An address as a header value, whatever is in it.
pub(crate) fn visible(to: &str) -> HeaderValue {
    HeaderValue::from_str(&encoded(to)).expect("only visible ASCII is left")
}

/// An address as it travels.
pub(crate) fn encoded(to: &str) -> String {
    utf8_percent_encode(to, NOT_VISIBLE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_application() {
        for good in ["/", "/tickets/7?x=1#c2", "/überblick"] {
            assert!(location(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "tickets",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil",
            "/a\r\nSet-Cookie: x=1",
        ] {
            assert!(location(bad).is_err(), "{bad:?}");
        }
        assert_eq!(location("/ü b").unwrap(), "/%C3%BC%20b");
    }

    #[test]
    fn a_tag_touches_its_queries_and_refresh_touches_all() {
        let tags = ["tickets".to_owned(), "ticket:7".to_owned()];
        let mut effects = Effects::default();
        assert!(!effects.touch(&tags));
        effects.stale.update_tag("ticket:7");
        assert!(effects.touch(&tags));
        assert!(!effects.touch(&["posts".to_owned()]));
        effects.refresh = true;
        assert!(effects.touch::<&str>(&[]));
    }

    #[test]
    fn what_is_named_twice_is_invalidated_once() {
        let mut stale = Stale::default();
        let (minute, hour) = (Duration::from_secs(60), Duration::from_secs(3600));
        stale.revalidate_tag("a", hour);
        stale.revalidate_tag("a", minute);
        stale.revalidate_tag("b", minute);
        stale.update_tag("b");
        stale.update_tag("b");
        stale.revalidate_path("/x?y");
        stale.revalidate_path("/x");
        let expect = Invalidation {
            everything: false,
            updated: vec![paths::ANY.to_owned(), paths::tag("/x"), "b".to_owned()],
            stale: vec![("a".to_owned(), minute)],
        };
        assert_eq!(stale.invalidation(), expect);
    }
}
