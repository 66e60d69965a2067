//! What operations see of a submission: a span around its steps, one structured event, and one count.
//!
//! Span and event go to `tracing`; both have the action's id, the submission's id, the step that ended
//! it, the outcome and the status. The count goes to the `metrics` facade as
//! `formwork_submissions_total{action, outcome}`, the duration as the histogram
//! `formwork_submission_seconds{action, outcome}`. Nothing that a visitor entered is among them.
//!
//! Outcomes are `success`, `replayed` (answered from the record), `invalid`, `refused`, `throttled`,
//! `stale` and `failed`.

use formwork_core::{ErrorKind, wire::Outcome};
use http::request::Parts;
use tracing::{Span, field};

use crate::{
    forwarded, hooks::RefusedSubmission, refusal::Refusal, site::Site, submit::Submission,
};

/// The counter's name.
const SUBMISSIONS: &str = "formwork_submissions_total";
/// The histogram's name.
const SECONDS: &str = "formwork_submission_seconds";

/// As much of an id as the log takes: an unknown one is whatever somebody sent.
const LONGEST_ID: usize = 200;

/// The span of a submission; [`submission`] fills it in.
pub(crate) fn span() -> Span {
    tracing::info_span!(
        "submission",
        action = field::Empty,
        submission = field::Empty,
        step = field::Empty,
        outcome = field::Empty,
        status = field::Empty,
        micros = field::Empty,
    )
}

/// Tells of a submission that has been answered.
pub(crate) fn submission(submission: &Submission, outcome: &Outcome) {
    let label = label(outcome, submission.replayed);
    let action = &*submission.action_id;
    // An id that no action has would let a stranger fill the metrics with names.
    let counted = if submission.action.is_some() { action } else { "unknown" };
    let action = action.char_indices().nth(LONGEST_ID).map_or(action, |(end, _)| &action[..end]);
    count(counted, label);
    let took = submission.begun.elapsed();
    metrics::histogram!(SECONDS, "action" => counted.to_owned(), "outcome" => label)
        .record(took.as_secs_f64());

    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let (id, status, step) = (submission.id().unwrap_or_default(), outcome.status, submission.step);
    let span = Span::current();
    span.record("action", action).record("submission", id).record("step", step);
    span.record("outcome", label).record("status", status).record("micros", micros);
    let digest = outcome.error.as_ref().and_then(|error| error.digest.as_deref());
    match label {
        "success" | "replayed" | "invalid" => {
            tracing::info!(
                action,
                submission = id,
                step,
                outcome = label,
                status,
                micros,
                "submission"
            );
        }
        _ => {
            tracing::warn!(
                action,
                submission = id,
                step,
                outcome = label,
                status,
                micros,
                digest,
                "submission"
            );
        }
    }
    // An internal error has a cause, which the hooks for errors were told.
    if let Some(error) = outcome.error.as_ref().filter(|e| e.kind != ErrorKind::Internal) {
        refused(
            &submission.site,
            &submission.parts,
            RefusedSubmission {
                action,
                submission: submission.id(),
                path: submission.parts.uri.path(),
                kind: error.kind,
                outcome: label,
                client: None,
            },
        );
    }
}

/// Tells of a submission, or another request that changes something, that was refused before it was
/// read.
pub(crate) fn unread(site: &Site, parts: &Parts, refusal: Refusal) {
    let kind = refusal.kind();
    let outcome = if kind == ErrorKind::TooMany { "throttled" } else { "refused" };
    let path = parts.uri.path();
    count("unread", outcome);
    let (status, reason) = (kind.status(), field::debug(refusal));
    tracing::warn!(path, outcome, status, reason, "submission");
    let about =
        RefusedSubmission { action: "", submission: None, path, kind, outcome, client: None };
    refused(site, parts, about);
}

fn refused(site: &Site, parts: &Parts, about: RefusedSubmission<'_>) {
    let client = forwarded::client(parts, &site.config().trusted_proxies);
    site.hooks().refused(&RefusedSubmission { client, ..about });
}

fn count(action: &str, outcome: &'static str) {
    metrics::counter!(SUBMISSIONS, "action" => action.to_owned(), "outcome" => outcome)
        .increment(1);
}

fn label(outcome: &Outcome, replayed: bool) -> &'static str {
    match outcome.error.as_ref().map(|error| error.kind) {
        None if replayed => "replayed",
        None => "success",
        Some(ErrorKind::Invalid) => "invalid",
        Some(ErrorKind::Stale | ErrorKind::Gone) => "stale",
        Some(ErrorKind::TooMany) => "throttled",
        Some(ErrorKind::Internal | ErrorKind::Unavailable) => "failed",
        Some(_) => "refused",
    }
}

#[cfg(test)]
mod tests {
    use formwork_core::{ActionError, Issues};

    use super::*;

    #[test]
    fn every_outcome_has_its_name() {
        let failed = |kind| {
            let error = ActionError::refused(kind, "x").public(None);
            label(&Outcome::failed(error, Issues::default()), false)
        };
        let success = Outcome { status: 200, ..Outcome::default() };
        assert_eq!((label(&success, false), label(&success, true)), ("success", "replayed"));
        assert_eq!(failed(ErrorKind::Invalid), "invalid");
        assert_eq!(failed(ErrorKind::Gone), "stale");
        assert_eq!(failed(ErrorKind::Forbidden), "refused");
        assert_eq!(failed(ErrorKind::TooMany), "throttled");
        assert_eq!(failed(ErrorKind::Internal), "failed");
    }
}
