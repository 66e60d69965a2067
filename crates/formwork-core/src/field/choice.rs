//! Enums: the choices of a `<select>`, of radio buttons or of a group of checkboxes.

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

/// A field with choices: of an enum, of which one, perhaps none, or several are chosen.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no choices",
    label = "not a field to choose from",
    note = "its type is an enum with `#[derive(FormChoice)]`, or an `Option`, `Vec` or `BTreeSet` of one"
)]
pub trait Choices {
    /// The enum.
    type Choice: Choice;
    /// Whether several can be chosen.
    const SEVERAL: bool;
}

impl<T: Choice> Choices for T {
    type Choice = T;
    const SEVERAL: bool = false;
}

impl<T: Choice> Choices for Option<T> {
    type Choice = T;
    const SEVERAL: bool = false;
}

impl<T: Choice> Choices for Vec<T> {
    type Choice = T;
    const SEVERAL: bool = true;
}

impl<T: Choice> Choices for std::collections::BTreeSet<T> {
    type Choice = T;
    const SEVERAL: bool = true;
}
