//! Types that are one text in a form: the trait that newtypes implement.

use super::FormField;
use crate::{Constraints, Entries, Issues, Lookup, Mistake, Shape, Structure};

/// A type that is one text in a form. Implement it for types of your own; an `Option`, `Vec` or
/// `BTreeSet` of them is a form field as well.
///
/// ```
/// use formwork_core::{FormValue, Mistake, Shape};
///
/// /// Two letters, such as `PT`.
/// #[derive(Debug, PartialEq)]
/// struct Country([u8; 2]);
///
/// impl FormValue for Country {
///     const SHAPE: Shape = Shape::new("country");
///
///     fn placeholder() -> Self {
///         Country(*b"XX")
///     }
///
///     fn from_text(text: &str) -> Result<Self, Mistake> {
///         let letters = text.trim().to_ascii_uppercase();
///         match letters.as_bytes() {
///             [a @ b'A'..=b'Z', b @ b'A'..=b'Z'] => Ok(Country([*a, *b])),
///             _ => Err(Mistake::said("Enter the two letters of a country, such as PT")),
///         }
///     }
///
///     fn to_text(&self) -> String {
///         self.0.map(char::from).iter().collect()
///     }
/// }
///
/// assert_eq!(Country::from_text("pt"), Ok(Country(*b"PT")));
/// ```
pub trait FormValue: Sized {
    /// The kind of value, for the form's fingerprint.
    const SHAPE: Shape;
    /// What its control says of the values that it takes. A constraint must not refuse a text that
    /// [`from_text`](FormValue::from_text) takes. Rules of length and pattern become constraints where
    /// the value is the text, as [`Constraints::TEXT`] says.
    const CONSTRAINTS: Constraints = Constraints::ANY;
    /// Any value; see [`FormField::placeholder`].
    fn placeholder() -> Self;
    /// Reads it. An absent field is the empty text.
    fn from_text(text: &str) -> Result<Self, Mistake>;
    /// Writes it as `from_text` reads it.
    fn to_text(&self) -> String;
}

// Without this attribute the compiler asks for `FormValue`, and not for what can be a field.
#[diagnostic::do_not_recommend]
impl<T: FormValue> FormField for T {
    const SHAPE: Shape = T::SHAPE;
    const REQUIRED: bool = true;
    const STRUCTURE: Structure = Structure::One;
    const CONSTRAINTS: Constraints = T::CONSTRAINTS;

    fn placeholder() -> Self {
        T::placeholder()
    }

    fn read(entries: &Lookup<'_>, name: &str, issues: &mut Issues) -> Self {
        T::from_text(entries.last(name).unwrap_or_default()).unwrap_or_else(|mistake| {
            issues.push(name, mistake.sentence());
            T::placeholder()
        })
    }

    fn write(&self, name: &str, entries: &mut Entries) {
        entries.push(name, self.to_text());
    }

    fn is_blank(entries: &Lookup<'_>, name: &str) -> bool {
        entries.last(name).is_none_or(str::is_empty)
    }
}
