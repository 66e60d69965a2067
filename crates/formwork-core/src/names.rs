//! The names of a form's fields, typed: for issues that a handler finds.

use std::marker::PhantomData;

use crate::{Form, path};

/// A form whose fields have typed names; `#[derive(Form)]` writes it.
///
/// ```ignore
/// if store::is_taken(&form.email).await? {
///     return Err(ActionError::invalid(Profile::names().email, "This address has an account"));
/// }
/// // A row is named by its position in the `Vec`.
/// issues.push(Profile::names().phones.at(1).number, "Nobody answers there");
/// ```
pub trait FormNames: Form {
    /// One name for each field.
    type Names;
    /// The names of the fields in the struct of this name.
    #[doc(hidden)]
    fn names_within(within: &str) -> Self::Names;

    /// The names of the form's fields.
    fn names() -> Self::Names {
        Self::names_within("")
    }
}

/// The name of a field, as an issue's path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldName(String);

impl FieldName {
    /// What `#[derive(Form)]` makes.
    #[doc(hidden)]
    pub fn of(within: &str, name: &str) -> Self {
        FieldName(path::within(within, name).into_owned())
    }
}

impl From<FieldName> for String {
    fn from(FieldName(name): FieldName) -> Self {
        name
    }
}

/// The names of the rows of a list; as a path, that of the list as a whole.
pub struct RowNames<T> {
    list: String,
    row: PhantomData<fn() -> T>,
}

impl<T: FormNames> RowNames<T> {
    /// What `#[derive(Form)]` makes.
    #[doc(hidden)]
    pub fn of(within: &str, name: &str) -> Self {
        RowNames { list: path::within(within, name).into_owned(), row: PhantomData }
    }

    /// The names of the fields of the row at this position.
    pub fn at(&self, position: usize) -> T::Names {
        T::names_within(&path::row(&self.list, &position.to_string()))
    }
}

impl<T> From<RowNames<T>> for String {
    fn from(names: RowNames<T>) -> Self {
        names.list
    }
}
