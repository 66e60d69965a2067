//! `<FormIssues>`: what is wrong with a form, in one place, with links to the fields.

use formwork_core::spec_of;
use leptos::prelude::*;

use crate::hooks::use_form_status;

/// The issues of the [`Form`](crate::Form) around it: links to the fields, each with what the
/// visitor knows it by. Empty while there is nothing to mend.
///
/// The form itself announces that there is something; this is no live region of its own.
#[component]
pub fn FormIssues() -> impl IntoView {
    let status = use_form_status();
    move || {
        let issues = status.scope.issues();
        let items = issues.iter().filter(|issue| !issue.path.is_empty()).map(|issue| {
            let href = format!("#{}", status.scope.id_of(&issue.path));
            let text = match spec_of(status.fields, &issue.path) {
                Some(spec) => format!("{}: {}", spec.label, issue.message),
                None => issue.message.clone(),
            };
            // A router would take the link for a page.
            view! { <li><a href=href rel="external">{text}</a></li> }
        });
        let items = items.collect_view();
        (!items.is_empty()).then(|| view! { <ul class="issues">{items}</ul> })
    }
}
