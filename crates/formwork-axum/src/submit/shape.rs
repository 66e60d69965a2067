//! Step 4: the form that was filled in is the form that this build knows, under the id that it knows.

use formwork_core::{ActionError, Shape, wire};

use super::Submission;
use crate::refusal::Refusal;

/// Whether it is. A button that brings its own action names its shape beside it; otherwise the form's
/// counts. Of an action that had another id nothing is run, even if its form is the same: what else
/// has changed with its name, only its author knows.
pub(super) fn is_of_this_build(submission: &Submission) -> Result<bool, ActionError> {
    let sent = submission.of_action(wire::SHAPE, |button| button.shape);
    let sent = Shape::parse(sent.ok_or(Refusal::NoAction)?);
    let action = submission.def();
    Ok(submission.action_id == action.id && sent == Some(action.shape))
}
