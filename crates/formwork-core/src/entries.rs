//! The names and values of a submission, in the order in which the form sent them.

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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entries(Vec<(String, String)>);

impl Entries {
    /// Adds an entry at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The last value of this name.
    pub fn last(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// Every entry, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What may be shown to the visitor again: everything that the application named, without
    /// Formwork's own fields and without secrets.
    pub fn kept(&self, secrets: &[&str]) -> Vec<(String, String)> {
        self.0
            .iter()
            .filter(|(name, _)| {
                !crate::wire::is_reserved(name) && !secrets.contains(&name.as_str())
            })
            .cloned()
            .collect()
    }
}

impl FromIterator<(String, String)> for Entries {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(entries: I) -> Self {
        Entries(entries.into_iter().collect())
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
        assert_eq!(entries.kept(&["password"]), [("email".into(), "a@b.c".into())]);
    }
}
