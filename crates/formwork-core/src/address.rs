//! What a form with `method="get"` sends: its fields, in the query string of an address.

use form_urlencoded::{Serializer, parse};

use crate::{Entries, wire};

/// The entries of a query string, which may begin with its question mark.
///
/// Both sides read it by this: what isn't UTF-8 becomes `U+FFFD` (URL standard §5.1), for an address is
/// nothing that a visitor has typed, and a page is shown all the same.
pub fn query_entries(query: &str) -> Entries {
    let query = query.strip_prefix('?').unwrap_or(query);
    parse(query.as_bytes()).map(|(name, value)| (name.into(), value.into())).collect()
}

/// The address of a page with these entries in its query string. Fields that were left empty are left
/// out, and so are the framework's own.
///
/// ```
/// use formwork_core::{Entries, address};
///
/// let mut entries = Entries::default();
/// entries.push("text", "50 % & more");
/// entries.push("status", "");
/// assert_eq!(address("/tickets", &entries), "/tickets?text=50+%25+%26+more");
/// assert_eq!(address("/tickets", &Entries::default()), "/tickets");
/// ```
pub fn address(path: &str, entries: &Entries) -> String {
    let said = |(name, value): &(&str, &str)| !value.is_empty() && !wire::is_reserved(name);
    let query = Serializer::new(String::new()).extend_pairs(entries.iter().filter(said)).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(query: &str, expect: &[(&str, &str)]) {
        assert_eq!(query_entries(query).iter().collect::<Vec<_>>(), expect, "{query}");
    }

    #[test]
    fn queries_are_read_as_the_standard_has_it() {
        check("", &[]);
        check("?", &[]);
        check("?a=1&b=&&c&a=2", &[("a", "1"), ("b", ""), ("c", ""), ("a", "2")]);
        check("a=x+y%2Bz%26", &[("a", "x y+z&")]);
        // Once, and not twice.
        check("a=100%2525", &[("a", "100%25")]);
        check("a=%zz%FF", &[("a", "%zz\u{fffd}")]);
        check("?a=b?c=d", &[("a", "b?c=d")]);
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(pairs: Vec<(String, String)>) {
            let entries: Entries = pairs.into_iter().collect();
            let written = address("/x", &entries);
            prop_assert!(written.is_ascii());
            let read = query_entries(written.strip_prefix("/x").unwrap_or_default());
            let said: Vec<_> = entries
                .iter()
                .filter(|(name, value)| !value.is_empty() && !wire::is_reserved(name))
                .collect();
            prop_assert_eq!(read.iter().collect::<Vec<_>>(), said);
        }
    }
}
