//! What an action does besides returning a value, recorded as a set and applied once.

use std::collections::BTreeSet;

use cookie::Cookie;
use formwork_core::ActionError;
use http::HeaderValue;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The effects of one run; an error drops them all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effects {
    /// Tags whose queries must be read afresh.
    pub(crate) tags: BTreeSet<String>,
    /// Whether every query on the page is read again, whatever its tags.
    pub(crate) refresh: bool,
    /// Where to go next.
    pub(crate) redirect: Option<String>,
    /// Cookies set or removed, in order.
    pub(crate) cookies: Vec<Cookie<'static>>,
}

impl Effects {
    /// Whether a query with these tags must be read again.
    pub(crate) fn touch(&self, tags: &[String]) -> bool {
        self.refresh || tags.iter().any(|tag| self.tags.contains(tag))
    }

    /// The redirect as a header value. Only paths of this application are accepted: a target that
    /// came from a query string must not send the visitor elsewhere.
    pub(crate) fn location(&self) -> Result<Option<HeaderValue>, ActionError> {
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
            "refused to redirect to {to:?}: only paths of this application are allowed, such as \"/tickets\""
        )));
    }
    Ok(visible(to))
}

/// An address as a header value, whatever is in it.
pub(crate) fn visible(to: &str) -> HeaderValue {
    let encoded = utf8_percent_encode(to, NOT_VISIBLE).to_string();
    HeaderValue::from_str(&encoded).expect("only visible ASCII is left")
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
        effects.tags.insert("ticket:7".to_owned());
        assert!(effects.touch(&tags));
        assert!(!effects.touch(&["posts".to_owned()]));
        effects.refresh = true;
        assert!(effects.touch(&[]));
    }
}
