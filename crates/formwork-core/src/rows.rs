//! Rows that are added, taken away and moved: what the button says, and what becomes of the form.

use std::fmt;

use crate::{Entries, FieldSpec, Lookup, path, spec};

/// What a button does to a list: the value of `_rows`.
///
/// ```
/// use formwork_core::{RowChange, UsedKeys};
/// let change = RowChange::parse("remove phones[k2]").unwrap();
/// let mut keys = vec!["k1".to_owned(), "k2".to_owned()];
/// change.apply(&mut keys, &mut UsedKeys::default());
/// assert_eq!(keys, ["k1"]);
/// assert_eq!(change.to_string(), "remove phones[k2]");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowChange<'a> {
    what: What,
    list: &'a str,
    /// Empty for a new row.
    key: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Add,
    Remove,
    Up,
    Down,
}

const WORDS: [(What, &str); 4] =
    [(What::Add, "add"), (What::Remove, "remove"), (What::Up, "up"), (What::Down, "down")];

impl<'a> RowChange<'a> {
    /// Reads the value of a button.
    pub fn parse(value: &'a str) -> Option<Self> {
        let (word, name) = value.split_once(' ')?;
        let (what, _) = *WORDS.iter().find(|(_, known)| *known == word)?;
        let (list, key) = match what {
            What::Add => (name, ""),
            _ => {
                let (list, key) = name.strip_suffix(']')?.rsplit_once('[')?;
                if !path::is_key(key) {
                    return None;
                }
                (list, key)
            }
        };
        Some(RowChange { what, list, key })
    }

    /// A new row at the end.
    pub fn add(list: &'a str) -> Self {
        RowChange { what: What::Add, list, key: "" }
    }

    /// The list's name.
    pub fn list(&self) -> &'a str {
        self.list
    }

    /// Changes the keys of the list. What comes of it is the name of the row to go on with, or of
    /// the list if it has none. A new row gets a key that is not among those used.
    pub fn apply(&self, keys: &mut Vec<String>, used: &mut UsedKeys) -> String {
        used.note(keys);
        let at = keys.iter().position(|key| key == self.key);
        let on = match (self.what, at) {
            (What::Add, _) if keys.len() < path::MAX_ROWS => {
                keys.push(used.next(keys));
                keys.len() - 1
            }
            (What::Remove, Some(at)) => {
                keys.remove(at);
                at.min(keys.len().saturating_sub(1))
            }
            (What::Up, Some(at)) if at > 0 => {
                keys.swap(at - 1, at);
                at - 1
            }
            (What::Down, Some(at)) if at + 1 < keys.len() => {
                keys.swap(at, at + 1);
                at + 1
            }
            (_, at) => at.unwrap_or_default(),
        };
        match keys.get(on) {
            Some(key) => path::row(self.list, key),
            None => self.list.to_owned(),
        }
    }

    /// Changes what was submitted: `None` if the form has no such list.
    pub fn apply_to(&self, entries: &mut Entries, fields: &'static [FieldSpec]) -> Option<String> {
        if !spec::is_list(fields, self.list) {
            return None;
        }
        let mut keys: Vec<String> =
            Lookup::new(entries).keys(self.list).into_iter().map(str::to_owned).collect();
        // What was entered in a row that goes isn't kept: its key may come again.
        let on = self.apply(&mut keys, &mut UsedKeys::default());
        entries.set_rows(self.list, &keys);
        Some(on)
    }
}

impl fmt::Display for RowChange<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = WORDS.iter().find(|(what, _)| *what == self.what).map_or("", |(_, word)| word);
        match self.key {
            "" => write!(f, "{word} {}", self.list),
            key => write!(f, "{word} {}[{key}]", self.list),
        }
    }
}

/// The keys that a list has had, as far as they are numbered: where the values of a row that is gone are
/// still known by its key, no other row may get it.
#[derive(Clone, Copy, Debug, Default)]
pub struct UsedKeys(Option<u32>);

impl UsedKeys {
    /// These are, or were, keys of the list.
    pub fn note(&mut self, keys: &[String]) {
        let numbers = keys.iter().filter_map(|key| key.strip_prefix('r')?.parse::<u32>().ok());
        self.0 = self.0.max(numbers.max());
    }

    /// `r` and a number that is greater than all before.
    fn next(&mut self, keys: &[String]) -> String {
        let next = self.0.map_or(0, |greatest| greatest.saturating_add(1));
        self.0 = Some(next);
        let mut key = format!("r{next}");
        while keys.contains(&key) {
            key.push('_');
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(change: &str, expect: &[&str], on: &str) {
        let mut keys = ["a", "r7", "b"].map(str::to_owned).to_vec();
        let change = RowChange::parse(change).expect(change);
        assert_eq!(
            (change.apply(&mut keys, &mut UsedKeys::default()).as_str(), &keys[..]),
            (on, &expect.iter().map(|k| (*k).to_owned()).collect::<Vec<_>>()[..])
        );
    }

    #[test]
    fn rows_come_go_and_move() {
        check("add p", &["a", "r7", "b", "r8"], "p[r8]");
        check("remove p[r7]", &["a", "b"], "p[b]");
        check("remove p[b]", &["a", "r7"], "p[r7]");
        check("remove p[nowhere]", &["a", "r7", "b"], "p[a]");
        check("up p[r7]", &["r7", "a", "b"], "p[r7]");
        check("up p[a]", &["a", "r7", "b"], "p[a]");
        check("down p[b]", &["a", "r7", "b"], "p[b]");
        check("down q[x].p[a]", &["r7", "a", "b"], "q[x].p[a]");
    }

    #[test]
    fn n9_a_new_row_never_gets_the_key_of_one_that_is_gone() {
        let (mut keys, mut used) = (vec!["r0".to_owned(), "r1".to_owned()], UsedKeys::default());
        for change in ["remove p[r1]", "add p", "remove p[r2]", "remove p[r0]", "add p"] {
            RowChange::parse(change).expect(change).apply(&mut keys, &mut used);
        }
        assert_eq!(keys, ["r3"]);
        used.note(&["r9".to_owned()]);
        RowChange::add("p").apply(&mut keys, &mut used);
        assert_eq!(keys, ["r3", "r10"]);
    }

    #[test]
    fn what_no_button_says_is_no_change() {
        for bad in ["", "add", "burn p[a]", "remove p", "remove p[]", "remove p[ü]", "up [a"] {
            assert_eq!(RowChange::parse(bad), None, "{bad}");
        }
    }
}
