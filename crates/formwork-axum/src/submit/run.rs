//! Step 10: the handler, with its effects collected.

use std::{
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

impl Ran {
    /// About how many bytes it takes to remember.
    pub(crate) fn weight(&self) -> usize {
        self.value.get().len() + 512
    }
}

/// The run as a future of its own: it needs nothing of the submission any more.
pub(super) fn run(
    submission: &mut Submission,
    form: ErasedForm,
) -> impl Future<Output = Result<Ran, ActionError>> + Send + 'static {
    let effects = Arc::new(Mutex::new(Effects::default()));
    let scope = QueryScope::new(submission.parts.clone(), submission.site.keys());
    let cx = RunCx {
        request: scope.request().clone(),
        params: Arc::clone(&submission.params),
        submission: submission.id().map(str::to_owned),
        effects: Arc::clone(&effects),
    };
    let proof = submission.proof.take().expect("the guard step comes before");
    let bound = submission.bound.take().expect("the unseal step comes before");
    let time = submission.def().limits.time.unwrap_or(submission.site.config().action_timeout);
    let limit = Duration::from_secs(time);
    let handler = submission.def().run;
    Isolated::outside(async move {
        let _scope = scope;
        // A panic before the handler's first await must be caught as one after it.
        let attempt =
            AssertUnwindSafe(async { handler(cx, proof, bound, form).await }).catch_unwind();
        let value = match tokio::time::timeout(limit, attempt).await {
            Ok(Ok(value)) => value?,
            Ok(Err(panic)) => return Err(failure::panicked(&*panic)),
            Err(_) => return Err(Refusal::HandlerTimeout.into()),
        };
        let effects = effects.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Ran { value: Arc::from(value), effects: Arc::new(effects) })
    })
}
