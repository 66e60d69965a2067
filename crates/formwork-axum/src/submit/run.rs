//! Step 10: the handler, with its effects collected.

use std::{
    mem::take,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use formwork_core::ActionError;
use futures::FutureExt;
use serde_json::value::RawValue;

use super::Submission;
use crate::{
    action::{ErasedForm, RunCx},
    boundary::Isolated,
    effects::Effects,
    failure,
    query::QueryScope,
    refusal::Refusal,
};

/// What a run came to.
#[derive(Clone)]
pub(crate) struct Ran {
    pub(crate) value: Arc<RawValue>,
    pub(crate) effects: Arc<Effects>,
}

/// How long the action may take.
pub(super) fn time_limit(submission: &Submission) -> Duration {
    let declared = submission.def().limits.time;
    Duration::from_secs(declared.unwrap_or(submission.site.config().action_timeout))
}

/// The run as a future of its own: it needs nothing of the submission any more, which the handler knows
/// by this name. What it invalidates is invalidated when it ends.
pub(super) fn run(
    submission: &mut Submission,
    form: ErasedForm,
    name: Option<String>,
) -> impl Future<Output = Result<Ran, ActionError>> + Send + 'static {
    submission.step = "run";
    let effects = Arc::new(Mutex::new(Effects::default()));
    let view = submission.view.take().expect("the guard step comes before");
    let scope = QueryScope::of(view, submission.site.reads());
    let cx = RunCx {
        request: scope.request().clone(),
        params: Arc::clone(&submission.params),
        submission: name,
        effects: Arc::clone(&effects),
    };
    let proof = submission.proof.take().expect("the guard step comes before");
    if submission.proof_is_general {
        scope.request().know(Arc::clone(&proof));
    }
    let bound = submission.bound.take().expect("the unseal step comes before");
    let limit = time_limit(submission);
    let handler = submission.def().run;
    let store = Arc::clone(submission.site.store());
    Isolated::outside(async move {
        let _scope = scope;
        // A panic before the handler's first await must be caught as one after it.
        let attempt =
            AssertUnwindSafe(async { handler(cx, proof, bound, form).await }).catch_unwind();
        let (value, was_cut) = match tokio::time::timeout(limit, attempt).await {
            Ok(Ok(value)) => (value, false),
            Ok(Err(panic)) => (Err(failure::panicked(&*panic)), true),
            Err(_) => (Err(Refusal::HandlerTimeout.into()), true),
        };
        let effects = take(&mut *effects.lock().unwrap_or_else(PoisonError::into_inner));
        let invalidation = effects.stale.invalidation();
        // A handler that failed says that nothing has changed. One that was cut off can't: what it meant to
        // invalidate is, for it may have written that.
        if (value.is_ok() || was_cut)
            && !invalidation.is_empty()
            && let Err(error) = store.invalidate(&invalidation).await
        {
            tracing::error!(%error, "what was cached before is served for as long as it lives");
        }
        Ok(Ran { value: Arc::from(value?), effects: Arc::new(effects) })
    })
}
