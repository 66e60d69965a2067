//! What a form in steps is shown with: the list of them, a heading, and buttons to go back.

use formwork_core::{Action, Form, Wizard, wire};
use leptos::prelude::*;

use crate::{
    erased::{ErasedChildren, ErasedChildrenFn},
    hooks::{ActionState, StepMark, StepPlace, use_form_status},
    words::told,
};

/// The steps of a form as a list, the one that is shown marked as such (`aria-current="step"`).
///
/// Steps that were answered have the class `done`. A step that is asked only sometimes is in it as soon
/// as it is known that it will be.
#[component]
pub fn StepList<A>(
    /// The action's state.
    state: ActionState<A>,
    /// What the list is called.
    #[prop(default = "Steps".into(), into)]
    label: String,
) -> impl IntoView
where
    A: Action,
    A::Form: Wizard,
{
    let steps = move || state.steps().into_iter().map(item).collect_view();
    view! { <ol class="steps" aria-label=label>{steps}</ol> }
}

fn item<S>(StepMark { label, place, .. }: StepMark<S>) -> impl IntoView {
    let class = matches!(place, StepPlace::Before).then_some("done");
    let current = matches!(place, StepPlace::Current).then_some("step");
    let said =
        class.map(|_| view! { <span class="visually-hidden">" " {told("(answered)")}</span> });
    view! { <li class=class aria-current=current>{label}{said}</li> }
}

/// The heading of the step that is shown, its label. The focus goes there when another step is, so that
/// a screen reader reads it.
#[component]
pub fn StepHeading<A>(
    /// The action's state.
    state: ActionState<A>,
) -> impl IntoView
where
    A: Action,
    A::Form: Wizard,
{
    let label = move || <A::Form as Form>::FIELDS[state.scope().step()].label;
    view! { <h2 tabindex="-1" data-step-heading="">{label}</h2> }
}

/// A button that goes to the step before this one; in the first one there is none. What is entered stays,
/// also what is wrong.
#[component]
pub fn BackButton(
    /// What it says.
    children: ErasedChildrenFn,
) -> impl IntoView {
    let status = use_form_status();
    move || {
        let before = status.scope.step_before()?;
        Some(
            view! { <button type="submit" name=wire::STEP value=before formnovalidate=true>{children.build()}</button> },
        )
    }
}

/// A button that goes back to a certain step.
#[component]
pub fn StepButton<A>(
    /// The action's state.
    #[allow(unused_variables, reason = "it says whose steps these are")]
    state: ActionState<A>,
    /// The step.
    to: <A::Form as Wizard>::Step,
    /// What it says.
    children: ErasedChildren,
) -> impl IntoView
where
    A: Action,
    A::Form: Wizard,
{
    let name = ActionState::<A>::name_of(to);
    view! { <button type="submit" name=wire::STEP value=name formnovalidate=true>{children.build()}</button> }
}
