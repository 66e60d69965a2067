//! A form's fields by name: ids, values, issues, and attributes to spread onto plain elements.

mod attributes;
mod choices;
mod control;
mod rows;

use std::marker::PhantomData;

use formwork_core::{Entries, FieldSpec, Form, FormField, Issues, Lookup, path};
use leptos::prelude::*;

use crate::hooks::Scope;

pub use attributes::ControlAttributes;
pub use choices::OneChoice;
pub(crate) use control::Control;
use control::Element;
pub use rows::{Row, Rows};

/// A form whose fields are known by name; `#[derive(Form)]` writes it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a struct of form fields",
    label = "`#[garde(dive)]` is for a struct with `#[derive(Form, Validate)]`",
    note = "write an `Option` or `Vec` of one out, instead of an alias for it"
)]
pub trait FormFields: Form {
    /// One handle for each field of the form.
    type Fields: Copy;
    /// The fields within one form on the page.
    fn fields(scope: FieldScope) -> Self::Fields;
}

/// The form on the page that a field belongs to, and the struct in it.
#[derive(Clone, Copy)]
pub struct FieldScope {
    pub(crate) scope: Scope,
    within: Name,
    /// Whether all fields of the struct may be left empty: then none of them is required alone.
    optional: bool,
    initial: Option<StoredValue<Entries>>,
}

/// A name in the form; where structs nest it is made up while the page is.
#[derive(Clone, Copy)]
enum Name {
    Declared(&'static str),
    Made(StoredValue<String>),
}

impl Name {
    fn get(self) -> String {
        match self {
            Name::Declared(name) => name.to_owned(),
            Name::Made(name) => name.try_get_value().unwrap_or_default(),
        }
    }
}

impl FieldScope {
    pub(crate) fn new(scope: Scope, initial: Option<Entries>) -> Self {
        FieldScope {
            scope,
            within: Name::Declared(""),
            optional: false,
            initial: initial.map(StoredValue::new),
        }
    }

    fn name_of(self, field: &'static FieldSpec) -> Name {
        match self.within {
            Name::Declared("") => Name::Declared(field.name),
            within => Name::Made(StoredValue::new(path::within(&within.get(), field.name).into())),
        }
    }

    /// A field of one name.
    #[doc(hidden)]
    pub fn field<T>(self, spec: &'static FieldSpec) -> Field<T> {
        let control = Control { scope: self, spec, name: self.name_of(spec), hinted: false };
        Field { control, value: PhantomData }
    }

    /// The scope of a struct's fields.
    #[doc(hidden)]
    pub fn group(self, field: &'static FieldSpec) -> Self {
        let optional = self.optional || field.optional;
        FieldScope { within: self.name_of(field), optional, ..self }
    }

    /// A list of structs.
    #[doc(hidden)]
    pub fn rows<T>(self, spec: &'static FieldSpec) -> Rows<T> {
        Rows::new(Control { scope: self, spec, name: self.name_of(spec), hinted: false })
    }
}

/// One field of a form on the page; `T` is its type in the form.
pub struct Field<T> {
    pub(crate) control: Control,
    value: PhantomData<fn() -> T>,
}

/// What has issues of its own: a field, or a list as a whole.
#[derive(Clone, Copy)]
pub struct IssuesOf(pub(crate) Control);

impl<T> From<Field<T>> for IssuesOf {
    fn from(field: Field<T>) -> Self {
        IssuesOf(field.control)
    }
}

impl<T> From<Rows<T>> for IssuesOf {
    fn from(rows: Rows<T>) -> Self {
        IssuesOf(rows.control)
    }
}

impl<T> Clone for Field<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Field<T> {}

impl<T: 'static> Field<T> {
    /// The name under which it is sent, such as `address.city`.
    pub fn name(self) -> String {
        self.control.name()
    }

    /// The id of its control, for a label: the name, or `name-key` in a form with a key.
    pub fn id(self) -> String {
        self.control.id()
    }

    /// What a visitor knows it by: `#[field(label = "…")]`, or its name as words.
    pub fn label(self) -> &'static str {
        self.control.spec.label
    }

    /// The id of the element that shows its issues.
    pub fn issues_id(self) -> String {
        self.control.issues_id()
    }

    /// The id of the element that explains it, for a field that is [`hinted`](Field::hinted).
    pub fn hint_id(self) -> String {
        self.control.hint_id()
    }

    /// This field, with an element on the page that explains it: its controls refer to it by
    /// [`hint_id`](Field::hint_id).
    #[must_use]
    pub fn hinted(self) -> Self {
        Field { control: Control { hinted: true, ..self.control }, ..self }
    }

    /// What is to be shown in it: what the visitor had entered, after a failed submission without
    /// JavaScript, until the form is reset; else what the form began with. Reactive.
    pub fn value(self) -> String {
        self.control.value().unwrap_or_default()
    }

    /// As [`value`](Field::value), of a field with several.
    pub fn values(self) -> Vec<String> {
        self.control.values().unwrap_or_default()
    }

    /// What was sent for it and not accepted, by a submission that failed or by the check before one:
    /// in both gears the same, to be shown beside something else. Reactive; `None` for a secret, after a
    /// success, and before anything was sent.
    pub fn refused(self) -> Option<String> {
        self.control.refused().map(|mut values| values.pop().unwrap_or_default())
    }

    /// What is to be shown in it, read: `None` if it can't be. In a form in steps this is how a step tells
    /// what was answered in those before it. Reactive.
    pub fn entered(self) -> Option<T>
    where
        T: FormField,
    {
        let name = self.name();
        let values = self.control.values()?;
        let entries: Entries = values.into_iter().map(|value| (name.clone(), value)).collect();
        let mut issues = Issues::default();
        let value = T::read(&Lookup::new(&entries), &name, &mut issues);
        issues.is_empty().then_some(value)
    }

    /// Its issues as sentences; reactive.
    pub fn issues(self) -> Vec<String> {
        self.control.issues()
    }

    /// Whether it has issues; reactive.
    pub fn is_invalid(self) -> bool {
        self.control.is_invalid()
    }

    /// Attributes for an `<input>`: type, name, id, value, constraints, and what assistive
    /// technology needs. The type is the field's own: `#[field(type = "…")]` changes it.
    pub fn input(self) -> ControlAttributes {
        self.control.attributes(Element::Input, String::new())
    }

    /// As [`input`](Field::input), with this value until the visitor has entered another.
    pub fn input_with(self, initial: impl Into<String>) -> ControlAttributes {
        self.control.attributes(Element::Input, initial.into())
    }

    /// Attributes for a `<textarea>`, its text included.
    pub fn textarea(self) -> ControlAttributes {
        self.control.attributes(Element::Textarea, String::new())
    }

    /// As [`textarea`](Field::textarea), with this text until the visitor has entered another.
    pub fn textarea_with(self, initial: impl Into<String>) -> ControlAttributes {
        self.control.attributes(Element::Textarea, initial.into())
    }

    /// Attributes for a `<select>`; its options are [`options`](Field::options) or
    /// [`options_or`](Field::options_or).
    pub fn select(self) -> ControlAttributes {
        self.control.attributes(Element::Select, String::new())
    }
}

impl Field<bool> {
    /// Attributes for an `<input type="checkbox">`; [`input`](Field::input) gives the same.
    pub fn checkbox(self) -> ControlAttributes {
        self.control.checkbox()
    }
}

impl Field<Option<bool>> {
    /// Attributes for an `<input type="checkbox">`: `None` where it is not ticked.
    pub fn checkbox(self) -> ControlAttributes {
        self.control.checkbox()
    }
}
