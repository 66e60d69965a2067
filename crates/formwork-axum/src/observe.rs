//! What operations see of a submission: one structured event, and one count.
//!
//! The event goes to `tracing`, the count to the `metrics` facade as
//! `formwork_submissions_total{action, outcome}`. Nothing that a visitor entered is among them.

use std::time::Instant;

use formwork_core::{ErrorKind, wire::Outcome};

/// The counter's name.
const SUBMISSIONS: &str = "formwork_submissions_total";

/// As much of an id as the log takes: an unknown one is whatever somebody sent.
const LONGEST_ID: usize = 200;

/// Tells of a submission that has been answered.
pub(crate) fn submission(
    action: &str,
    id: Option<&str>,
    outcome: &Outcome,
    replayed: bool,
    begun: Instant,
) {
    let label = label(outcome, replayed);
    // An id that no action has would let a stranger fill the metrics with names.
    let unknown = outcome.error.as_ref().is_some_and(|error| error.kind == ErrorKind::Gone);
    let counted = if unknown { "unknown" } else { action };
    let action = action.char_indices().nth(LONGEST_ID).map_or(action, |(end, _)| &action[..end]);
    metrics::counter!(SUBMISSIONS, "action" => counted.to_owned(), "outcome" => label).increment(1);

    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let digest = outcome.error.as_ref().and_then(|error| error.digest.as_deref());
    let (id, status) = (id.unwrap_or_default(), outcome.status);
    match label {
        "success" | "replayed" | "invalid" => {
            tracing::info!(action, submission = id, outcome = label, status, micros, "submission");
        }
        _ => {
            tracing::warn!(
                action,
                submission = id,
                outcome = label,
                status,
                micros,
                digest,
                "submission"
            );
        }
    }
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
