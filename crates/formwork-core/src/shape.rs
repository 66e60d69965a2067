//! Fingerprints and ids that are equal for equal source, on every machine and in every build.

use std::fmt;

/// A fingerprint of a form's structure: field names, types and requiredness.
///
/// It is computed at compile time from the source alone (64-bit FNV-1a), so that two builds of the
/// same source agree, and a page rendered by an older build can be told from one whose fields
/// have changed.
///
/// ```
/// use formwork_core::Shape;
/// const A: Shape = Shape::new("form").field("title", Shape::new("text"), true);
/// const B: Shape = Shape::new("form").field("title", Shape::new("text"), false);
/// assert_ne!(A, B);
/// assert_eq!(Shape::parse(&A.to_string()), Some(A));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shape(u64);

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

impl Shape {
    /// The shape of a plain kind of value, such as `text` or `integer`.
    pub const fn new(kind: &str) -> Self {
        Shape(FNV_OFFSET).bytes(kind.as_bytes())
    }

    /// This shape with a named field added.
    pub const fn field(self, name: &str, shape: Shape, required: bool) -> Self {
        self.bytes(&[b'{', required as u8]).bytes(name.as_bytes()).bytes(&shape.0.to_be_bytes())
    }

    /// Reads what [`Display`](fmt::Display) wrote: sixteen lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        parse_hex(text).map(Shape)
    }

    const fn bytes(self, bytes: &[u8]) -> Self {
        let mut hash = self.0;
        let mut at = 0;
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u64).wrapping_mul(FNV_PRIME);
            at += 1;
        }
        // The length separates neighbours: ("ab", "c") and ("a", "bc") differ.
        Shape((hash ^ bytes.len() as u64).wrapping_mul(FNV_PRIME))
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// Sixteen lower-case hexadecimal digits, and no other spelling.
pub(crate) fn parse_hex(text: &str) -> Option<u64> {
    let canonical =
        text.len() == 16 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    canonical.then(|| u64::from_str_radix(text, 16).ok())?
}

/// An action's or query's id from its path in the source, without the crate's name: a crate can be
/// renamed and pages that are open stay valid.
///
/// ```
/// assert_eq!(formwork_core::action_id("app::tickets::create"), "tickets::create");
/// assert_eq!(formwork_core::action_id("create"), "create");
/// ```
pub const fn action_id(path: &'static str) -> &'static str {
    let bytes = path.as_bytes();
    let mut at = 0;
    while at + 1 < bytes.len() {
        if bytes[at] == b':' && bytes[at + 1] == b':' {
            return path.split_at(at + 2).1;
        }
        at += 1;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_types_order_and_requiredness_all_count() {
        let text = Shape::new("text");
        let base = Shape::new("form").field("a", text, true);
        for other in [
            Shape::new("form").field("b", text, true),
            Shape::new("form").field("a", text, false),
            Shape::new("form").field("a", Shape::new("integer"), true),
            base.field("b", text, true),
        ] {
            assert_ne!(base, other);
        }
    }

    /// Pinned: a change of this value would make every open page of every application stale.
    #[test]
    fn the_fingerprint_never_changes() {
        let shape = Shape::new("form").field("title", Shape::new("text"), true);
        assert_eq!(shape.to_string(), "cbf5ddb59546efea");
    }

    #[test]
    fn only_the_canonical_spelling_is_read() {
        for bad in ["", "0", "+000000000000001", "ABCDEFABCDEFABCD", "00000000000000000"] {
            assert_eq!(Shape::parse(bad), None, "{bad}");
        }
    }
}
