//! Fields with choices: the options of a `<select>`, radio buttons, groups of checkboxes.

use formwork_core::{Choice, Choices};
use leptos::prelude::*;

use super::{Field, attributes::ControlAttributes};

/// One choice of a field: a radio button where one can be chosen, a checkbox where several can.
///
/// ```ignore
/// <fieldset {..fields.topics.group()}>
///     <legend>"Topics"</legend>
///     {fields.topics.choices().map(|topic| view! {
///         <label><input {..topic.input()}/> {topic.label()}</label>
///     }).collect_view()}
///     <FieldIssues field=fields.topics/>
/// </fieldset>
/// ```
pub struct OneChoice<T> {
    field: Field<T>,
    value: &'static str,
    label: &'static str,
    several: bool,
    first: bool,
}

impl<T: 'static> OneChoice<T> {
    /// What a visitor sees.
    pub fn label(&self) -> &'static str {
        self.label
    }

    /// The id of its control.
    pub fn id(&self) -> String {
        format!("{}-{}", self.field.id(), self.value)
    }

    /// Attributes for its `<input>`, type included.
    pub fn input(&self) -> ControlAttributes {
        let value = self.value;
        let input_type = if self.several { "checkbox" } else { "radio" };
        self.field.control.tick(input_type, value, self.id(), self.first, move |values| {
            values.is_some_and(|values| values.iter().any(|chosen| chosen == value))
        })
    }
}

impl<T: Choices + 'static> Field<T> {
    /// Every choice in order.
    pub fn choices(self) -> impl Iterator<Item = OneChoice<T>> {
        T::Choice::CHOICES.iter().enumerate().map(move |(at, &(_, value, label))| OneChoice {
            field: self,
            value,
            label,
            several: T::SEVERAL,
            first: at == 0,
        })
    }

    /// Attributes for the `<fieldset>` around its radio buttons or checkboxes.
    pub fn group(self) -> ControlAttributes {
        self.control.group()
    }

    /// The `<option>`s of a `<select>`, none of them chosen until the visitor has chosen; where one
    /// can be chosen, the first is an empty one with this label.
    pub fn options_or(self, none: &'static str) -> impl IntoView {
        let empty = (!T::SEVERAL).then(|| view! { <option value="">{none}</option> });
        (empty, self.list(""))
    }

    fn list(self, initial: &'static str) -> impl IntoView {
        let one = move |&(_, value, label): &(T::Choice, &'static str, &'static str)| {
            option(self, value, label, initial)
        };
        T::Choice::CHOICES.iter().map(one).collect_view()
    }
}

impl<T: Choice + Choices> Field<T> {
    /// The `<option>`s of a `<select>`: `initial` is chosen until the visitor has chosen.
    pub fn options(self, initial: T) -> impl IntoView {
        self.list(initial.value())
    }
}

fn option<T: 'static>(
    field: Field<T>,
    value: &'static str,
    label: &'static str,
    initial: &'static str,
) -> impl IntoView {
    let is_chosen = move || match field.control.values() {
        Some(chosen) if !chosen.is_empty() => chosen.iter().any(|chosen| chosen == value),
        _ => initial == value,
    };
    view! { <option value=value selected=is_chosen>{label}</option> }
}
