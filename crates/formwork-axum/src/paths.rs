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
use formwork_core::route;
use http::{Uri, request::Parts};
use percent_encoding::percent_decode_str;

use crate::effects;

/// No tag of an application begins with it.
pub(crate) const MARK: char = '\u{1}';

/// The tag that is invalidated with that of any page. What is kept is made of what is younger: it may be
/// read on that page, whichever it was made for.
pub(crate) const ANY: &str = "\u{1}";

/// The tag that stands for the pages of this path.
pub(crate) fn tag(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = if path.contains('{') { pattern(path) } else { effects::encoded(path) };
    format!("{MARK}{path}")
}

/// In a request for queries: the tags of the page that they are read for.
#[derive(Clone)]
struct ReadFor(Vec<String>);

/// Notes for which of the application's pages (their routes are these) queries are read: the client
/// says so, in `p` of the address. If it says so wrongly, it waits for fresher data than it needs.
pub(crate) fn note_page<P: AsRef<str>>(parts: &mut Parts, routes: &[P]) {
    let query = parts.uri.query().unwrap_or_default();
    let page = query.split('&').find_map(|pair| pair.strip_prefix("p="));
    let page =
        page.and_then(|page| percent_decode_str(page).decode_utf8().ok()?.parse::<Uri>().ok());
    if let Some(page) = page
        && let Some(route) = route::find(routes, page.path())
    {
        parts.extensions.insert(ReadFor(of(page.path(), Some(route.as_ref()))));
    }
}

/// Every tag that the page of this request has because of where it is.
pub(crate) fn tags(parts: &Parts) -> Vec<String> {
    if let Some(ReadFor(tags)) = parts.extensions.get() {
        return tags.clone();
    }
    let matched = parts.extensions.get::<MatchedPath>();
    of(parts.uri.path(), matched.map(MatchedPath::as_str))
}

/// The tags of the page at this path, of this route.
fn of(path: &str, route: Option<&str>) -> Vec<String> {
    let mut tags = vec![format!("{MARK}{path}")];
    let below = path.match_indices('/').map(|(at, _)| format!("{MARK}{}/*", &path[..at]));
    tags.extend(below);
    if let Some(route) = route.filter(|route| route.contains('{')) {
        tags.push(format!("{MARK}{}", pattern(route)));
    }
    tags
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
        let read = |address: &str| {
            let mut parts = http::Request::get(address).body(()).unwrap().into_parts().0;
            note_page(&mut parts, &["/tickets/{id}", "/tickets/new"]);
            tags(&parts)
        };
        let of_page = read("/_formwork/query?p=%2Ftickets%2F7%3Fx%3D1&k=x");
        for named in ["/tickets/7", "/tickets/*", "/*", "/tickets/{number}"] {
            assert!(of_page.contains(&tag(named)), "{named}");
        }
        assert!(!read("/_formwork/query?p=%2Ftickets%2Fnew").contains(&tag("/tickets/{id}")));
        // What is no page is as none: a path of ten thousand parts would have as many tags.
        for address in
            ["/_formwork/query?p=%2Fa%2Fb&k=x", "/_formwork/query?p=%FF", "/_formwork/query"]
        {
            assert_eq!(
                read(address),
                ["/_formwork/query", "/*", "/_formwork/*"].map(tag),
                "{address}"
            );
        }
    }

    #[test]
    fn a_pattern_has_no_names() {
        assert_eq!(tag("/tickets/{id}/files/{*path}"), "\u{1}/tickets/{}/files/{*}");
        assert_eq!(tag("/tickets/{ticket_id}"), tag("/tickets/{id}"));
    }
}
