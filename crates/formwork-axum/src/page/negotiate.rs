//! Which of the kept texts of a page a request gets: `Accept-Encoding`, `If-None-Match`.

use http::{HeaderMap, HeaderValue, header};

/// How a text is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// What `Content-Encoding` says; nothing for the text itself.
    pub(super) fn name(self) -> Option<HeaderValue> {
        match self {
            Encoding::Brotli => Some(HeaderValue::from_static("br")),
            Encoding::Gzip => Some(HeaderValue::from_static("gzip")),
            Encoding::Identity => None,
        }
    }
}

/// The encoding that the client likes best (RFC 9110 §12.5.3); of those that it likes alike, the
/// smallest. One that accepts nothing of what there is gets the text itself.
pub(super) fn encoding(headers: &HeaderMap) -> Encoding {
    let (mut brotli, mut gzip, mut identity, mut any) = (None, None, None, None);
    for line in headers.get_all(header::ACCEPT_ENCODING) {
        let Ok(line) = line.to_str() else { continue };
        for item in line.split(',') {
            let mut parts = item.split(';');
            let name = parts.next().unwrap_or_default().trim();
            let quality = parts.find_map(|part| {
                let (name, value) = part.split_once('=')?;
                name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
            });
            let place = match name {
                name if name.eq_ignore_ascii_case("br") => &mut brotli,
                name if name.eq_ignore_ascii_case("gzip") => &mut gzip,
                name if name.eq_ignore_ascii_case("x-gzip") => &mut gzip,
                name if name.eq_ignore_ascii_case("identity") => &mut identity,
                "*" => &mut any,
                _ => continue,
            };
            *place = Some(quality.unwrap_or(1000));
        }
    }
    let other = any.unwrap_or(0);
    let (brotli, gzip) = (brotli.unwrap_or(other), gzip.unwrap_or(other));
    // The text itself is accepted unless it is excluded, but liked least if it isn't named.
    let identity = identity.unwrap_or(any.map_or(1, |any| any.min(1)));
    match brotli.max(gzip).max(identity) {
        0 => Encoding::Identity,
        best if best == brotli => Encoding::Brotli,
        best if best == gzip => Encoding::Gzip,
        _ => Encoding::Identity,
    }
}

/// `0.5` as 500 (RFC 9110 §12.4.2); what can't be read counts as not at all.
fn thousandths(quality: &str) -> u16 {
    let (whole, rest) = quality.split_once('.').unwrap_or((quality, ""));
    if rest.len() > 3 || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" => 1000,
        "0" => format!("{rest:0<3}").parse().unwrap_or(0),
        _ => 0,
    }
}

/// Whether the client holds this very version of the page (RFC 9110 §13.1.2): weakly compared, as a
/// list or `*`.
pub(super) fn is_held(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let plain = |tag: &[u8]| tag.strip_prefix(b"W/").unwrap_or(tag).to_vec();
    let etag = plain(etag.as_bytes());
    headers.get_all(header::IF_NONE_MATCH).iter().any(|line| {
        let mut tags = line.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        tags.any(|tag| tag == b"*" || plain(tag) == etag)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_encoding() {
        use Encoding::{Brotli, Gzip, Identity};
        #[track_caller]
        fn check(accept: &str, expect: Encoding) {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
            assert_eq!(encoding(&headers), expect, "{accept}");
        }
        check("gzip, deflate, br, zstd", Brotli);
        check("gzip", Gzip);
        check("GZIP;Q=0.3 , deflate", Gzip);
        check("br;q=0.5, gzip;q=0.9", Gzip);
        check("br;q=0, gzip;q=0", Identity);
        check("br;q=0, *", Gzip);
        check("*;q=0", Identity);
        check("identity, br;q=0.5", Identity);
        check("br;q=2", Identity);
        check("deflate", Identity);
        check("", Identity);
        assert_eq!(encoding(&HeaderMap::new()), Identity);
    }

    #[test]
    fn c6_held_versions() {
        #[track_caller]
        fn check(held: &str, expect: bool) {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, held.parse().unwrap());
            let etag = HeaderValue::from_static("W/\"abc\"");
            assert_eq!(is_held(&headers, &etag), expect, "{held}");
        }
        check("W/\"abc\"", true);
        check("\"abc\"", true);
        check("\"x\", W/\"abc\" , \"y\"", true);
        check("*", true);
        check("\"abcd\"", false);
        check("abc", false);
        assert!(!is_held(&HeaderMap::new(), &HeaderValue::from_static("W/\"abc\"")));
    }
}
