//! `<FieldIssues>`: what is wrong with one field, beside it.

use leptos::prelude::*;

use crate::field::Field;

/// The issues of a field, in an element that the field's `aria-describedby` names.
#[component]
pub fn FieldIssues<T: 'static>(
    /// The field, from [`ActionState::fields`](crate::ActionState::fields).
    field: Field<T>,
) -> impl IntoView {
    view! {
        <p class="issue" id=field.issues_id() hidden=move || !field.is_invalid()>
            {move || field.issues().join(" ")}
        </p>
    }
}
