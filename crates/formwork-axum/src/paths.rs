//! `revalidate_path`: which pages a path names, as tags that these pages have.
//!
//! | named | pages |
//! |---|---|
//! | `/tickets/7` | this one, whatever its query string |
//! | `/tickets/*` | every page below `/tickets/`; `/*` is all |
//! | `/tickets/{id}` | every page of the route of this pattern |
//!
//! A page has a tag for each way to name it, so that naming a thousand pages costs as much as
//! naming one.

use axum::extract::MatchedPath;
use formwork_core::wire;
use http::{Uri, header, request::Parts};

use crate::effects;

/// No tag of an application begins with it.
pub(crate) const MARK: char = '\u{1}';

/// The tag that stands for the pages of this path.
pub(crate) fn tag(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = if path.contains('{') { pattern(path) } else { effects::encoded(path) };
    format!("{MARK}{path}")
}

/// Every tag that the page of this request has because of where it is. A read of queries is for the
/// page that asks; a header that says it wrongly only makes the reader wait for fresh data.
pub(crate) fn tags(parts: &Parts) -> Vec<String> {
    let read_for = (parts.uri.path() == wire::QUERY_PATH).then(|| referer(parts)).flatten();
    let path = read_for.as_ref().unwrap_or(&parts.uri).path();
    let mut tags = vec![format!("{MARK}{path}")];
    let below = path.match_indices('/').map(|(at, _)| format!("{MARK}{}/*", &path[..at]));
    tags.extend(below);
    if let Some(matched) = parts.extensions.get::<MatchedPath>()
        && matched.as_str().contains('{')
    {
        tags.push(format!("{MARK}{}", pattern(matched.as_str())));
    }
    tags
}

/// The page that a request comes from.
fn referer(parts: &Parts) -> Option<Uri> {
    parts.headers.get(header::REFERER)?.to_str().ok()?.parse().ok()
}

/// A route's pattern without the names of its parameters: `/tickets/{}`, `/files/{*}`.
fn pattern(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        plain.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        plain.push_str(if name.starts_with('*') { "{*}" } else { "{}" });
        rest = after;
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(named: &str, path: &str, expect: bool) {
        let parts = http::Request::get(path).body(()).unwrap().into_parts().0;
        assert_eq!(tags(&parts).contains(&tag(named)), expect, "{named} names {path}");
    }

    #[test]
    fn exact_paths_and_everything_below() {
        check("/tickets/7", "/tickets/7?x=1", true);
        check("/tickets/7?y=2#z", "/tickets/7?x=1", true);
        check("/tickets/7", "/tickets/70", false);
        check("/tickets/*", "/tickets/7", true);
        check("/tickets/*", "/tickets/7/history", true);
        check("/tickets/*", "/tickets", false);
        check("/ticket*", "/tickets", false);
        check("/*", "/", true);
        check("/*", "/a/b", true);
        check("/über", "/%C3%BCber", true);
    }

    #[test]
    fn a_read_of_queries_is_for_the_page_that_asks() {
        let request = http::Request::get("/_formwork/query?k=x");
        let request = request.header("referer", "http://desk.example/tickets/7?x=1");
        let parts = request.body(()).unwrap().into_parts().0;
        assert!(tags(&parts).contains(&tag("/tickets/7")));
        check("/_formwork/query", "/_formwork/query?k=x", true);
    }

    #[test]
    fn a_pattern_has_no_names() {
        assert_eq!(tag("/tickets/{id}/files/{*path}"), "\u{1}/tickets/{}/files/{*}");
        assert_eq!(tag("/tickets/{ticket_id}"), tag("/tickets/{id}"));
    }
}
