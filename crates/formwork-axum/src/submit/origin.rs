//! Step 1: was this sent from a page of this application?
//!
//! [`Site::serve`](crate::Site::serve) asks the same of every request that changes something; a page
//! asks for itself, so that its actions are safe however the router is served.

use formwork_core::ActionError;

use super::Submission;
use crate::origin;

pub(super) fn check(submission: &Submission) -> Result<(), ActionError> {
    Ok(origin::check(&submission.parts, submission.site.config())?)
}
