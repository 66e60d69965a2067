//! Texts: plain ones, and those that are written in one way only.

use super::FormValue;
use crate::{Constraints, Mistake, Shape, messages};

/// The text as it was sent, with `\r\n` and `\r` as `\n`. Spaces stay.
impl FormValue for String {
    const SHAPE: Shape = Shape::new("text");
    const CONSTRAINTS: Constraints = Constraints::TEXT;

    fn placeholder() -> Self {
        String::new()
    }

    fn from_text(text: &str) -> Result<Self, Mistake> {
        Ok(normalize_newlines(text))
    }

    fn to_text(&self) -> String {
        self.clone()
    }
}

/// A browser sends `\r\n` from a native form and `\n` from a script; a handler sees `\n` in both.
fn normalize_newlines(text: &str) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.to_owned()
    }
}

macro_rules! written {
    ($(#[$doc:meta])* $name:ident, $kind:literal, $input:literal, $placeholder:literal, $is:path, $mistake:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl FormValue for $name {
            const SHAPE: Shape = Shape::new($kind);
            const CONSTRAINTS: Constraints =
                Constraints { input_type: $input, required: true, ..Constraints::TEXT };

            fn placeholder() -> Self {
                $name($placeholder.to_owned())
            }

            fn from_text(text: &str) -> Result<Self, Mistake> {
                let text = text.trim_ascii();
                match text {
                    "" => Err(Mistake::Missing),
                    _ => $is(text).map($name).ok_or($mistake),
                }
            }

            fn to_text(&self) -> String {
                self.0.clone()
            }
        }

        impl garde::rules::AsStr for $name {
            fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl garde::rules::length::HasSimpleLength for $name {
            fn length(&self) -> usize {
                self.0.len()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

written! {
    /// A valid e-mail address of the HTML standard (§4.10.5.1.5), which browsers check alike: ASCII,
    /// with spaces around it ignored. Whether anyone reads what is sent there, only a message tells.
    ///
    /// ```
    /// use formwork_core::{Email, FormValue};
    /// assert_eq!(Email::from_text(" ann@example.org ").unwrap().as_str(), "ann@example.org");
    /// assert!(Email::from_text("ann@").is_err());
    /// ```
    Email, "email", "email", "a@example.org", email, messages::E_MAIL
}

written! {
    /// An absolute `http` or `https` address, with spaces around it ignored. It is a stricter check
    /// than the browser's: a host of letters, digits, dots and hyphens (or an IPv6 address), perhaps
    /// a port, and after that no spaces, control characters, `<`, `>`, `"` or backslashes.
    ///
    /// ```
    /// use formwork_core::{FormValue, WebAddress};
    /// assert!(WebAddress::from_text("https://example.org/a?b#c").is_ok());
    /// assert!(WebAddress::from_text("javascript:alert(1)").is_err());
    /// ```
    WebAddress, "url", "url", "https://example.org", web_address, messages::WEB_ADDRESS
}

written! {
    /// A colour as `<input type="color">` writes it, `#rrggbb`; read in either case, kept in lower
    /// case (HTML standard, "valid simple color").
    Color, "color", "color", "#000000", color,
    Mistake::NotWritten { kind: "a colour", example: "#0969da" }
}

/// `/^[a-zA-Z0-9.!#$%&'*+\/=?^_`{|}~-]+@LABEL(?:\.LABEL)*$/`, where a label has 1 to 63 letters,
/// digits and hyphens, and none of these at its ends.
fn email(text: &str) -> Option<String> {
    let (local, domain) = text.split_once('@')?;
    let of_local =
        |byte: u8| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte);
    let sound = !local.is_empty() && local.bytes().all(of_local) && domain.split('.').all(is_label);
    // RFC 5321, §4.5.3.1.3: a path has at most 256 octets, two of them brackets.
    (sound && text.len() <= 254).then(|| text.to_owned())
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=63).contains(&label.len())
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

fn web_address(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let known = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, is_port(port)),
        _ => (authority, true),
    };
    let host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => is_host(host),
    };
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || "<>\"\\`{}|^".contains(c);
    (known && host && port && !path.contains(forbidden)).then(|| text.to_owned())
}

fn is_port(port: &str) -> bool {
    port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok()
}

/// Labels; if the last is a number, it is an IPv4 address (URL standard §3.5, "ends in a number").
fn is_host(host: &str) -> bool {
    let numeric = |label: &str| {
        label.bytes().all(|byte| byte.is_ascii_digit())
            || label.starts_with("0x")
            || label.starts_with("0X")
    };
    match host.rsplit('.').next() {
        Some(last) if numeric(last) => host.parse::<std::net::Ipv4Addr>().is_ok(),
        // `xn--` labels are for IDNA to judge, which browsers do and this does not.
        _ => host
            .split('.')
            .all(|label| is_label(label) && !label.to_ascii_lowercase().starts_with("xn--")),
    }
}

fn color(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#')?;
    let sound = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    sound.then(|| text.to_ascii_lowercase())
}
