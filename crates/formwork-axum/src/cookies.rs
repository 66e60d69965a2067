//! Reading cookies from a request, and laying an action's cookies over it.

use cookie::Cookie;
use http::{HeaderMap, HeaderValue, header};

/// The value of one cookie; malformed ones are skipped, as browsers' servers do (RFC 6265 §5).
pub(crate) fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    all(headers).find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// The request's cookies as they will be once the browser has applied these.
pub(crate) fn overlay(headers: &mut HeaderMap, changes: &[Cookie<'static>]) {
    if changes.is_empty() {
        return;
    }
    let mut kept: Vec<(String, String)> = all(headers)
        .filter(|cookie| changes.iter().all(|change| change.name() != cookie.name()))
        .map(|cookie| (cookie.name().to_owned(), cookie.value().to_owned()))
        .collect();
    for (at, change) in changes.iter().enumerate() {
        let replaced = changes[at + 1..].iter().any(|later| later.name() == change.name());
        let removed = change.max_age().is_some_and(|age| age.whole_seconds() <= 0);
        if !replaced && !removed {
            kept.push((change.name().to_owned(), change.value().to_owned()));
        }
    }
    let empty = kept.is_empty();
    let line = kept
        .into_iter()
        .map(|(n, v)| Cookie::new(n, v).encoded().stripped().to_string())
        .collect::<Vec<_>>()
        .join("; ");
    headers.remove(header::COOKIE);
    if let (false, Ok(line)) = (empty, HeaderValue::from_str(&line)) {
        headers.insert(header::COOKIE, line);
    }
}

/// Adds each as a `Set-Cookie` of its own.
pub(crate) fn set(headers: &mut HeaderMap, cookies: &[Cookie<'static>]) {
    for cookie in cookies {
        match HeaderValue::from_str(&cookie.encoded().to_string()) {
            Ok(value) => {
                headers.append(header::SET_COOKIE, value);
            }
            Err(_) => tracing::error!(name = cookie.name(), "a cookie can't be sent as a header"),
        }
    }
}

fn all(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'static>> {
    let lines: Vec<String> = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .map(str::to_owned)
        .collect();
    lines
        .into_iter()
        .flat_map(|line| Cookie::split_parse_encoded(line).flatten().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(line: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, line.parse().unwrap());
        headers
    }

    #[test]
    fn a_cookie_among_malformed_ones_is_found() {
        assert_eq!(value(&request("junk; a=1; =x; b=2"), "b").as_deref(), Some("2"));
        assert_eq!(value(&request("a=1"), "b"), None);
    }

    #[test]
    fn later_changes_win_and_removals_remove() {
        let mut headers = request("keep=1; change=old; gone=1");
        let mut removal = Cookie::new("gone", "");
        removal.make_removal();
        overlay(&mut headers, &[Cookie::new("change", "a"), Cookie::new("change", "b"), removal]);
        assert_eq!(headers[header::COOKIE], "keep=1; change=b");
    }
}
