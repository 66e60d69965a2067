//! `<FieldIssues>`: what is wrong with one field, beside it.

use leptos::prelude::*;

use crate::field::IssuesOf;

/// The issues of a field, in an element that the field's `aria-describedby` names.
#[component]
pub fn FieldIssues(
    /// The field or the list, from [`ActionState::fields`](crate::ActionState::fields).
    #[prop(into)]
    field: IssuesOf,
) -> impl IntoView {
    let IssuesOf(field) = field;
    view! {
        <p class="issue" id=field.issues_id() hidden=move || !field.is_invalid()>
            {move || field.issues().join(" ")}
        </p>
    }
}
