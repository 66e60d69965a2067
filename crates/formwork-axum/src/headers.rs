//! The headers that keep a browser on the safe side; each can be changed, and a response that sets
//! one itself keeps it.
//!
//! 1. Pages have a content security policy with a nonce that is new in every response; the inline
//!    scripts of Leptos and of `<ClientScripts>` carry it, and no other inline script runs.
//! 2. No page is framed (`X-Frame-Options`, and `frame-ancestors` in the policy).
//! 3. A response is what its type says (`X-Content-Type-Options: nosniff`).
//! 4. Other sites learn the origin of a visitor's last page, never its path (`Referrer-Policy`).

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{config::Config, failure};

/// Where the nonce stands in the `content-security-policy` setting.
pub(crate) const NONCE: &str = "{nonce}";

/// A nonce for the inline scripts of one response: 128 random bits.
pub(crate) fn nonce() -> String {
    failure::random_hex::<16>()
}

/// Adds a page's content security policy.
pub(crate) fn policy(headers: &mut HeaderMap, config: &Config, nonce: &str) {
    let policy = config.content_security_policy.replace(NONCE, nonce);
    set(headers, header::CONTENT_SECURITY_POLICY, &policy);
}

/// The policy of pages under `cargo leptos watch`: Leptos' `<AutoReload>` listens at another port for what
/// was built. `ws:` stands for `wss:`, too (CSP 3, "scheme-part match").
pub(crate) fn with_reload(policy: &str, port: u32) -> String {
    let listens = format!("connect-src ws://*:{port}");
    match policy.split_once("connect-src") {
        _ if policy.is_empty() => String::new(),
        Some((before, after)) => format!("{before}{listens}{after}"),
        None => format!("{policy}; {listens} 'self'"),
    }
}

/// Adds what every response has.
pub(crate) fn general(headers: &mut HeaderMap, config: &Config) {
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, &config.referrer_policy);
    set(headers, header::X_FRAME_OPTIONS, &config.frame_options);
}

/// What sets a cookie is no answer for others, whatever the page says: caches between server and browser
/// may keep both (RFC 9111 §7.3), and would hand one visitor's session to the next.
pub(crate) fn keep_cookies_private(headers: &mut HeaderMap) {
    let said = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok());
    let is_public = said.is_some_and(|said| said.contains("public") || said.contains("s-maxage"));
    if is_public && headers.contains_key(header::SET_COOKIE) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
        for name in TAG_HEADERS {
            headers.remove(name);
        }
    }
}

/// Where caches are told a page's tags.
pub(crate) const TAG_HEADERS: [&str; 2] = ["cache-tag", "surrogate-key"];

/// An empty setting leaves the header out.
fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if value.is_empty() || headers.contains_key(&name) {
        return;
    }
    match HeaderValue::from_str(value) {
        Ok(value) => {
            headers.insert(name, value);
        }
        Err(_) => tracing::error!(%name, value, "this setting can't be sent as a header"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c5_what_sets_a_cookie_is_for_no_shared_cache() {
        let answer = |cookie: bool, control: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(control));
            headers.insert("cache-tag", HeaderValue::from_static("posts"));
            if cookie {
                headers.insert(header::SET_COOKIE, HeaderValue::from_static("session=ann"));
            }
            keep_cookies_private(&mut headers);
            let control = headers[header::CACHE_CONTROL].to_str().unwrap().to_owned();
            (control, headers.contains_key("cache-tag"))
        };
        let public = "public, max-age=0, s-maxage=60";
        assert_eq!(answer(true, public), ("private, no-cache".to_owned(), false));
        assert_eq!(answer(false, public), (public.to_owned(), true));
        assert_eq!(answer(true, "no-store"), ("no-store".to_owned(), true));
    }

    #[test]
    fn under_watch_a_page_may_listen_for_what_was_built() {
        for (policy, expected) in [
            ("default-src 'self'", "default-src 'self'; connect-src ws://*:3001 'self'"),
            ("connect-src 'self'; img-src *", "connect-src ws://*:3001 'self'; img-src *"),
            ("", ""),
        ] {
            assert_eq!(with_reload(policy, 3001), expected);
        }
    }

    #[test]
    fn a_header_that_is_there_stays_and_an_empty_setting_adds_none() {
        let mut headers = HeaderMap::new();
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        let config = Config { referrer_policy: String::new(), ..Config::default() };
        general(&mut headers, &config);
        policy(&mut headers, &config, "abc");
        assert_eq!(headers[header::X_FRAME_OPTIONS], "SAMEORIGIN");
        assert!(!headers.contains_key(header::REFERRER_POLICY));
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("'nonce-abc'") && !policy.contains(NONCE), "{policy}");
    }
}
