//! Step 5: who is this, and may they? Before anything of the form is parsed.

use std::{panic::AssertUnwindSafe, sync::Arc};

use formwork_core::{ActionError, ErrorKind, wire};
use futures::FutureExt;

use super::{Submission, run};
use crate::{
    failure,
    guard::{ActedOn, GuardCx, SealedValues},
    refusal::Refusal,
    view::RequestView,
};

pub(super) async fn check(submission: &mut Submission) -> Result<(), ActionError> {
    let state = Arc::clone(submission.site.reads().state());
    let view = RequestView::new(submission.parts.clone(), state);
    submission.view = Some(view.clone());
    let cx = GuardCx::new(view, acted_on(submission));
    let check = (submission.def().check)(&cx);
    let check = AssertUnwindSafe(check).catch_unwind();
    let Ok(checked) = tokio::time::timeout(run::time_limit(submission), check).await else {
        return Err(Refusal::GuardTimeout.into());
    };
    let proof = match checked {
        Ok(Ok(proof)) => proof,
        Ok(Err(error)) => {
            submission.asks_to_sign_in = error.kind() == ErrorKind::Unauthorized;
            return Err(error);
        }
        Err(panic) => return Err(failure::panicked(&*panic)),
    };
    submission.proof_is_general = !cx.is_particular();
    submission.proof = Some(proof);
    Ok(())
}

fn acted_on(submission: &Submission) -> ActedOn {
    let action = submission.def();
    let bound = action.unseal.map(|_| SealedValues {
        keys: submission.site.keys(),
        sealed: submission.of_action(wire::BOUND, |button| button.bound).map(str::to_owned),
        names: action.bound,
        open: action.open,
    });
    ActedOn::Action { params: Arc::clone(&submission.params), bound }
}
