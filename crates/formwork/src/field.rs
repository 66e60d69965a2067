//! A form's fields by name: ids, values, issues, and attributes to spread onto plain elements.

use std::marker::PhantomData;

use formwork_core::{Choice, Form};
use leptos::{
    attr::{self, Attribute},
    prelude::*,
};

use crate::{half, hooks::Scope};

/// A form whose fields are known by name; `#[derive(Form)]` writes it.
pub trait FormFields: Form {
    /// One [`Field`] for each field of the form.
    type Fields;
    /// The fields within one form on the page.
    fn fields(scope: FieldScope) -> Self::Fields;
}

/// The form on the page that a field belongs to.
#[derive(Clone, Copy)]
pub struct FieldScope(pub(crate) Scope);

impl FieldScope {
    /// The field of this name.
    pub fn field<T>(self, name: &'static str) -> Field<T> {
        Field { scope: self.0, name, value: PhantomData }
    }
}

/// One field of a form on the page; `T` is its type in the form.
pub struct Field<T> {
    scope: Scope,
    name: &'static str,
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for Field<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Field<T> {}

impl<T: 'static> Field<T> {
    /// The name under which it is sent.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The id of its control, for a label: the name, or `name-key` in a form with a key.
    pub fn id(self) -> String {
        self.scope.id_of(self.name)
    }

    /// The id of the element that shows its issues.
    pub fn issues_id(self) -> String {
        format!("{}-error", self.id())
    }

    /// What the visitor had entered, after a failed submission without JavaScript, until the form
    /// is reset; reactive.
    pub fn value(self) -> String {
        self.scope.kept(self.name).unwrap_or_default()
    }

    /// Its issues as sentences; reactive.
    pub fn issues(self) -> Vec<String> {
        self.scope.issues_at(self.name)
    }

    /// Whether it has issues; reactive.
    pub fn is_invalid(self) -> bool {
        self.scope.has_issue(self.name)
    }

    /// Attributes for an `<input>` of any textual type: name, id, value and what assistive
    /// technology needs.
    pub fn input(self) -> impl Attribute + 'static {
        (attr::value(move || self.value()), self.control())
    }

    /// Attributes for a `<textarea>`, its text included.
    pub fn textarea(self) -> impl Attribute + 'static {
        self.textarea_with("")
    }

    /// As [`textarea`](Field::textarea), with this text until the visitor has entered another.
    pub fn textarea_with(self, initial: impl Into<String>) -> impl Attribute + 'static {
        // A line break right after the start tag is dropped by the parser of a document (HTML
        // standard, §13.1.2.5), but not by `innerHTML`: one in front keeps the visitor's own.
        let initial = initial.into();
        let text = move || {
            let text = self.scope.kept(self.name).unwrap_or_else(|| initial.clone());
            let text = escape(&text);
            if half::IN_BROWSER || text.is_empty() { text } else { format!("\n{text}") }
        };
        (leptos::tachys::html::element::inner_html(text), self.control())
    }

    /// Attributes for a `<select>`; its options are [`options`](Field::options).
    pub fn select(self) -> impl Attribute + 'static {
        self.control()
    }

    fn control(self) -> impl Attribute + 'static {
        let described = self.issues_id();
        (
            attr::name(self.name),
            attr::id(self.id()),
            attr::aria_invalid(move || self.is_invalid().then_some("true")),
            attr::aria_describedby(move || self.is_invalid().then(|| described.clone())),
        )
    }
}

impl Field<bool> {
    /// Attributes for an `<input type="checkbox">`.
    pub fn checkbox(self) -> impl Attribute + 'static {
        let checked = move || !matches!(self.value().as_str(), "" | "off" | "false" | "0");
        (attr::r#type("checkbox"), attr::value("on"), attr::checked(checked), self.control())
    }
}

impl<T: Choice> Field<T> {
    /// The `<option>`s of a `<select>`: `initial` is chosen until the visitor has chosen.
    pub fn options(self, initial: T) -> impl IntoView {
        let initial = initial.value();
        let is_chosen = move |value| match self.scope.kept(self.name) {
            Some(kept) if T::from_value(&kept).is_some() => kept == value,
            _ => initial == value,
        };
        T::CHOICES
            .iter()
            .map(|&(_, value, label)| {
                view! { <option value=value selected=move || is_chosen(value)>{label}</option> }
            })
            .collect_view()
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
