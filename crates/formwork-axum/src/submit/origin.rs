//! Step 1: was this sent from a page of this application?
//!
//! 1. `Sec-Fetch-Site: same-origin` or `none` is accepted: browsers set it and scripts can't
//!    (Fetch Metadata Request Headers).
//! 2. Otherwise the `Origin` must be one of `public-origins`, or, without `Sec-Fetch-Site`, name
//!    the host that the request was sent to. Case and default ports don't matter (RFC 6454 §4).
//! 3. Neither header, `null`, or a value that can't be read: refused.
//!
//! Deployment caveat: a proxy that changes `Host` breaks the comparison in rule 2 for old
//! browsers; declare `public-origins`.

use formwork_core::ActionError;
use http::{HeaderMap, Uri, header};

use super::Submission;
use crate::refusal::Refusal;

pub(super) fn check(submission: &Submission) -> Result<(), ActionError> {
    let parts = &submission.parts;
    let public = &submission.site.config().public_origins;
    Ok(verdict(&parts.headers, &parts.uri, public)?)
}

fn verdict(headers: &HeaderMap, uri: &Uri, public: &[String]) -> Result<(), Refusal> {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    if matches!(site, Some(b"same-origin" | b"none")) {
        return Ok(());
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Err(if site.is_some() { Refusal::CrossSite } else { Refusal::UnknownOrigin });
    };
    let origin = origin.to_str().ok().and_then(Origin::parse).ok_or(Refusal::UnknownOrigin)?;
    if public.iter().filter_map(|text| Origin::parse(text)).any(|public| public == origin) {
        return Ok(());
    }
    if site.is_some() {
        return Err(Refusal::CrossSite);
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = uri.authority().map(|authority| authority.as_str()).or(host);
    let here = host.and_then(|host| Origin::parse(&format!("{}://{host}", origin.scheme)));
    if here.as_ref() == Some(&origin) { Ok(()) } else { Err(Refusal::CrossSite) }
}

/// Scheme, host and port, in the form in which they compare.
#[derive(Debug, PartialEq)]
struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let uri: Uri = text.trim().parse().ok()?;
        let scheme = uri.scheme_str()?.to_ascii_lowercase();
        let default = match scheme.as_str() {
            "https" => 443,
            "http" => 80,
            _ => return None,
        };
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
        let authority = uri.authority()?;
        if !bare || authority.as_str().contains('@') {
            return None;
        }
        // `Authority::port` has no port where the digits are none: what stands there must be read.
        let port = match authority.as_str().strip_prefix(authority.host())? {
            "" => default,
            port => port.strip_prefix(':')?.parse().ok()?,
        };
        Some(Origin { scheme, host: authority.host().to_ascii_lowercase(), port })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: Result<(), Refusal> = Ok(());
    const CROSS: Result<(), Refusal> = Err(Refusal::CrossSite);
    const UNKNOWN: Result<(), Refusal> = Err(Refusal::UnknownOrigin);

    /// What a browser or a client sends, and what becomes of it at `desk.example`.
    const ATTACKS: &[(&[(&str, &str)], Result<(), Refusal>)] = &[
        (&[("sec-fetch-site", "same-origin")], OK),
        (&[("sec-fetch-site", "same-origin"), ("origin", "null")], OK),
        (&[("sec-fetch-site", "none")], OK),
        (&[("sec-fetch-site", "cross-site")], CROSS),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://desk.example")], CROSS),
        (&[("sec-fetch-site", "same-site"), ("origin", "https://evil.desk.example")], CROSS),
        (&[("sec-fetch-site", "SAME-ORIGIN"), ("origin", "https://evil.example")], CROSS),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://www.desk.example")], OK),
        (&[("origin", "https://desk.example")], OK),
        (&[("origin", "https://DESK.example:443")], OK),
        (&[("origin", "http://desk.example:80")], OK),
        (&[("origin", "http://desk.example:8080")], CROSS),
        (&[("origin", "https://evil.example")], CROSS),
        (&[("origin", "https://desk.example.evil.example")], CROSS),
        (&[("origin", "null")], UNKNOWN),
        (&[("origin", "")], UNKNOWN),
        (&[("origin", "https://desk.example:99999")], UNKNOWN),
        (&[("origin", "https://x@desk.example")], UNKNOWN),
        (&[("origin", "https://desk.example/path")], UNKNOWN),
        (&[("origin", "file:///etc")], UNKNOWN),
        (&[], UNKNOWN),
    ];

    #[test]
    fn attacks() {
        for (headers, expect) in ATTACKS {
            let mut map = HeaderMap::new();
            map.insert("host", "Desk.Example".parse().unwrap());
            for (name, value) in *headers {
                map.insert(*name, value.parse().unwrap());
            }
            let public = ["https://www.desk.example".to_owned()];
            assert_eq!(verdict(&map, &Uri::from_static("/"), &public), *expect, "{headers:?}");
        }
    }
}
