//! Was a request that changes something sent from a page of this application?
//!
//! 1. `Sec-Fetch-Site: same-origin` or `none` is accepted: browsers set it and scripts can't
//!    (Fetch Metadata Request Headers).
//! 2. Otherwise the `Origin` must be one of `public-origins`, or, without `Sec-Fetch-Site`, name
//!    the host that the request was sent to. Case and default ports don't matter (RFC 6454 §4).
//! 3. Neither header, `null`, or a value that can't be read: refused.
//!
//! A refusal is a 403 with the application's error page, and nothing has run.
//!
//! Deployment caveat: a proxy that changes `Host` breaks the comparison in rule 2 for old
//! browsers; declare `public-origins`, or the proxy in `trusted-proxies` if it sends
//! `X-Forwarded-Host`.

use http::{HeaderMap, Uri, header, request::Parts};

use crate::{config::Config, forwarded, refusal::Refusal};

/// Whether a request that changes something comes from a page of this application.
pub(crate) fn check(parts: &Parts, config: &Config) -> Result<(), Refusal> {
    let forwarded = forwarded::host(parts, &config.trusted_proxies);
    verdict(&parts.headers, &parts.uri, forwarded, &config.public_origins)
}

/// Whether the method is safe (RFC 9110 §9.2.1), or the path was opened to other sites.
pub(crate) fn is_exempt(parts: &Parts, config: &Config) -> bool {
    let path = parts.uri.path();
    parts.method.is_safe()
        || config.cross_origin_paths.iter().any(|open| match open.strip_suffix('*') {
            Some(below) => path.starts_with(below),
            None => path == open,
        })
}

fn verdict(
    headers: &HeaderMap,
    uri: &Uri,
    forwarded_host: Option<&str>,
    public: &[String],
) -> Result<(), Refusal> {
    let site = headers.get("sec-fetch-site").map(|value| value.as_bytes());
    if matches!(site, Some(b"same-origin" | b"none")) {
        return Ok(());
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Err(if site.is_some() { Refusal::CrossSite } else { Refusal::UnknownOrigin });
    };
    let origin = origin.to_str().ok().and_then(Origin::parse).ok_or(Refusal::UnknownOrigin)?;
    if public.iter().any(|public| origin.is_named_by(public)) {
        return Ok(());
    }
    if site.is_some() {
        return Err(Refusal::CrossSite);
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = forwarded_host.or(uri.authority().map(|authority| authority.as_str())).or(host);
    let here = host.and_then(|host| Origin::parse(&format!("{}://{host}", origin.scheme)));
    if here.as_ref() == Some(&origin) { Ok(()) } else { Err(Refusal::CrossSite) }
}

/// Whether a setting names an origin, or every host below one.
pub(crate) fn is_origin(configured: &str) -> bool {
    let bare = match configured.split_once("://*.") {
        Some((scheme, host)) => Origin::parse(&format!("{scheme}://{host}")),
        None => Origin::parse(configured),
    };
    bare.is_some()
}

/// Scheme, host and port, in the form in which they compare.
#[derive(Debug, PartialEq)]
struct Origin {
    scheme: String,
    host: String,
    port: u16,
}

impl Origin {
    /// Whether a configured origin is this one: `https://*.example.org` names every host below
    /// `example.org`, and not `example.org` itself.
    fn is_named_by(&self, configured: &str) -> bool {
        let Some((scheme, host)) = configured.split_once("://*.") else {
            return Origin::parse(configured).as_ref() == Some(self);
        };
        let Some(parent) = Origin::parse(&format!("{scheme}://{host}")) else { return false };
        let below = self
            .host
            .strip_suffix(&parent.host)
            .is_some_and(|sub| sub.len() > 1 && sub.ends_with('.'));
        below && self.scheme == parent.scheme && self.port == parent.port
    }

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
    type Sent = &'static [(&'static str, &'static str)];
    const ATTACKS: &[(Sent, Result<(), Refusal>)] = &[
        (&[("sec-fetch-site", "same-origin")], OK),
        (&[("sec-fetch-site", "same-origin"), ("origin", "null")], OK),
        (&[("sec-fetch-site", "none")], OK),
        (&[("sec-fetch-site", "cross-site")], CROSS),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://desk.example")], CROSS),
        (&[("sec-fetch-site", "same-site"), ("origin", "https://evil.desk.example")], CROSS),
        (&[("sec-fetch-site", "SAME-ORIGIN"), ("origin", "https://evil.example")], CROSS),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://www.desk.example")], OK),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://a.apps.example")], OK),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://a.b.apps.example:443")], OK),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://apps.example")], CROSS),
        (&[("sec-fetch-site", "cross-site"), ("origin", "https://evilapps.example")], CROSS),
        (&[("sec-fetch-site", "cross-site"), ("origin", "http://a.apps.example")], CROSS),
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
            let public =
                ["https://www.desk.example".to_owned(), "https://*.apps.example".to_owned()];
            let verdict = verdict(&map, &Uri::from_static("/"), None, &public);
            assert_eq!(verdict, *expect, "{headers:?}");
        }
    }

    #[test]
    fn behind_a_declared_proxy_the_forwarded_host_counts() {
        let mut parts = http::Request::post("/").body(()).unwrap().into_parts().0;
        parts.headers.insert("host", "internal:3000".parse().unwrap());
        parts.headers.insert("x-forwarded-host", "desk.example".parse().unwrap());
        parts.headers.insert("origin", "https://desk.example".parse().unwrap());
        let peer = axum::extract::ConnectInfo(std::net::SocketAddr::from(([10, 0, 0, 1], 9)));
        parts.extensions.insert(peer);
        let mut config = Config::default();
        assert_eq!(check(&parts, &config), CROSS);
        config.trusted_proxies.push("10.0.0.0/8".parse().unwrap());
        assert_eq!(check(&parts, &config), OK);
    }

    #[test]
    fn only_what_was_opened_is_exempt() {
        let config = Config {
            cross_origin_paths: vec!["/hooks/*".to_owned(), "/ping".to_owned()],
            ..Config::default()
        };
        for (method, path, exempt) in [
            ("GET", "/tickets", true),
            ("HEAD", "/tickets", true),
            ("POST", "/tickets", false),
            ("DELETE", "/tickets", false),
            ("POST", "/hooks/mail", true),
            ("POST", "/ping", true),
            ("POST", "/ping/pong", false),
            ("POST", "/hooks", false),
        ] {
            let request = http::Request::builder().method(method).uri(path).body(()).unwrap();
            assert_eq!(is_exempt(&request.into_parts().0, &config), exempt, "{method} {path}");
        }
    }
}
