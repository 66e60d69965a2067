//! What was entered and has no place on the page: to be selected and copied.

use leptos::prelude::*;

/// A field that can't be changed for each name and value. They have no names: they are not sent.
#[component]
pub(crate) fn Copies(entries: Vec<(String, String)>) -> impl IntoView {
    let copies = entries.into_iter().map(|(label, value)| {
        view! {
            <label>
                {label}
                <textarea readonly=true>{value}</textarea>
            </label>
        }
    });
    copies.collect_view()
}
