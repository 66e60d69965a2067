//! A word beside a form's buttons while it is being sent.

use formwork::prelude::*;
use leptos::prelude::*;

// guide: status
/// "Saving…" for as long as the form around it is pending; it stands in any form and knows none.
#[component]
pub(crate) fn PendingNote() -> impl IntoView {
    let status = use_form_status();
    let note = move || {
        status.pending().then(|| {
            view! {
                <span class="pending-note">
                    <span class="spinner" aria-hidden="true"></span>
                    "Saving…"
                </span>
            }
        })
    };
    view! { <span role="status">{note}</span> }
}
// guide: end
