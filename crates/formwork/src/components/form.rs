//! `<Form>`: a real form with everything that the native gear needs.

use formwork_core::{
    self as form, Action, SubmitOptions, has_files, has_lists, secret_names, wire,
};
use leptos::{context::Provider, prelude::*};

use super::{FormMessage, checks::Checks, labels, page_boundary::OnErrorPage, unsent};
use crate::{
    erased::{ErasedChildren, erased},
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
    /// Whether what a success changes on screen is animated by a View Transition, where the browser
    /// can and the visitor doesn't mind motion. Default false.
    #[prop(optional)]
    animated: bool,
    /// Whether the visitor is asked before they leave the page with something in the form that was not
    /// sent, by a link, the history or the browser itself: see [`ActionState::is_dirty`]. Default false.
    #[prop(optional)]
    confirm_leave: bool,
    /// Labels, controls and buttons.
    children: ErasedChildren,
) -> impl IntoView {
    let scope = state.scope();
    let cell = scope.cell();
    let hidden = cell
        .entries(A::ID, A::SHAPE)
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value autocomplete="off"/> })
        .collect::<Vec<_>>();
    // Signing in on an error page leads back to what was refused for want of it.
    let resume = use_context::<OnErrorPage>().and_then(|_| half::resume());
    let resume = resume.map(|sealed| {
        view! { <input type="hidden" name=wire::RESUME value=sealed autocomplete="off"/> }
    });
    let fields = <A::Form as form::Form>::FIELDS;
    let secrets = secret_names(fields);
    let secrets = (!secrets.is_empty()).then(|| {
        view! { <input type="hidden" name=wire::SECRETS value=secrets autocomplete="off"/> }
    });
    let again = move || {
        let again = scope.again();
        (!again.is_empty()).then(|| {
            view! { <input type="hidden" name=wire::AGAIN value=again autocomplete="off"/> }
        })
    };
    if const { half::IN_BROWSER && has_files(<A::Form as form::Form>::FIELDS) } {
        half::allow_files();
    }
    let checks = Checks::of::<A>(scope);
    let submit = move |event: leptos::ev::SubmitEvent| {
        let options = SubmitOptions { reset, animated };
        half::on_submit(
            &event,
            options,
            |action, form| checks.before(action, form),
            |action, key, form| {
                observer_of(action, key, scope.cell(), &form.entries(fields), reset)
            },
        );
    };
    // Enter presses the first button of a form, which could be one that removes a row, or goes back.
    let in_steps = <A::Form as form::Form>::STEPS.is_some();
    let implicit = (has_lists(fields) || in_steps).then(|| {
        let sealed = move || scope.sealed_steps();
        // Which step it is, in which perhaps nothing is entered, and no box ticked.
        let step = move || scope.step_shown();
        let steps = in_steps.then(|| {
            view! {
                <input type="hidden" name=wire::STEPS value=sealed autocomplete="off"/>
                <input type="hidden" name=step value="" autocomplete="off"/>
            }
        });
        view! {
            {steps}
            <button type="submit" hidden=true tabindex="-1" aria-hidden="true"></button>
        }
    });
    // When the page is hydrated, the form says itself what is wrong.
    let form = NodeRef::<leptos::html::Form>::new();
    Effect::new(move |_| {
        if let Some(form) = form.get() {
            form.set_no_validate(true);
        }
    });
    unsent::follow(scope, form, confirm_leave);
    labels::check(form, A::ID, move || scope.track());
    let input = move |event: leptos::ev::Event| {
        checks.on_input(&event);
        scope.judge();
    };
    // The browser puts the controls back right after this.
    let undo = move |_: leptos::ev::Event| {
        scope.forget();
        unsent::judge_later(scope);
    };
    let click = |event: leptos::ev::MouseEvent| {
        half::note_click(event.ctrl_key() || event.meta_key() || event.shift_key());
    };
    // Erased: with all this in its type, a page of a few forms exceeds the compiler's recursion
    // limit.
    let content = erased(view! {
        {hidden}
        {resume}
        {secrets}
        <input
            type="hidden"
            name=wire::SUBMISSION
            value=move || scope.submission()
            autocomplete="off"
        />
        {again}
        {implicit}
        <FormMessage scope/>
        <Provider value=FormStatus { scope, fields }>{children.build()}</Provider>
    });
    view! {
        <form
            method="post"
            enctype=has_files(fields).then_some("multipart/form-data")
            aria-busy=move || scope.pending().then_some("true")
            node_ref=form
            on:submit=submit
            on:click=click
            on:input=input
            on:reset=undo
            on:focusout=move |event| checks.on_blur(&event)
        >
            {content}
        </form>
    }
}
