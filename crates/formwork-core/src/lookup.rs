//! The entries of a submission, found by name.

use crate::{Entries, path, upload::Arrived};

/// An index of [`Entries`]: every field is found without looking at all entries, and what a list
/// has rows for is found without looking at all fields.
///
/// Building it takes O(n log n) steps and reading a form with it about as many as there are entries,
/// however they are named: the hostile names of `T9` cost no more than others.
///
/// ```
/// use formwork_core::{Entries, Lookup};
/// let mut entries = Entries::default();
/// entries.push("phones[b].number", "1");
/// entries.push("phones[a].number", "2");
/// let lookup = Lookup::new(&entries);
/// assert_eq!(lookup.keys("phones"), ["b", "a"]);
/// assert_eq!(lookup.last("phones[a].number"), Some("2"));
/// ```
pub struct Lookup<'a> {
    entries: &'a [(String, String)],
    /// There are few.
    files: &'a [(String, Arrived)],
    /// Positions in `entries`, by name and then by position.
    sorted: Vec<u32>,
}

impl<'a> Lookup<'a> {
    /// Sorts the entries.
    pub fn new(entries: &'a Entries) -> Self {
        let (entries, files) = (entries.as_slice(), entries.files());
        // A submission has a limit of fields far below.
        let mut sorted: Vec<u32> = (0..u32::try_from(entries.len()).unwrap_or(u32::MAX)).collect();
        sorted.sort_unstable_by(|a, b| {
            let names = entries[*a as usize].0.cmp(&entries[*b as usize].0);
            names.then(a.cmp(b))
        });
        Lookup { entries, files, sorted }
    }

    /// The last value of this name: a pressed button overrides a hidden field that stands before it.
    pub fn last(&self, name: &str) -> Option<&'a str> {
        let end = self.sorted.partition_point(|at| self.name(*at) <= name);
        let at = *self.sorted.get(end.checked_sub(1)?)?;
        (self.name(at) == name).then(|| self.value(at))
    }

    /// Every value of this name, in order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let start = self.sorted.partition_point(|at| self.name(*at) < name);
        let named = self.sorted[start..].iter().take_while(move |at| self.name(**at) == name);
        named.map(|at| self.value(*at))
    }

    /// The keys of a list's rows, in the order in which the submission first names them.
    pub fn keys(&self, list: &str) -> Vec<&'a str> {
        let prefix = [list, "["].concat();
        let start = self.sorted.partition_point(|at| self.name(*at) < prefix.as_str());
        let mut keys: Vec<(u32, &str)> = Vec::new();
        for at in &self.sorted[start..] {
            let Some(rest) = self.name(*at).strip_prefix(prefix.as_str()) else { break };
            let Some((key, _)) = rest.split_once(']').filter(|(key, _)| path::is_key(key)) else {
                continue;
            };
            // All names of a row stand together: they begin with the same `list[key]`.
            match keys.last_mut() {
                Some((first, last)) if *last == key => *first = (*first).min(*at),
                _ => keys.push((*at, key)),
            }
        }
        keys.sort_unstable_by_key(|(first, _)| *first);
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// The files of this name, in order.
    #[doc(hidden)]
    pub fn files(&self, name: &str) -> impl Iterator<Item = &'a Arrived> {
        self.files.iter().filter(move |(n, _)| n == name).map(|(_, file)| file)
    }

    fn name(&self, at: u32) -> &'a str {
        &self.entries[at as usize].0
    }

    fn value(&self, at: u32) -> &'a str {
        &self.entries[at as usize].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(pairs: &[(&str, &str)]) -> Entries {
        pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    #[test]
    fn values_by_name() {
        let entries = entries(&[("b", "1"), ("a", "2"), ("b", "3"), ("ab", "4")]);
        let lookup = Lookup::new(&entries);
        assert_eq!(lookup.last("b"), Some("3"));
        assert_eq!(lookup.last("a"), Some("2"));
        assert_eq!(lookup.last(""), None);
        assert_eq!(lookup.last("c"), None);
        assert_eq!(lookup.all("b").collect::<Vec<_>>(), ["1", "3"]);
        assert_eq!(lookup.all("c").count(), 0);
    }

    #[test]
    fn rows_in_the_order_of_their_first_entry() {
        let entries = entries(&[
            ("p[z].n", "1"),
            ("p[a-b]", ""),
            ("p[a].n", "2"),
            ("p[z]", ""),
            ("p[a-b].n", "3"),
            ("p", "x"),
            ("p[].n", "no key"),
            ("p[ü].n", "no key"),
            ("q[y].n", "another list"),
        ]);
        assert_eq!(Lookup::new(&entries).keys("p"), ["z", "a-b", "a"]);
    }
}
