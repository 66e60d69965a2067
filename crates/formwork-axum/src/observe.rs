//! What operations see of a submission: a span around its steps, one structured event, and one count.
//!
//! Span and event go to `tracing`; both have the action's id, the submission's id, the step that ended
//! it, the outcome and the status. The count goes to the `metrics` facade as
//! `formwork_submissions_total{action, outcome}`, the duration as the histogram
//! `formwork_submission_seconds{action, outcome}`. Nothing that a visitor entered is among them.
//!
//! The step is where it ended; `left` if its visitor went away and its run ended without them.
//!
//! Outcomes are `success`, `replayed` (answered from the record), `invalid`, `refused`, `throttled`,
//! `stale`, `stopped` (a streaming action whose visitor went away) and `failed`.

use std::{sync::Once, time::Instant};

use formwork_core::{ActionError, ErrorKind, wire::Outcome};
use http::request::Parts;
use tracing::{Span, field};

use crate::{
    forwarded,
    hooks::RefusedSubmission,
    refusal::Refusal,
    site::Site,
    submit::{self, Submission},
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
    let error = outcome.error.as_ref();
    let label = label(error.map(|error| error.kind), submission.replayed);
    let digest = error.and_then(|error| error.digest.as_deref());
    let left = Left::of(submission);
    let action = left.tell_of(submission.step, label, outcome.status, digest);
    // An internal error has a cause, which the hooks for errors were told.
    if let Some(error) = error.filter(|error| error.kind != ErrorKind::Internal) {
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

/// What is told of a submission, also if its visitor has gone before it came to its end.
pub(crate) struct Left {
    action: String,
    /// An id that no action has would let a stranger fill the metrics with names.
    is_known: bool,
    id: String,
    begun: Instant,
}

impl Left {
    pub(crate) fn of(submission: &Submission) -> Self {
        let action = &submission.action_id;
        let action = action[..action.floor_char_boundary(LONGEST_ID)].to_owned();
        let id = submission.id().unwrap_or_default().to_owned();
        Left { action, is_known: submission.action.is_some(), id, begun: submission.begun }
    }

    /// Tells what became of it.
    pub(crate) fn tell(&self, result: Result<(), ActionError>) {
        let (kind, digest) = match &result {
            Ok(()) => (None, None),
            Err(error) => (Some(error.kind()), error.digest()),
        };
        let status = kind.map_or(200, ErrorKind::status);
        let was_stopped = result.as_ref().is_err_and(submit::has_left);
        let label = if was_stopped { "stopped" } else { label(kind, false) };
        self.tell_of("left", label, status, digest);
    }

    fn tell_of(
        &self,
        step: &'static str,
        label: &'static str,
        status: u16,
        digest: Option<&str>,
    ) -> &str {
        let (action, id) = (&*self.action, &*self.id);
        let counted = if self.is_known { action } else { "unknown" };
        count(counted, label);
        let took = self.begun.elapsed();
        metrics::histogram!(SECONDS, "action" => counted.to_owned(), "outcome" => label)
            .record(took.as_secs_f64());

        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let span = Span::current();
        span.record("action", action).record("submission", id).record("step", step);
        span.record("outcome", label).record("status", status).record("micros", micros);
        match label {
            "success" | "replayed" | "invalid" | "stopped" => {
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
        action
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

/// Once: nothing that counts by client works without its address.
pub(crate) fn note_no_peer() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            "requests come without their peer's address: limits by client and `trusted-proxies` do \
             nothing; serve with `into_make_service_with_connect_info::<SocketAddr>()`"
        );
    });
}

fn refused(site: &Site, parts: &Parts, about: RefusedSubmission<'_>) {
    let client = forwarded::client(parts, &site.config().trusted_proxies);
    site.hooks().refused(&RefusedSubmission { client, ..about });
}

fn count(action: &str, outcome: &'static str) {
    metrics::counter!(SUBMISSIONS, "action" => action.to_owned(), "outcome" => outcome)
        .increment(1);
}

fn label(error: Option<ErrorKind>, replayed: bool) -> &'static str {
    match error {
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
    use super::*;

    #[test]
    fn every_outcome_has_its_name() {
        let failed = |kind| label(Some(kind), false);
        assert_eq!((label(None, false), label(None, true)), ("success", "replayed"));
        assert_eq!(failed(ErrorKind::Invalid), "invalid");
        assert_eq!(failed(ErrorKind::Gone), "stale");
        assert_eq!(failed(ErrorKind::Forbidden), "refused");
        assert_eq!(failed(ErrorKind::TooMany), "throttled");
        assert_eq!(failed(ErrorKind::Internal), "failed");
    }
}
