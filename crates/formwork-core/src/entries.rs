//! The names and values of a submission, in the order in which the form sent them.

use std::{collections::HashMap, fmt};

use crate::{path, upload::Arrived};

/// A form's entry list: what the HTML standard calls the result of "constructing the entry list".
///
/// Names may repeat (checkbox groups do); [`last`](Entries::last) is how a single value is read,
/// so that a pressed button can override a hidden field that stands before it.
///
/// ```
/// use formwork_core::Entries;
/// let mut entries = Entries::default();
/// entries.push("title", "Printer on fire");
/// assert_eq!(entries.last("title"), Some("Printer on fire"));
/// assert_eq!(entries.last("body"), None);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Entries(Vec<(String, String)>, Vec<(String, Arrived)>);

/// The names alone: which of the values are secrets, only the form knows.
impl fmt::Debug for Entries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

impl Entries {
    /// Adds an entry at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The last value of this name, among all entries; a [`Lookup`](crate::Lookup) finds many.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Every entry, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// Adds a file at the end of all files.
    #[doc(hidden)]
    pub fn push_file(&mut self, name: impl Into<String>, file: Arrived) {
        self.1.push((name.into(), file));
    }

    /// Every file, in order.
    #[doc(hidden)]
    pub fn files(&self) -> &[(String, Arrived)] {
        &self.1
    }

    /// How many entries there are, without files.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none, but for files.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What may be shown to the visitor again: everything that the application named, without
    /// Formwork's own fields and without secrets.
    pub fn kept(&self, is_secret: impl Fn(&str) -> bool) -> Vec<(String, String)> {
        self.0
            .iter()
            .filter(|(name, _)| !crate::wire::is_reserved(name) && !is_secret(name))
            .cloned()
            .collect()
    }

    /// Puts the rows of a list in this order, at the end; a key without entries becomes a new row,
    /// and rows without a key here go.
    pub(crate) fn set_rows(&mut self, list: &str, keys: &[String]) {
        let prefix = [list, "["].concat();
        let (rows, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut self.0)
            .into_iter()
            .partition(|(name, _)| name.starts_with(&prefix));
        self.0 = rest;
        let mut by_key: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
        for (name, value) in &rows {
            let key = name[prefix.len()..].split(']').next().unwrap_or_default();
            by_key.entry(key).or_default().push((name, value));
        }
        for key in keys {
            let row = path::row(list, key);
            self.push(row.as_str(), "");
            let entries = by_key.remove(key.as_str()).unwrap_or_default();
            for (name, value) in entries.into_iter().filter(|(name, _)| *name != row) {
                self.push(name, value);
            }
        }
    }

    pub(crate) fn as_slice(&self) -> &[(String, String)] {
        &self.0
    }
}

impl FromIterator<(String, String)> for Entries {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(entries: I) -> Self {
        Entries(entries.into_iter().collect(), Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_secrets_nor_reserved_fields_are_kept() {
        let mut entries = Entries::default();
        entries.push("_action", "sign_in");
        entries.push("email", "a@b.c");
        entries.push("password", "hunter2");
        assert_eq!(entries.kept(|name| name == "password"), [("email".into(), "a@b.c".into())]);
    }
}
