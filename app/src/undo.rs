//! A button beside that of a form which keeps what was saved.

use formwork::{Action, prelude::*};
use leptos::prelude::*;

/// Puts back what the form began with, or what was saved last. Without JavaScript a browser can do so to
/// what it was sent, and can't say whether there is anything to put back.
#[component]
pub(crate) fn Undo<A: Action>(
    /// Of the form around it.
    form: ActionState<A>,
) -> impl IntoView {
    let hydrated = RwSignal::new(false);
    Effect::new(move |_| hydrated.set(true));
    let nothing = move || hydrated.get() && !form.is_dirty();
    view! { <button type="reset" class="secondary" disabled=nothing>"Undo my changes"</button> }
}
