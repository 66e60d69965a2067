//! How a field is read from a form and written to it. `docs/FIELDS.md` is the table of all types.

mod bool;
mod choice;
mod decimal;
mod list;
mod number;
mod option;
mod text;
mod time;
mod value;
mod wire;

pub use choice::{Choice, Choices};
pub use decimal::Decimal;
pub use list::{ListItem, rows};
pub use text::{Color, Email, WebAddress};
pub use time::{Date, LocalDateTime, Month, Time};
pub use value::FormValue;

use crate::{Constraints, Entries, Issues, Lookup, Shape, Structure};

/// A type that a form field can hold: one value, several, a struct of fields, or a list of those.
///
/// | | |
/// |---|---|
/// | one value | every [`FormValue`]: strings, numbers, dates, enums with `#[derive(FormChoice)]`, and newtypes that implement it |
/// | a checkbox | `bool` |
/// | several values | `Vec` and `BTreeSet` of them |
/// | a file | [`Upload`](crate::Upload), and `Vec` of it |
/// | a struct | with `#[derive(Form, Validate)]` |
/// | a list of structs | `Vec` of them |
/// | any of these, or nothing | `Option` |
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a form field",
    label = "not a form field",
    note = "use a string, a number, a bool, a date, an `Upload`, an enum with `#[derive(FormChoice)]`, a struct with `#[derive(Form, Validate)]`, an `Option` or `Vec` of these, or implement `FormValue` for it"
)]
pub trait FormField: Sized {
    /// The kind of value, for the form's fingerprint.
    const SHAPE: Shape;
    /// Whether a form without this field can't be read.
    const REQUIRED: bool;
    /// What it is made of.
    const STRUCTURE: Structure;
    /// What its control says of the values that it takes.
    const CONSTRAINTS: Constraints;
    /// A value that stands in where the entry could not be read, so that the other fields can
    /// still be validated; it never reaches a handler.
    fn placeholder() -> Self;
    /// Reads the value; what can't be read adds an issue at `name` and yields the placeholder.
    fn read(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Self;
    /// Writes the value as a form would send it.
    fn write(&self, name: &str, entries: &mut Entries);
    /// Whether nothing was entered: what an `Option` takes for `None`.
    fn is_blank(entries: &Lookup<'_>, name: &str) -> bool;
}
