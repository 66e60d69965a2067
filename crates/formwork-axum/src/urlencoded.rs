//! Names and values as bodies and query strings carry them.

use std::borrow::Cow;

use formwork_core::Entries;
use percent_encoding::percent_decode;

use crate::refusal::Refusal;

/// `application/x-www-form-urlencoded` (URL standard §5.1), except that bytes which are not UTF-8
/// are refused rather than replaced: what was typed is stored as it was typed or not at all.
pub(crate) fn parse(bytes: &[u8], max_fields: usize) -> Result<Entries, Refusal> {
    let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    let mut entries = Entries::default();
    for pair in pairs {
        if entries.len() == max_fields {
            return Err(Refusal::TooManyFields);
        }
        let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
            Some(at) => (&pair[..at], &pair[at + 1..]),
            None => (pair, &b""[..]),
        };
        entries.push(decode(name)?, decode(value)?);
    }
    Ok(entries)
}

fn decode(bytes: &[u8]) -> Result<String, Refusal> {
    let mut spaced = Cow::Borrowed(bytes);
    if bytes.contains(&b'+') {
        spaced.to_mut().iter_mut().filter(|byte| **byte == b'+').for_each(|byte| *byte = b' ');
    }
    let decoded = Cow::<[u8]>::from(percent_decode(&spaced));
    String::from_utf8(decoded.into_owned()).map_err(|_| Refusal::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &[u8], expect: Result<&[(&str, &str)], Refusal>) {
        let parsed = parse(body, 3);
        let parsed = parsed.as_ref().map(|entries| entries.iter().collect::<Vec<_>>());
        assert_eq!(parsed.map_err(|refusal| *refusal), expect.map(<[_]>::to_vec));
    }

    #[test]
    fn urlencoded() {
        check(b"", Ok(&[]));
        check(b"a=1&b=x+y%21&c", Ok(&[("a", "1"), ("b", "x y!"), ("c", "")]));
        check(b"a==&&%C3%BC=%zz", Ok(&[("a", "="), ("ü", "%zz")]));
        check(b"a=%FF", Err(Refusal::NotUtf8));
        check(b"a=\xff", Err(Refusal::NotUtf8));
        check(b"a&b&c&d", Err(Refusal::TooManyFields));
    }
}
