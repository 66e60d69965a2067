//! Step 6: how often may this visitor do that?
//!
//! It comes after the guard, and so counts by who the visitor is; a visitor without an account is
//! counted by address. What a flood of refused guards costs is theirs to bound.

use formwork_core::{ActionError, ErrorKind};

use super::Submission;
use crate::forwarded;

/// Not an `async fn`: what it awaits must not hold the submission, which is no one's to share.
pub(super) fn count(
    submission: &Submission,
) -> impl Future<Output = Result<(), ActionError>> + Send + use<> {
    let action = submission.def();
    let visitor = action.limits.throttle.is_some().then(|| visitor(submission));
    let site = submission.site.clone();
    async move {
        let Some(visitor) = visitor else { return Ok(()) };
        site.throttles().count(action.id, &visitor).await.map_err(too_often)
    }
}

fn visitor(submission: &Submission) -> String {
    let proof = submission.proof.as_ref().expect("the guard step comes before");
    match (submission.def().subject)(proof) {
        Some(subject) => format!("user {subject}"),
        None => {
            let trusted = &submission.site.config().trusted_proxies;
            let address = forwarded::counted(&submission.parts, trusted);
            format!("address {}", address.map(|address| address.to_string()).unwrap_or_default())
        }
    }
}

fn too_often(seconds: u64) -> ActionError {
    let unit = if seconds == 1 { "second" } else { "seconds" };
    let message = format!("That was too often. Wait {seconds} {unit}, then send it again.");
    ActionError::refused(ErrorKind::TooMany, message).retry_after(seconds)
}
