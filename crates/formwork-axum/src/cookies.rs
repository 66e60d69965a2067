//! Reading cookies from a request, and laying an action's cookies over it.

use cookie::Cookie;
use http::{HeaderMap, HeaderValue, header};

/// The value of one cookie; malformed ones are skipped, as browsers' servers do (RFC 6265 §5).
pub(crate) fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    all(headers).find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
}

/// A cookie as a browser will send it, or no longer; name and value as they travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    name: String,
    value: Option<String>,
}

/// What these cookies change in the browser for its requests to this path.
pub(crate) fn changes(cookies: &[Cookie<'static>], path: &str) -> Vec<Change> {
    let change = |cookie: &Cookie<'static>| {
        let pair = cookie.encoded().stripped().to_string();
        let (name, value) = pair.split_once('=').unwrap_or((&pair, ""));
        let value = (!is_removal(cookie)).then(|| value.to_owned());
        Change { name: name.to_owned(), value }
    };
    cookies.iter().filter(|cookie| counts_at(cookie, path)).map(change).collect()
}

/// What a response changes in the browser for its requests to this path (RFC 6265 §5.1.4, §5.3).
pub(crate) fn set_by(headers: &HeaderMap, path: &str) -> Vec<Change> {
    let lines = headers.get_all(header::SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    // Not decoded: who reads it is to get exactly what was set.
    let cookies = lines.filter_map(|line| Cookie::parse(line).ok());
    let cookies = cookies.filter(|cookie| counts_at(cookie, path));
    cookies
        .map(|cookie| Change {
            name: cookie.name().to_owned(),
            value: (!is_removal(&cookie)).then(|| cookie.value().to_owned()),
        })
        .collect()
}

fn is_removal(cookie: &Cookie<'_>) -> bool {
    match (cookie.max_age(), cookie.expires_datetime()) {
        (Some(age), _) => age.whole_seconds() <= 0,
        (None, Some(expires)) => expires <= cookie::time::OffsetDateTime::now_utc(),
        (None, None) => false,
    }
}

fn counts_at(cookie: &Cookie<'_>, path: &str) -> bool {
    cookie.path().is_none_or(|scope| covers(scope, path))
}

fn covers(scope: &str, path: &str) -> bool {
    let rest = path.strip_prefix(scope);
    rest.is_some_and(|rest| rest.is_empty() || scope.ends_with('/') || rest.starts_with('/'))
}

/// The request's cookies as they will be once the browser has applied these.
pub(crate) fn overlay(headers: &mut HeaderMap, changes: &[Change]) {
    if changes.is_empty() {
        return;
    }
    let mut kept: Vec<String> = Vec::new();
    for line in lines(headers) {
        let pairs = line.split(';').map(str::trim).filter(|pair| !pair.is_empty());
        kept.extend(pairs.map(str::to_owned));
    }
    for Change { name, value } in changes {
        kept.retain(|pair| pair.split('=').next().is_some_and(|n| n.trim() != name));
        kept.extend(value.as_ref().map(|value| format!("{name}={value}")));
    }
    headers.remove(header::COOKIE);
    if let (false, Ok(line)) = (kept.is_empty(), HeaderValue::from_str(&kept.join("; "))) {
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

/// The request's cookies as they came, several in a line.
pub(crate) fn lines(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok())
}

fn all(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'static>> {
    let lines: Vec<String> = lines(headers).map(str::to_owned).collect();
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
        let all = [Cookie::new("change", "a"), Cookie::new("change", "b; c"), removal];
        overlay(&mut headers, &changes(&all, "/"));
        assert_eq!(headers[header::COOKIE], "keep=1; change=b%3B%20c");
    }

    #[test]
    fn what_a_response_sets_counts_where_the_browser_would_send_it() {
        let mut answered = HeaderMap::new();
        for line in [
            "session=a.b=c%20; Path=/; HttpOnly",
            "old=1; Max-Age=0; Path=/",
            "older=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
            "elsewhere=1; Path=/admin",
            "below=1; Path=/tickets",
            "beside=1; Path=/tick",
        ] {
            answered.append(header::SET_COOKIE, line.parse().unwrap());
        }
        let mut headers = request("session=x; old=1; older=1; junk; stays=1");
        overlay(&mut headers, &set_by(&answered, "/tickets/7"));
        assert_eq!(headers[header::COOKIE], "junk; stays=1; session=a.b=c%20; below=1");
    }
}
