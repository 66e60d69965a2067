//! Step 3: the action that the form names, if this build has it.

use formwork_core::{
    ActionError,
    wire::{self, Button},
};

use super::Submission;
use crate::refusal::Refusal;

/// The last `_action` counts: a button that brings its own comes after the form's.
pub(super) fn find(submission: &mut Submission) -> Result<(), ActionError> {
    let named = submission.entries.last(wire::ACTION).ok_or(Refusal::NoAction)?;
    let button = Button::parse(named);
    let id = button.map_or(named, |button| button.action).to_owned();
    let form = button.map(|button| button.form).or_else(|| submission.entries.last(wire::FORM));
    submission.form = form.unwrap_or_default().to_owned();
    submission.action = submission.site.actions().get(id.as_str()).copied();
    submission.action_id = id;
    match submission.action {
        Some(action) => {
            let limit = action.limits.body.unwrap_or(submission.site.config().body_limit);
            if submission.body_bytes > limit {
                return Err(Refusal::BodyTooLarge.into());
            }
            Ok(())
        }
        None => Err(Refusal::UnknownAction.into()),
    }
}
