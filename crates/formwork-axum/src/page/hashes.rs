//! A content security policy without a nonce: what a page that is kept has instead.
//!
//! A nonce must be new in every response, and a compressed text can't be changed. So the inline
//! scripts that carried the nonce of the one render are named by their hashes (CSP level 3, "hash
//! source"): only these very texts run, which is no less strict. What an author's or a visitor's text
//! brought into the page did not carry the nonce, and gets no hash.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use crate::headers::NONCE;

/// A document without nonces, and the policy that goes with it.
#[derive(Debug, PartialEq)]
pub(super) struct Hashed {
    pub(super) html: String,
    pub(super) policy: String,
}

/// Takes the nonce out of a document; `Err` says why that can't be done.
pub(super) fn without_nonce(html: &str, nonce: &str, policy: &str) -> Result<Hashed, &'static str> {
    let attribute = format!(" nonce=\"{nonce}\"");
    let (mut scripts, mut styles) = (Vec::new(), Vec::new());
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(&attribute) {
        let start = rest[..at].rfind('<').ok_or(ELSEWHERE)?;
        let after = &rest[at + attribute.len()..];
        let end = end_of_tag(after).ok_or(ELSEWHERE)?;
        let attributes = (&rest[start..at], &after[..end]);
        let name = attributes.0[1..].split([' ', '\n', '\t']).next().unwrap_or_default();
        let external = external(attributes.0).or_else(|| external(attributes.1));
        match (name, external) {
            (_, Some(address)) if !address.starts_with('/') || address.starts_with("//") => {
                return Err("a script or style of another site needs the nonce");
            }
            (_, Some(_)) | ("link", None) => {}
            ("script", None) => scripts.push(hash(&after[end + 1..], "</script").ok_or(ELSEWHERE)?),
            ("style", None) => styles.push(hash(&after[end + 1..], "</style").ok_or(ELSEWHERE)?),
            _ => return Err(ELSEWHERE),
        }
        kept.push_str(&rest[..at]);
        rest = after;
    }
    kept.push_str(rest);
    if kept.contains(nonce) {
        return Err(ELSEWHERE);
    }
    Ok(Hashed { html: kept, policy: with_hashes(policy, &scripts, &styles) })
}

const ELSEWHERE: &str = "the nonce stands where it can't be taken out";

/// The value of `src` or `href` among attributes.
fn external(attributes: &str) -> Option<&str> {
    let (_, value) =
        attributes.split_once(" src=\"").or_else(|| attributes.split_once(" href=\""))?;
    value.split('"').next()
}

/// Where a tag ends, in the text after one of its attributes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quoted = false;
    text.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    })
}

fn hash(text: &str, end: &str) -> Option<String> {
    let content = &text[..text.find(end)?];
    Some(format!("'sha256-{}'", STANDARD.encode(Sha256::digest(content))))
}

fn with_hashes(policy: &str, scripts: &[String], styles: &[String]) -> String {
    let nonce = format!("'nonce-{NONCE}'");
    let directives = policy.split(';').map(|directive| {
        let is_style = directive.trim_start().starts_with("style-src");
        directive.replace(&nonce, &(if is_style { styles } else { scripts }).join(" "))
    });
    directives.collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "script-src 'self' 'nonce-{nonce}'; style-src 'nonce-{nonce}'";

    #[test]
    fn only_what_carried_the_nonce_is_named() {
        let html = "<head><script type=\"module\" nonce=\"N0\">import(1)</script>\
                    <script nonce=\"N0\" src=\"/pkg/a.js\" data-x=\"a>b\"></script>\
                    <style nonce=\"N0\">p{}</style><script>evil()</script></head>";
        let hashed = without_nonce(html, "N0", POLICY).unwrap();
        assert_eq!(hashed.html, html.replace(" nonce=\"N0\"", ""));
        let of = |text: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)));
        let expect = format!("script-src 'self' {}; style-src {}", of("import(1)"), of("p{}"));
        assert_eq!(hashed.policy, expect);
    }

    #[test]
    fn the_hash_is_that_of_the_specification() {
        // CSP level 3, §8.4: `alert('Hello, world.');`
        assert_eq!(
            hash("alert('Hello, world.');</script>", "</script").unwrap(),
            "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"
        );
    }

    #[test]
    fn what_can_not_be_done_is_said() {
        let foreign = "<script nonce=\"N0\" src=\"https://cdn.example/x.js\"></script>";
        assert!(without_nonce(foreign, "N0", POLICY).unwrap_err().contains("another site"));
        for html in
            ["<p>N0</p>", "<p nonce=\"N0\"></p>", "<script nonce=\"N0\">x", "x nonce=\"N0\">"]
        {
            assert_eq!(without_nonce(html, "N0", POLICY), Err(ELSEWHERE), "{html}");
        }
    }
}
