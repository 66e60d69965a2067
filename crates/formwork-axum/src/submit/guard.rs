//! Step 6: who is this, and may they? Before anything of the form is parsed.

use std::panic::AssertUnwindSafe;

use formwork_core::ActionError;
use futures::FutureExt;

use super::Submission;
use crate::failure;

pub(super) async fn check(submission: &mut Submission) -> Result<(), ActionError> {
    let check = (submission.def().check)(&submission.parts);
    let proof = match AssertUnwindSafe(check).catch_unwind().await {
        Ok(proof) => proof?,
        Err(panic) => return Err(failure::panicked(&*panic)),
    };
    submission.proof = Some(proof);
    Ok(())
}
