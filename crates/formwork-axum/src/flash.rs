//! The outcome of a successful native post on its way to the page that shows it once.
//!
//! After a success the browser is sent back to the page (303), so that a refresh writes nothing
//! again. The outcome travels in a sealed cookie that the next document takes and removes.

use cookie::{Cookie, SameSite};
use formwork_core::Posted;

use crate::seal::{Keys, Opened, Purpose};

const NAME: &str = "formwork-flash";
/// Browsers accept cookies up to 4,096 bytes with name and attributes (RFC 6265bis §5.6).
const MAX_SEALED: usize = 3_500;

/// The cookie that carries `posted` to the page at `path`.
pub(crate) fn carry(keys: &Keys, posted: &Posted, path: &str, secure: bool) -> Cookie<'static> {
    let mut sealed = seal(keys, posted, path);
    if sealed.len() > MAX_SEALED {
        tracing::warn!(
            action = posted.action,
            "the action's value does not fit into a cookie: the page after a native post shows its \
             success without the value; return less, or redirect to a page that reads it"
        );
        let mut small = posted.clone();
        small.outcome.value = None;
        sealed = seal(keys, &small, path);
        if sealed.len() > MAX_SEALED {
            tracing::warn!(
                action = posted.action,
                "what was entered does not fit into a cookie: the page after it shows what became of \
                 the form without it; serve through `Site::guarded`, which keeps it in the page"
            );
            small.kept = None;
            sealed = seal(keys, &small, path);
        }
    }
    let mut cookie = cookie(path, sealed);
    cookie.set_secure(secure);
    cookie.set_max_age(cookie::time::Duration::seconds(60));
    cookie
}

/// What the request carries for the page at `path`, if it is ours.
pub(crate) fn take(keys: &Keys, headers: &http::HeaderMap, path: &str) -> Option<Posted> {
    let sealed = crate::cookies::value(headers, NAME)?;
    match keys.open(Purpose::Flash, path.as_bytes(), &sealed) {
        Opened::Text(json) => serde_json::from_slice(&json).ok(),
        Opened::UnknownKey | Opened::Forged => None,
    }
}

/// The cookie that removes it: it is shown once.
pub(crate) fn removal(path: &str) -> Cookie<'static> {
    let mut cookie = cookie(path, String::new());
    cookie.make_removal();
    cookie
}

fn seal(keys: &Keys, posted: &Posted, path: &str) -> String {
    let json = serde_json::to_vec(posted).expect("an outcome is plain data");
    keys.seal(Purpose::Flash, path.as_bytes(), &json)
}

fn cookie(path: &str, value: String) -> Cookie<'static> {
    let mut cookie = Cookie::new(NAME, value);
    // A `;` would end the attribute; the seal is tied to the page in any case.
    cookie.set_path(if path.contains(';') { "/".to_owned() } else { path.to_owned() });
    cookie.set_http_only(true);
    cookie.set_same_site(SameSite::Lax);
    cookie
}

#[cfg(test)]
mod tests {
    use formwork_core::wire::Outcome;
    use http::HeaderMap;

    use super::*;

    fn keys() -> Keys {
        let key = crate::seal::make();
        crate::seal::load(Some(&key), true, std::path::Path::new("")).unwrap()
    }

    fn posted(value: &str) -> Posted {
        let value = serde_json::value::to_raw_value(value).unwrap();
        let outcome = Outcome { status: 200, value: Some(value), ..Outcome::default() };
        Posted {
            action: "a".into(),
            form: String::new(),
            outcome,
            submission: String::new(),
            again: String::new(),
            kept: None,
            left: vec![],
        }
    }

    fn request(cookie: &Cookie<'_>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", cookie.stripped().to_string().parse().unwrap());
        headers
    }

    #[test]
    fn it_arrives_at_its_own_page_only() {
        let keys = keys();
        let headers = request(&carry(&keys, &posted("saved"), "/a", false));
        let arrived = take(&keys, &headers, "/a").unwrap();
        assert_eq!(arrived.outcome.value.unwrap().get(), "\"saved\"");
        assert!(take(&keys, &headers, "/b").is_none());
        assert!(take(&self::keys(), &headers, "/a").is_none(), "another key");
    }

    #[test]
    fn a_value_too_large_for_a_cookie_leaves_the_success() {
        let keys = keys();
        let cookie = carry(&keys, &posted(&"x".repeat(5_000)), "/a", true);
        assert!(cookie.value().len() <= MAX_SEALED);
        let arrived = take(&keys, &request(&cookie), "/a").unwrap();
        assert!(arrived.outcome.is_success() && arrived.outcome.value.is_none());

        let mut long = posted("saved");
        long.kept = Some(vec![("body".to_owned(), "x".repeat(5_000))]);
        let cookie = carry(&keys, &long, "/a", true);
        assert!(cookie.value().len() <= MAX_SEALED);
        assert!(take(&keys, &request(&cookie), "/a").unwrap().kept.is_none());
    }
}
