//! Step 6: how often may this visitor do that?
//!
//! It comes after the guard, and so counts by who the visitor is; a visitor without an account is
//! counted by address. What a flood of refused guards costs is theirs to bound.

use formwork_core::{ActionError, ErrorKind};

use super::Submission;
use crate::forwarded;

pub(super) fn count(submission: &Submission) -> Result<(), ActionError> {
    let action = submission.def();
    if action.limits.throttle.is_none() {
        return Ok(());
    }
    let proof = submission.proof.as_ref().expect("the guard step comes before");
    let visitor = match (action.subject)(proof) {
        Some(subject) => format!("user {subject}"),
        None => {
            let trusted = &submission.site.config().trusted_proxies;
            let address = forwarded::client(&submission.parts, trusted);
            format!("address {}", address.map(|address| address.to_string()).unwrap_or_default())
        }
    };
    submission.site.throttles().count(action.id, visitor).map_err(|seconds| {
        let unit = if seconds == 1 { "second" } else { "seconds" };
        let message = format!("That was too often. Wait {seconds} {unit}, then send it again.");
        ActionError::refused(ErrorKind::TooMany, message).retry_after(seconds)
    })
}
