//! How the names of fields are spelled: the one place that says it.
//!
//! | a field | is named |
//! |---|---|
//! | of the form | `city` |
//! | of a struct in the form | `address.city` |
//! | that holds several values | `topics`, once for each value |
//! | of a row, in a list of structs | `phones[KEY].number` |
//! | the row itself | `phones[KEY]`, a hidden field without a value |
//!
//! `KEY` tells the rows of a list apart and stays with its row when others are added, taken away or
//! moved: 1 to 32 of `A–Z a–z 0–9 - _`. Rows stand in the order in which the submission first names
//! them. A handler sees a `Vec`, and names a row by its position, `phones[1].number`; before the
//! visitor sees it, the position becomes the key.

use std::borrow::Cow;

/// How deep names may nest. Deeper than any form has fields, so that a deeper name is an attack.
pub const MAX_DEPTH: usize = 16;
/// How many rows a list may have, and how many values a field.
pub const MAX_ROWS: usize = 1_000;

const MAX_KEY: usize = 32;

/// The name of a field within a struct; the form itself is named by the empty text.
///
/// ```
/// # use formwork_core::path;
/// assert_eq!(path::within("address", "city"), "address.city");
/// assert_eq!(path::within("", "city"), "city");
/// ```
pub fn within<'a>(outer: &str, name: &'a str) -> Cow<'a, str> {
    if outer.is_empty() { Cow::Borrowed(name) } else { Cow::Owned([outer, ".", name].concat()) }
}

/// The name of a row of a list.
///
/// ```
/// assert_eq!(formwork_core::path::row("phones", "k2"), "phones[k2]");
/// ```
pub fn row(list: &str, key: &str) -> String {
    [list, "[", key, "]"].concat()
}

/// Whether this can tell a row apart.
pub fn is_key(key: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=MAX_KEY).contains(&key.len()) && key.bytes().all(plain)
}

/// How many levels a name has.
///
/// ```
/// # use formwork_core::path;
/// assert_eq!(path::depth("city"), 1);
/// assert_eq!(path::depth("phones[k2].number"), 3);
/// ```
pub fn depth(name: &str) -> usize {
    1 + name.bytes().filter(|byte| matches!(byte, b'.' | b'[')).count()
}

/// One step of a name, from the form inwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// A field of a struct.
    Field(&'a str),
    /// A row of a list: its key, or its position.
    Row(&'a str),
}

/// The steps of a name. What isn't spelled as above is taken as the name of a field.
pub(crate) fn steps(name: &str) -> impl Iterator<Item = Step<'_>> {
    let mut rest = name;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((key, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            rest = after.strip_prefix('.').unwrap_or(after);
            return Some(Step::Row(key));
        }
        let end = rest.find(['.', '[']).filter(|end| *end > 0).unwrap_or(rest.len());
        let (field, after) = rest.split_at(end);
        rest = after.strip_prefix('.').unwrap_or(after);
        Some(Step::Field(field))
    })
}

#[cfg(test)]
mod tests {
    use super::{Step::*, *};

    #[track_caller]
    fn check(name: &str, expect: &[Step<'_>]) {
        assert_eq!(steps(name).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn names_come_apart_as_they_are_spelled() {
        check("", &[]);
        check("city", &[Field("city")]);
        check("address.city", &[Field("address"), Field("city")]);
        check("a[k].b[0].c", &[Field("a"), Row("k"), Field("b"), Row("0"), Field("c")]);
        check("phones[k2]", &[Field("phones"), Row("k2")]);
        check("a[", &[Field("a"), Field("[")]);
        check(".a", &[Field(".a")]);
    }

    #[test]
    fn keys() {
        assert!(is_key("k2") && is_key("0") && is_key("a-b_C"));
        assert!(!is_key("") && !is_key("a.b") && !is_key("ü") && !is_key(&"k".repeat(33)));
    }
}
