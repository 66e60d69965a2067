//! That visitors see what they have changed themselves, where others may be served what was before.
//!
//! `revalidate_tag` lets everyone have the old value for a while. Whoever caused it is given a cookie for
//! just as long, and each request that brings it waits for what is fresh: for the data that is asked for
//! again when a stream was cut, for the page that is shown after a redirect without JavaScript, for the one
//! that the visitor goes back to.
//!
//! Nothing is proved by it, and so it is not sealed: whoever makes it up waits where others need not, for a
//! computation that is one for all who ask.

use cookie::{Cookie, SameSite, time::Duration};
use http::HeaderMap;

use crate::{cookies::lines, effects::Stale, store::now_ms};

/// Its value says until when, in seconds since 1970.
const NAME: &str = "formwork-fresh";

/// The cookie for who has caused this, if others may be served what was before; no shorter than the one
/// that the request brought.
pub(crate) fn carry(stale: &Stale, headers: &HeaderMap, secure: bool) -> Option<Cookie<'static>> {
    let seconds = stale.served_for()?.as_millis().div_ceil(1_000);
    let now = now_ms() / 1_000;
    let until = now.saturating_add(u64::try_from(seconds).unwrap_or(u64::MAX));
    let before = crate::cookies::value(headers, NAME).and_then(|until| until.parse().ok());
    let until = until.max(before.unwrap_or_default());
    let mut cookie = Cookie::new(NAME, until.to_string());
    cookie.set_max_age(Duration::seconds(i64::try_from(until - now).unwrap_or(i64::MAX)));
    cookie.set_path("/");
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie.set_secure(secure);
    Some(cookie)
}

/// Whether the request is of a visitor who is not to be served what is stale.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    // Every read asks: nothing is decoded or kept.
    let pairs = lines(headers).flat_map(|line| line.split(';'));
    let mut names = pairs.filter_map(|pair| pair.split('=').next());
    names.any(|name| name.trim() == NAME)
}

#[cfg(test)]
mod tests {
    use http::header;

    use super::*;

    fn request(line: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, line.parse().unwrap());
        headers
    }

    fn stale(seconds: u64) -> Stale {
        let mut stale = Stale::default();
        stale.revalidate_tag("a", std::time::Duration::from_secs(seconds));
        stale
    }

    #[test]
    fn it_is_known_among_others() {
        for (line, expect) in [
            ("formwork-fresh=1", true),
            ("a=1; formwork-fresh=", true),
            ("a=formwork-fresh=1", false),
            ("formwork-freshly=1; not-formwork-fresh=1", false),
        ] {
            assert_eq!(is_wanted(&request(line)), expect, "{line}");
        }
        assert!(!is_wanted(&HeaderMap::new()));
    }

    #[test]
    fn a_second_one_does_not_shorten_the_first() {
        let lasts = |seconds, headers: &HeaderMap| {
            carry(&stale(seconds), headers, true)?.max_age().map(Duration::whole_seconds)
        };
        let none = HeaderMap::new();
        assert_eq!((lasts(60, &none), lasts(0, &none)), (Some(60), None));
        let hour = carry(&stale(3_600), &none, true).unwrap().stripped().to_string();
        let left = lasts(60, &request(&hour)).unwrap();
        assert!((3_590..=3_600).contains(&left), "{left}");
        for made_up in ["x", "-1", "1", ""] {
            let brought = request(&format!("{NAME}={made_up}"));
            assert_eq!(lasts(60, &brought), Some(60), "{made_up}");
        }
    }
}
