//! How one value is read from a form and written to it: one impl a type.
//!
//! | type | read from | not readable |
//! |---|---|---|
//! | `String` | the text with `\r\n` and `\r` as `\n`; absent is empty | – |
//! | integers | decimal digits, spaces around them ignored | an issue that names the range |
//! | floats | decimal, spaces ignored, finite | an issue |
//! | `bool` | absent, empty, `false`, `off`, `0` are false; `on`, `true`, `1` are true | an issue |
//! | `Option<T>` | absent or empty is `None`, otherwise as `T` | as `T` |
//! | enums | the value of one of the choices | an issue |

use crate::{Entries, Issues, Shape};

/// A type that a form field can hold.
///
/// Implemented for strings, numbers, `bool` and `Option`; `#[derive(FormChoice)]` implements it
/// for enums.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a form field",
    label = "not a form field",
    note = "use a string, a number, a bool, an Option of these, or an enum with `#[derive(FormChoice)]`"
)]
pub trait FormField: Sized {
    /// The kind of value, for the form's fingerprint.
    const SHAPE: Shape;
    /// Whether a form without this field can't be read.
    const REQUIRED: bool;
    /// A value that stands in where the entry could not be read, so that the other fields can
    /// still be validated; it never reaches a handler.
    fn placeholder() -> Self;
    /// Reads the value; what can't be read adds an issue at `name` and yields the placeholder.
    fn read(entries: &Entries, name: &str, issues: &mut Issues) -> Self;
    /// Writes the value as a form would send it.
    fn write(&self, name: &str, entries: &mut Entries);
}

/// An enum whose variants are the choices of a `<select>` or of radio buttons.
pub trait Choice: Sized + Copy + PartialEq + 'static {
    /// Every choice in order: the variant, the value it has in the form, and its label.
    const CHOICES: &'static [(Self, &'static str, &'static str)];

    /// The value that stands in the form.
    fn value(self) -> &'static str {
        Self::CHOICES.iter().find(|(choice, ..)| *choice == self).map_or("", |(_, value, _)| value)
    }

    /// The label a visitor sees.
    fn label(self) -> &'static str {
        Self::CHOICES.iter().find(|(choice, ..)| *choice == self).map_or("", |(.., label)| label)
    }

    /// The choice that has this value in the form.
    fn from_value(value: &str) -> Option<Self> {
        Self::CHOICES.iter().find(|(_, v, _)| *v == value).map(|(choice, ..)| *choice)
    }
}

impl FormField for String {
    const SHAPE: Shape = Shape::new("text");
    const REQUIRED: bool = true;

    fn placeholder() -> Self {
        String::new()
    }

    fn read(entries: &Entries, name: &str, _: &mut Issues) -> Self {
        normalize_newlines(entries.last(name).unwrap_or_default())
    }

    fn write(&self, name: &str, entries: &mut Entries) {
        entries.push(name, self.as_str());
    }
}

impl FormField for bool {
    const SHAPE: Shape = Shape::new("bool");
    const REQUIRED: bool = false;

    fn placeholder() -> Self {
        false
    }

    fn read(entries: &Entries, name: &str, issues: &mut Issues) -> Self {
        match entries.last(name).unwrap_or_default() {
            "on" | "true" | "1" => true,
            "" | "off" | "false" | "0" => false,
            _ => {
                issues.push(name, "Tick the box or leave it");
                false
            }
        }
    }

    fn write(&self, name: &str, entries: &mut Entries) {
        if *self {
            entries.push(name, "on");
        }
    }
}

impl<T: FormField> FormField for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const REQUIRED: bool = false;

    fn placeholder() -> Self {
        None
    }

    fn read(entries: &Entries, name: &str, issues: &mut Issues) -> Self {
        match entries.last(name) {
            None | Some("") => None,
            Some(_) => Some(T::read(entries, name, issues)),
        }
    }

    fn write(&self, name: &str, entries: &mut Entries) {
        if let Some(value) = self {
            value.write(name, entries);
        }
    }
}

macro_rules! integers {
    ($($int:ty)*) => {$(
        impl FormField for $int {
            const SHAPE: Shape = Shape::new("integer");
            const REQUIRED: bool = true;

            fn placeholder() -> Self {
                0
            }

            fn read(entries: &Entries, name: &str, issues: &mut Issues) -> Self {
                read_number(entries, name, issues, || {
                    format!("Enter a whole number from {} to {}", <$int>::MIN, <$int>::MAX)
                })
            }

            fn write(&self, name: &str, entries: &mut Entries) {
                entries.push(name, self.to_string());
            }
        }
    )*};
}
integers!(u8 u16 u32 u64 i8 i16 i32 i64);

macro_rules! floats {
    ($($float:ty)*) => {$(
        impl FormField for $float {
            const SHAPE: Shape = Shape::new("number");
            const REQUIRED: bool = true;

            fn placeholder() -> Self {
                0.0
            }

            fn read(entries: &Entries, name: &str, issues: &mut Issues) -> Self {
                let message = || "Enter a number".to_owned();
                let number: $float = read_number(entries, name, issues, message);
                if !number.is_finite() {
                    issues.push(name, message());
                    return 0.0;
                }
                number
            }

            fn write(&self, name: &str, entries: &mut Entries) {
                entries.push(name, self.to_string());
            }
        }
    )*};
}
floats!(f32 f64);

fn read_number<T: std::str::FromStr + FormField>(
    entries: &Entries,
    name: &str,
    issues: &mut Issues,
    message: impl FnOnce() -> String,
) -> T {
    let text = entries.last(name).unwrap_or_default().trim_ascii();
    text.parse().unwrap_or_else(|_| {
        issues.push(name, if text.is_empty() { "Enter a number".to_owned() } else { message() });
        T::placeholder()
    })
}

/// A browser sends `\r\n` from a native form and `\n` from a script; a handler sees `\n` in both.
fn normalize_newlines(text: &str) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Debug;

    use super::*;

    #[track_caller]
    fn check<T: FormField + PartialEq + Debug>(value: Option<&str>, expect: Result<T, &str>) {
        let entries = value.map(|v| ("f".to_owned(), v.to_owned())).into_iter().collect();
        let mut issues = Issues::default();
        let read = T::read(&entries, "f", &mut issues);
        match expect {
            Ok(expect) => {
                assert_eq!((read, issues.len()), (expect, 0));
            }
            Err(message) => {
                assert_eq!(
                    issues.iter().map(|i| i.message.as_str()).collect::<Vec<_>>(),
                    [message]
                );
                assert_eq!(read, T::placeholder());
            }
        }
    }

    #[test]
    fn text() {
        check(None, Ok(String::new()));
        check(Some(" a\r\nb\rc\n"), Ok(" a\nb\nc\n".to_owned()));
    }

    #[test]
    fn numbers() {
        check(Some(" 42 "), Ok(42_u8));
        check(Some("+7"), Ok(7_i64));
        check::<u8>(Some("300"), Err("Enter a whole number from 0 to 255"));
        check::<u8>(Some("4.5"), Err("Enter a whole number from 0 to 255"));
        check::<i32>(Some(""), Err("Enter a number"));
        check::<i32>(None, Err("Enter a number"));
        check(Some("2.5"), Ok(2.5_f64));
        check::<f64>(Some("NaN"), Err("Enter a number"));
        check::<f64>(Some("1e999"), Err("Enter a number"));
    }

    #[test]
    fn bools() {
        check(None, Ok(false));
        check(Some("on"), Ok(true));
        check(Some("0"), Ok(false));
        check::<bool>(Some("maybe"), Err("Tick the box or leave it"));
    }

    #[test]
    fn options() {
        check::<Option<u8>>(Some(""), Ok(None));
        check(Some("1"), Ok(Some(1_u8)));
        let entries = [("f".to_owned(), "x".to_owned())].into_iter().collect();
        let mut issues = Issues::default();
        Option::<u8>::read(&entries, "f", &mut issues);
        assert!(issues.has("f"), "an optional number that isn't one is an issue");
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let mut entries = Entries::default();
        (1.5_f32).write("a", &mut entries);
        true.write("b", &mut entries);
        Some("x".to_owned()).write("c", &mut entries);
        None::<u8>.write("d", &mut entries);
        let mut issues = Issues::default();
        assert_eq!(f32::read(&entries, "a", &mut issues), 1.5);
        assert!(bool::read(&entries, "b", &mut issues));
        assert_eq!(Option::<String>::read(&entries, "c", &mut issues).as_deref(), Some("x"));
        assert_eq!(Option::<u8>::read(&entries, "d", &mut issues), None);
        assert!(issues.is_empty());
    }
}
