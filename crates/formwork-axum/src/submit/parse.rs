//! Step 9: the form as a value, or every issue of every field, in the words of the visitor's language.

use std::panic::{AssertUnwindSafe, catch_unwind};

use formwork_core::{ActionError, languages, speaking};

use super::Submission;
use crate::{action::ErasedForm, failure};

pub(super) fn parse(submission: &Submission) -> Result<ErasedForm, ActionError> {
    let header = submission.parts.headers.get(http::header::ACCEPT_LANGUAGE);
    let languages = languages(header.and_then(|header| header.to_str().ok()).unwrap_or_default());
    let parse = || speaking(languages, || (submission.def().parse)(&submission.entries));
    // Caught here, so that whoever holds the submission's claim gives it back.
    match catch_unwind(AssertUnwindSafe(parse)) {
        Ok(parsed) => parsed.map_err(ActionError::from_issues),
        Err(panic) => Err(failure::panicked(&*panic)),
    }
}
