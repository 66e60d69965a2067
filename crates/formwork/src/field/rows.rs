//! The rows of a list of structs: their keys, the fields of each, and the buttons that change them.

use std::marker::PhantomData;

use formwork_core::{Lookup, RowChange, path, wire};
use leptos::prelude::*;

use super::{Control, ControlAttributes, FieldScope, FormFields, Name, attributes::Written};

/// A list of structs in a form: `Vec<T>`, where `T` has `#[derive(Form, Validate)]`.
///
/// ```ignore
/// <EachRow rows=fields.phones let:phone>
///     <label for=phone.fields.number.id()>"Number"</label>
///     <input {..phone.fields.number.input()}/>
///     <FieldIssues field=phone.fields.number/>
///     <button {..phone.remove()}>"Remove"</button>
/// </EachRow>
/// <button {..fields.phones.add()}>"Add a phone"</button>
/// <FieldIssues field=fields.phones/>
/// ```
///
/// The buttons are ordinary submit buttons: without JavaScript the page comes back with the row and
/// everything that was typed, secrets excepted, and nothing has been run. When the page is hydrated
/// the row is there at once. In both cases the focus goes to it.
pub struct Rows<T> {
    pub(crate) control: Control,
    row: PhantomData<fn() -> T>,
}

impl<T> Clone for Rows<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Rows<T> {}

impl<T> Rows<T> {
    pub(super) fn new(control: Control) -> Self {
        Rows { control, row: PhantomData }
    }
}

impl<T: FormFields> Rows<T> {
    /// The name of the list, such as `phones`.
    pub fn name(self) -> String {
        self.control.name()
    }

    /// What a visitor knows it by: `#[field(label = "…")]`, or its name as words.
    pub fn label(self) -> &'static str {
        self.control.spec.label
    }

    /// The keys of the rows, in order; reactive.
    pub fn keys(self) -> Vec<String> {
        let name = self.name();
        let scope = self.control.scope;
        scope.scope.row_keys(&name, || {
            let initial = scope.initial.and_then(|initial| initial.try_get_value());
            let initial = initial.unwrap_or_default();
            Lookup::new(&initial).keys(&name).into_iter().map(str::to_owned).collect()
        })
    }

    /// The row with this key.
    pub fn row(self, key: &str) -> Row<T> {
        let name = StoredValue::new(path::row(&self.name(), key));
        let scope = FieldScope { within: Name::Made(name), optional: false, ..self.control.scope };
        Row { fields: T::fields(scope), name }
    }

    /// Attributes for a button that adds a row at the end.
    pub fn add(self) -> ControlAttributes {
        let id = self.control.id();
        let value = RowChange::add(&self.name()).to_string();
        ControlAttributes::new(move |written| {
            // It takes the focus when the last row is gone.
            written.set("id", id.clone());
            button(written, &value);
        })
    }
}

/// A row of a list on the page.
pub struct Row<T: FormFields> {
    /// Its fields.
    pub fields: T::Fields,
    name: StoredValue<String>,
}

impl<T: FormFields> Clone for Row<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: FormFields> Copy for Row<T> {}

impl<T: FormFields> Row<T> {
    /// The name of the row, such as `phones[k2]`: that of the hidden field that says that it is
    /// there.
    pub fn name(self) -> String {
        self.name.try_get_value().unwrap_or_default()
    }

    /// Attributes for a button that takes the row away.
    pub fn remove(self) -> ControlAttributes {
        self.button("remove")
    }

    /// Attributes for a button that moves the row up.
    pub fn up(self) -> ControlAttributes {
        self.button("up")
    }

    /// Attributes for a button that moves the row down.
    pub fn down(self) -> ControlAttributes {
        self.button("down")
    }

    fn button(self, word: &str) -> ControlAttributes {
        let value = format!("{word} {}", self.name());
        ControlAttributes::new(move |written| button(written, &value))
    }
}

fn button(written: &mut Written, value: &str) {
    written.set("type", "submit");
    written.set("name", wire::ROWS);
    written.set("value", value);
    // A form that isn't finished may get another row.
    written.flag("formnovalidate", true);
}
