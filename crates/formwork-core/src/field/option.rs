//! Any field, or nothing.

use super::FormField;
use crate::{Constraints, Entries, Issues, Lookup, Shape, Structure};

/// Blank is `None`: an absent or empty value, a struct without anything entered in it, an empty
/// list.
impl<T: FormField> FormField for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const REQUIRED: bool = false;
    const STRUCTURE: Structure = T::STRUCTURE;
    const CONSTRAINTS: Constraints = Constraints { required: false, ..T::CONSTRAINTS };

    fn placeholder() -> Self {
        None
    }

    fn read(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Self {
        if T::is_blank(entries, name) { None } else { Some(T::read(entries, name, issues)) }
    }

    fn write(&self, name: &str, entries: &mut Entries) {
        if let Some(value) = self {
            value.write(name, entries);
        }
    }

    fn is_blank(entries: &Lookup<'_>, name: &str) -> bool {
        T::is_blank(entries, name)
    }
}
