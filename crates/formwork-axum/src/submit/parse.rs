//! Step 9: the form as a value, or every issue of every field, in the words of the visitor's language.

use std::panic::{AssertUnwindSafe, catch_unwind};

use formwork_core::{ActionError, languages};

use super::Submission;
use crate::{action::ErasedForm, failure};

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
    let header = submission.parts.headers.get(http::header::ACCEPT_LANGUAGE);
    let header = header.and_then(|header| header.to_str().ok()).unwrap_or_default();
    formwork_core::speaking(languages(header), check)
}
