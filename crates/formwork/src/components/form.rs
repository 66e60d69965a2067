//! `<Form>`: a real form with everything that the native gear needs.

use formwork_core::{Action, wire};
use leptos::{context::Provider, prelude::*};

use super::FormMessage;
use crate::{
    half,
    hooks::{ActionState, FormStatus, observer_of},
};

/// A form that runs an action. It posts to the page's own URL; when the page is hydrated, the same
/// submission becomes a transition.
///
/// Attributes for the `<form>` itself are spread: `<Form state=form attr:id="post">`.
#[component]
pub fn Form<A: Action>(
    /// The action's state, from [`use_action_state`](crate::use_action_state).
    state: ActionState<A>,
    /// Whether a success empties the form. Default true.
    #[prop(default = true)]
    reset: bool,
    /// Labels, controls and buttons.
    children: Children,
) -> impl IntoView {
    let scope = state.scope();
    let cell = scope.cell();
    let hidden = cell
        .entries(A::ID, A::SHAPE)
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value autocomplete="off"/> })
        .collect::<Vec<_>>();
    let submit = move |event: leptos::ev::SubmitEvent| {
        half::on_submit(&event, reset, |action, key| observer_of(action, key, scope.cell(), reset));
    };
    let click = |event: leptos::ev::MouseEvent| {
        half::note_click(event.ctrl_key() || event.meta_key() || event.shift_key());
    };
    // Erased: with all this in its type, a page of a few forms exceeds the compiler's recursion
    // limit.
    let content = view! {
        {hidden}
        <input
            type="hidden"
            name=wire::SUBMISSION
            value=move || scope.submission()
            autocomplete="off"
        />
        <FormMessage scope/>
        <Provider value=FormStatus(scope)>{children()}</Provider>
    }
    .into_any();
    view! {
        <form
            method="post"
            aria-busy=move || scope.pending().then_some("true")
            on:submit=submit
            on:click=click
        >
            {content}
        </form>
    }
}
