//! Step 4: the form that was filled in is the form that this build knows.

use formwork_core::{ActionError, Shape, wire};

use super::Submission;
use crate::refusal::Refusal;

/// A button that brings its own action names its shape beside it; otherwise the form's counts.
pub(super) fn check(submission: &Submission) -> Result<(), ActionError> {
    let sent = submission.of_action(wire::SHAPE, |button| button.shape);
    let sent = sent.ok_or(Refusal::NoAction)?;
    if Shape::parse(sent) == Some(submission.def().shape) {
        return Ok(());
    }
    Err(Refusal::ChangedShape.into())
}
