//! What components ask for: the state of an action, the status of a form, the value of a query,
//! what a submission is expected to make of it.

mod steps;
mod use_action_state;
mod use_form_status;
mod use_new_build;
mod use_optimistic;
mod use_query;

pub use steps::{StepMark, StepPlace};
pub use use_action_state::{ActionState, use_action_state};
pub(crate) use use_action_state::{OnPage, Scope, forget_outcomes, observer_of, restore};
pub use use_form_status::{FormStatus, use_form_status};
pub use use_new_build::{NewBuild, use_new_build};
pub use use_optimistic::{Optimistic, TemporaryId, use_optimistic};
pub use use_query::{UseQuery, use_query};
