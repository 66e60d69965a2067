//! JSON texts taken apart without reading their values.

/// An array or an object, as the texts of its elements or of its members with their names.
pub(super) struct Parts<'a> {
    pub(super) is_array: bool,
    pub(super) elements: Vec<&'a str>,
}

/// Takes an array or object apart; `None` for anything else, and for a text that is cut.
pub(super) fn parts(text: &str) -> Option<Parts<'_>> {
    let (is_array, close) = match text.as_bytes().first()? {
        b'[' => (true, b']'),
        b'{' => (false, b'}'),
        _ => return None,
    };
    if text.len() < 2 || text.as_bytes().last() != Some(&close) {
        return None;
    }
    let inner = &text[1..text.len() - 1];
    let mut elements = Vec::new();
    let mut rest = inner;
    while !rest.is_empty() {
        let end = end_of_element(rest)?;
        elements.push(&rest[..end]);
        if end == rest.len() {
            break;
        }
        rest = &rest[end + 1..];
        // A comma with nothing behind it.
        if rest.is_empty() {
            return None;
        }
    }
    Some(Parts { is_array, elements })
}

/// Puts parts together again.
pub(super) fn join<'a>(is_array: bool, elements: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::from(if is_array { '[' } else { '{' });
    for (at, element) in elements.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(element);
    }
    text.push(if is_array { ']' } else { '}' });
    text
}

/// The value of a member, without its name; an array's element is its own value.
pub(super) fn value_of(element: &str, in_array: bool) -> Option<&str> {
    if in_array { Some(element) } else { Some(&element[name_of(element)?.len() + 1..]) }
}

/// The name of a member, with its quotes.
pub(super) fn name_of(member: &str) -> Option<&str> {
    let end = end_of_string(member.as_bytes(), 0)?;
    (member.as_bytes().get(end) == Some(&b':')).then(|| &member[..end])
}

/// Where the comma after the first element stands, or the end.
fn end_of_element(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at = end_of_string(bytes, at)?;
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => return (at > 0).then_some(at),
            _ => {}
        }
        at += 1;
    }
    (depth == 0).then_some(at)
}

/// The place after the string that begins here.
fn end_of_string(bytes: &[u8], start: usize) -> Option<usize> {
    if bytes.get(start) != Some(&b'"') {
        return None;
    }
    let mut at = start + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<&[&str]>) {
        assert_eq!(parts(text).map(|parts| parts.elements).as_deref(), expect, "{text}");
    }

    #[test]
    fn texts_come_apart_at_their_own_commas() {
        check("[]", Some(&[]));
        check("[1,[2,3],\"a,\\\"]\"]", Some(&["1", "[2,3]", "\"a,\\\"]\""]));
        check(r#"{"a":1,"b":{"c":[1,2]}}"#, Some(&[r#""a":1"#, r#""b":{"c":[1,2]}"#]));
        for bad in ["", "7", "[", "[1", "[1,]", "[,1]", "[\"]", "[1]]", "[\"\\"] {
            check(bad, None);
        }
        assert_eq!(value_of(r#""a:\"b":7"#, false), Some("7"));
    }
}
