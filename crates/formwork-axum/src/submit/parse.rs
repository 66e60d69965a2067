//! Step 9: the form as a value, or every issue of every field, in the words of the visitor's language.

use std::panic::{AssertUnwindSafe, catch_unwind};

use formwork_core::ActionError;

use super::Submission;
use crate::{action::ErasedForm, failure, view::languages};

pub(super) fn parse(submission: &Submission) -> Result<ErasedForm, ActionError> {
    let parse = || speaking(submission, || (submission.def().parse)(&submission.entries));
    // Caught here, so that whoever holds the submission's claim gives it back.
    match catch_unwind(AssertUnwindSafe(parse)) {
        Ok(parsed) => parsed.map_err(ActionError::from_issues),
        Err(panic) => Err(failure::panicked(&*panic)),
    }
}

/// What is said of mistakes meanwhile is in the words of the visitor's language.
pub(super) fn speaking<T>(submission: &Submission, check: impl FnOnce() -> T) -> T {
    formwork_core::speaking(languages(&submission.parts.headers), check)
}
