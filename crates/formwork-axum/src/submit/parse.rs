//! Step 9: the form as a value, or every issue of every field.

use formwork_core::ActionError;

use super::Submission;
use crate::action::ErasedForm;

pub(super) fn parse(submission: &Submission) -> Result<ErasedForm, ActionError> {
    (submission.def().parse)(&submission.entries).map_err(ActionError::from_issues)
}
