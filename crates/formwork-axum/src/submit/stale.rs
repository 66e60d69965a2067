//! Between the shape and the guard, and only for a page of another build: is it a submission that ran
//! before the deploy? Then its outcome is answered again. If not, it is refused, and what was entered
//! is carried over to the form of this build.

use formwork_core::{ActionError, ErrorKind, is_named_secret, is_secret, spec_of, wire};

use super::{Ran, Submission, guard, once};
use crate::refusal::Refusal;

/// Its outcome, if it ran; else why it is not run.
pub(super) async fn replay_or_refuse(submission: &mut Submission) -> Result<Ran, ActionError> {
    let asked = once::asked(submission);
    let seen = once::seen(submission).await;
    carry_over(submission);
    if seen.is_err() {
        // The form that comes back is another one: what it sends is to ask about this one first.
        submission.unsettled = asked;
    }
    match seen {
        // Answered to whoever may run it and sent it, as at any other time.
        Ok(Some(seen)) => {
            submission.step = "guard";
            match guard::check(submission).await {
                Err(error) if error.kind() == ErrorKind::Unauthorized => return Err(error),
                // The guard of this build can't tell by what the other build's page sent.
                Err(_) => return Err(Refusal::DoneAndGone.into()),
                Ok(()) => {}
            }
            submission.step = "once";
            match once::replay(submission, seen) {
                Some(ran) => ran,
                None => Err(Refusal::ChangedShape.into()),
            }
        }
        Ok(None) => Err(Refusal::ChangedShape.into()),
        Err(error) => Err(error),
    }
}

/// Why a submission of an action that this build does not have can't be run. What it came to, if it
/// ran, is not answered: who may know that, the action's guard would have said.
pub(super) fn gone(submission: &Submission) -> impl Future<Output = ActionError> + Send + use<> {
    let seen = once::seen(submission);
    async move {
        match seen.await {
            Ok(Some(_)) => Refusal::DoneAndGone.into(),
            Ok(None) => Refusal::UnknownAction.into(),
            Err(error) => error,
        }
    }
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
