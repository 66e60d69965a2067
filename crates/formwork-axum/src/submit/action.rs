//! Step 3: the action that the form names, if this build has it, under that id or another.

use formwork_core::{ActionError, wire};

use super::{Submission, stale};
use crate::refusal::Refusal;

/// The last `_action` counts: a button that brings its own comes after the form's.
pub(super) async fn find(submission: &mut Submission) -> Result<(), ActionError> {
    let id = submission.of_action(wire::ACTION, |button| button.action);
    let id = id.ok_or(Refusal::NoAction)?.to_owned();
    let form = submission.of_action(wire::FORM, |button| button.form);
    submission.form = form.unwrap_or_default().to_owned();
    let site = &submission.site;
    let known = site.actions().get(id.as_str()).copied();
    submission.action = known.or_else(|| site.renamed(&id));
    submission.action_id = id;
    match submission.action {
        Some(action) => {
            let limit = action.limits.body.unwrap_or(submission.site.config().body_limit);
            // Another form that waits for this one is not this one's.
            let waiting = submission.entries.last(wire::RESUME).map_or(0, str::len);
            if submission.body_bytes.saturating_sub(waiting) > limit {
                return Err(Refusal::BodyTooLarge.into());
            }
            Ok(())
        }
        None => Err(Box::pin(stale::gone(submission)).await),
    }
}
