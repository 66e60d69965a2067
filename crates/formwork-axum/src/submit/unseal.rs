//! Step 7: the values that the server bound to the action, as they were handed out.

use formwork_core::{ActionError, wire};

use super::Submission;

pub(super) fn open(submission: &mut Submission) -> Result<(), ActionError> {
    let Some(unseal) = submission.def().unseal else {
        submission.bound = Some(Box::new(()));
        return Ok(());
    };
    let sealed = submission.of_action(wire::BOUND, |button| button.bound);
    let proof = submission.proof.as_ref().expect("the guard step comes before");
    let unsealed = unseal(&submission.site.keys(), sealed, proof)?;
    // By this server's first key, as the form has it in the page that answers.
    submission.form = submission.form_named(unsealed.form);
    submission.bound = Some(unsealed.values);
    Ok(())
}
