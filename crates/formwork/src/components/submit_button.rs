//! `<SubmitButton>`: a button that says when its form is pending.

use formwork_core::{Action, Form, has_files, wire};
use leptos::{either::Either, prelude::*};

use crate::{
    erased::ErasedChildrenFn,
    half,
    hooks::{ActionState, use_form_status},
};

/// A submit button. While its form is pending it shows `pending` instead of its children; it stays
/// focusable and can be pressed, since the same submission runs once.
#[component]
pub fn SubmitButton(
    /// What it says while the form is pending.
    #[prop(optional, into)]
    pending: Option<String>,
    /// An action of its own, instead of the form's: `action=other.button()`.
    #[prop(optional, into)]
    action: Option<String>,
    /// What it says.
    children: ErasedChildrenFn,
) -> impl IntoView {
    let status = use_form_status();
    let name = action.is_some().then_some(wire::ACTION);
    let content = move || match pending.clone().filter(|_| status.pending()) {
        Some(text) => Either::Left(text),
        None => Either::Right(children.build()),
    };
    view! {
        <button type="submit" name=name value=action>
            {content}
        </button>
    }
}

impl<A: Action> ActionState<A> {
    /// The value of a button that runs this action from a form of another one; see
    /// [`SubmitButton`].
    pub fn button(self) -> String {
        if const { half::IN_BROWSER && has_files(<A::Form as Form>::FIELDS) } {
            half::allow_files();
        }
        let cell = self.scope().cell();
        let shape = A::SHAPE.to_string();
        let bound = cell.bound.as_deref().unwrap_or_default();
        wire::Button { action: A::ID, shape: &shape, bound, form: &cell.form }.to_string()
    }
}
