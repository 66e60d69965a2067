//! Between the shape and the guard, and only for a page of another build: is it a submission that ran
//! before the deploy? Then its outcome is answered again. If not, it is refused, and what was entered
//! is carried over to the form of this build.
//!
//! The same is asked of a submission whose seal can't be opened any more, before it is refused for that.

use formwork_core::{ActionError, ErrorKind, is_named_secret, is_secret, spec_of, wire};

use super::{Ran, Submission, guard, once, recorded::Seen};
use crate::refusal::Refusal;

/// Its outcome, if it ran; else why it is not run.
pub(super) async fn replay_or_refuse(submission: &mut Submission) -> Result<Ran, ActionError> {
    let asked = once::asked(submission);
    let seen = once::seen(submission).await;
    submission.has_asked = seen.is_ok();
    carry_over(submission);
    if seen.is_err() {
        // The form that comes back is another one: what it sends is to ask about this one first.
        submission.unsettled = asked;
    }
    match seen? {
        // Answered to whoever may run it and sent it, as at any other time.
        Some(seen) => {
            submission.come_to("guard");
            match guard::check(submission).await {
                Err(error) if error.kind() == ErrorKind::Unauthorized => {
                    // Filled in again after the sign-in, it asks about this one.
                    submission.unsettled = asked;
                    Err(error)
                }
                // The guard of this build can't tell by what the other build's page sent.
                Err(_) => Err(done_and_gone(&seen, Refusal::ChangedShape.into())),
                Ok(()) => replay(submission, seen, Refusal::ChangedShape.into()),
            }
        }
        None => Err(Refusal::ChangedShape.into()),
    }
}

/// What it came to, if it ran while its seals could be opened; else the error that they can't be, or any
/// other. Who may run it is known by then, unless the guard itself looks at what is sealed.
pub(super) async fn outcome_or(
    submission: &mut Submission,
    error: ActionError,
) -> Result<Ran, ActionError> {
    if error.kind() != ErrorKind::Stale {
        return Err(error);
    }
    let asked = once::asked(submission);
    let seen = match once::seen(submission).await {
        Ok(seen) => {
            submission.has_asked = true;
            seen
        }
        Err(error) => {
            submission.unsettled = asked;
            if once::is_shut(submission) {
                // Which form it was is in the seal: each of the action's is to ask about it first.
                submission.form.clear();
            }
            let unknown = error.message() == Refusal::CanNotRecord.text();
            return Err(if unknown { Refusal::CanNotTell.into() } else { error });
        }
    };
    match seen {
        Some(seen) if submission.proof.is_none() => Err(done_and_gone(&seen, error)),
        Some(seen) => replay(submission, seen, error),
        None => Err(error),
    }
}

/// What it came to, unless somebody else sent that.
fn replay(submission: &mut Submission, seen: Seen, error: ActionError) -> Result<Ran, ActionError> {
    submission.come_to("once");
    once::replay(submission, seen).unwrap_or(Err(error))
}

/// Why a submission of an action that this build does not have can't be run. What it came to, if it
/// ran, is not answered: who may know that, the action's guard would have said.
pub(super) fn gone(submission: &Submission) -> impl Future<Output = ActionError> + Send + use<> {
    let seen = once::seen(submission);
    async move {
        match seen.await {
            Ok(Some(seen)) => done_and_gone(&seen, Refusal::UnknownAction.into()),
            Ok(None) => Refusal::UnknownAction.into(),
            Err(error) => error,
        }
    }
}

/// It was done; or what it is sent in place of was, and nothing is said of that.
fn done_and_gone(seen: &Seen, otherwise: ActionError) -> ActionError {
    if seen.result.is_ok() { Refusal::DoneAndGone.into() } else { otherwise }
}

/// Gives what was sent the names that this build has for it.
fn carry_over(submission: &mut Submission) {
    let action = submission.def();
    let shape = submission.of_action(wire::SHAPE, |button| button.shape).unwrap_or_default();
    let sealed = submission.of_action(wire::BOUND, |button| button.bound).unwrap_or_default();
    let keys = submission.site.keys();
    if let Some(form) = (action.same_form)(&keys, &submission.action_id, shape, sealed) {
        submission.form = submission.form_named(form);
    }
    let said = submission.entries.last(wire::SECRETS).unwrap_or_default().to_owned();
    let elsewhere = |name: &str| {
        let mut actions = submission.site.actions().values();
        actions.any(|action| is_secret(action.fields, name))
    };
    let is_secret = |name: &str| {
        is_named_secret(&said, name)
            || is_secret(action.fields, name)
            || (spec_of(action.fields, name).is_none() && elsewhere(name))
    };
    let entries = std::mem::take(&mut submission.entries);
    let carried = formwork_core::carry(&entries, action.fields, is_secret, action.unread);
    action.id.clone_into(&mut submission.action_id);
    (submission.entries, submission.left) = (carried.entries, carried.left);
}
