//! The status of the form around a component: for buttons and spinners that don't know the action.

use formwork_core::FieldSpec;
use leptos::prelude::*;

use super::Scope;

/// The status of the nearest [`Form`](crate::Form) around this component.
///
/// ```ignore
/// let status = use_form_status();
/// view! { <span class:spinner=move || status.pending()/> }
/// ```
///
/// # Panics
/// Outside of a `<Form>`.
pub fn use_form_status() -> FormStatus {
    use_context().expect("`use_form_status` needs a `<Form>` around the component that calls it")
}

/// See [`use_form_status`].
#[derive(Clone, Copy)]
pub struct FormStatus {
    pub(crate) scope: Scope,
    pub(crate) fields: &'static [FieldSpec],
}

impl FormStatus {
    /// From the submission until everything it changed is on screen; reactive.
    pub fn pending(self) -> bool {
        self.scope.pending()
    }

    /// Whether the form holds something that was not sent; see
    /// [`ActionState::is_dirty`](crate::ActionState::is_dirty). Reactive.
    pub fn is_dirty(self) -> bool {
        self.scope.is_dirty()
    }
}
