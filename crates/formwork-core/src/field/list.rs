//! Several values under one name, and rows of structs.

use std::collections::BTreeSet;

use super::{FormField, FormValue};
use crate::{Constraints, Entries, Issues, Lookup, Mistake, Shape, Structure, path};

/// What a `Vec` in a form can hold: a [`FormValue`] (several values of one name, as a group of
/// checkboxes or a `<select multiple>` sends them), or a struct with `#[derive(Form)]` (rows).
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` can't be a form field",
    label = "not something that a form can hold several of",
    note = "a list holds strings, numbers, dates, enums with `#[derive(FormChoice)]` or structs with `#[derive(Form, Validate)]`"
)]
pub trait ListItem: Sized {
    /// The kind of list, for the form's fingerprint.
    const LIST_SHAPE: Shape;
    /// What the list is made of.
    const LIST_STRUCTURE: Structure;
    /// What the list's control says of the values that it takes.
    const LIST_CONSTRAINTS: Constraints = Constraints { multiple: true, ..Constraints::NONE };
    /// Reads every item.
    fn read_list(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Vec<Self>;
    /// Writes every item.
    fn write_list<'a>(items: impl Iterator<Item = &'a Self>, name: &str, entries: &mut Entries)
    where
        Self: 'a;
    /// Whether there is none.
    fn is_list_blank(entries: &Lookup<'_>, name: &str) -> bool;
}

/// Every value that isn't empty, in order.
#[diagnostic::do_not_recommend]
impl<T: FormValue> ListItem for T {
    const LIST_SHAPE: Shape = Shape::new("several").field("", T::SHAPE, false);
    const LIST_STRUCTURE: Structure = Structure::Many;

    fn read_list(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Vec<Self> {
        let mut items = Vec::new();
        let mut unread = None;
        for text in entries.all(name).filter(|text| !text.is_empty()) {
            if items.len() == path::MAX_ROWS {
                unread = Some(Mistake::TooMany { max: path::MAX_ROWS.to_string() });
                break;
            }
            match T::from_text(text) {
                Ok(item) => items.push(item),
                Err(mistake) => unread = Some(mistake),
            }
        }
        // Once: all values stand under one name.
        if let Some(mistake) = unread {
            issues.push(name, mistake.sentence());
        }
        items
    }

    fn write_list<'a>(items: impl Iterator<Item = &'a Self>, name: &str, entries: &mut Entries)
    where
        Self: 'a,
    {
        for item in items {
            entries.push(name, item.to_text());
        }
    }

    fn is_list_blank(entries: &Lookup<'_>, name: &str) -> bool {
        entries.all(name).all(str::is_empty)
    }
}

impl<T: ListItem> FormField for Vec<T> {
    const SHAPE: Shape = T::LIST_SHAPE;
    const REQUIRED: bool = false;
    const STRUCTURE: Structure = T::LIST_STRUCTURE;
    const CONSTRAINTS: Constraints = T::LIST_CONSTRAINTS;

    fn placeholder() -> Self {
        Vec::new()
    }

    fn read(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Self {
        T::read_list(entries, name, issues)
    }

    fn write(&self, name: &str, entries: &mut Entries) {
        T::write_list(self.iter(), name, entries);
    }

    fn is_blank(entries: &Lookup<'_>, name: &str) -> bool {
        T::is_list_blank(entries, name)
    }
}

/// As a `Vec`, each value once.
impl<T: FormValue + Ord> FormField for BTreeSet<T> {
    const SHAPE: Shape = T::LIST_SHAPE;
    const REQUIRED: bool = false;
    const STRUCTURE: Structure = Structure::Many;
    const CONSTRAINTS: Constraints = Constraints { multiple: true, ..Constraints::NONE };

    fn placeholder() -> Self {
        BTreeSet::new()
    }

    fn read(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Self {
        T::read_list(entries, name, issues).into_iter().collect()
    }

    fn write(&self, name: &str, entries: &mut Entries) {
        T::write_list(self.iter(), name, entries);
    }

    fn is_blank(entries: &Lookup<'_>, name: &str) -> bool {
        T::is_list_blank(entries, name)
    }
}

/// What `#[derive(Form)]` makes of a list of its struct.
#[doc(hidden)]
pub mod rows {
    use super::*;
    use crate::Form;

    /// The kind of list, for the form's fingerprint.
    pub const fn shape<T: Form>() -> Shape {
        Shape::new("rows").field("", T::SHAPE, true)
    }

    /// Reads a row for every key that the submission names.
    pub fn read<T: Form>(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Vec<T> {
        let mut keys = entries.keys(name);
        if keys.len() > path::MAX_ROWS {
            let max = path::MAX_ROWS.to_string();
            issues.push(name, Mistake::TooMany { max }.sentence());
            keys.truncate(path::MAX_ROWS);
        }
        keys.into_iter().map(|key| T::read(entries, &path::row(name, key), issues)).collect()
    }

    /// Writes each row under a key of its own: `r0`, `r1` and so on.
    pub fn write<'a, T: Form>(
        items: impl Iterator<Item = &'a T>,
        name: &str,
        entries: &mut Entries,
    ) {
        for (at, item) in items.enumerate() {
            let row = path::row(name, &format!("r{at}"));
            entries.push(row.as_str(), "");
            item.write(&row, entries);
        }
    }

    /// Whether the submission names no row.
    pub fn is_blank(entries: &Lookup<'_>, name: &str) -> bool {
        entries.keys(name).is_empty()
    }
}
