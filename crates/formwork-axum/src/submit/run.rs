//! Step 10: the handler, with its effects collected.

use std::{
    convert::Infallible,
    mem::take,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use formwork_core::ActionError;
use futures::{FutureExt, future};
use serde_json::value::RawValue;
use tokio::{sync::oneshot, task::unconstrained, time::error::Elapsed};

use super::Submission;
use crate::{
    action::{ErasedForm, RunCx},
    boundary::Isolated,
    effects::Effects,
    failure,
    query::QueryScope,
    refusal::Refusal,
    reports::Queue,
};

/// What a run came to.
#[derive(Clone)]
pub(crate) struct Ran {
    pub(crate) value: Arc<RawValue>,
    pub(crate) effects: Arc<Effects>,
}

/// Whom a streaming action runs for.
pub(super) struct Audience {
    /// Who looks on; nobody without JavaScript.
    pub(super) reports: Option<Arc<Queue>>,
    /// Ends when they have gone.
    pub(super) is_there: oneshot::Receiver<Infallible>,
}

/// What makes an [`Audience`] go away when it is dropped.
pub(super) type IsThere = oneshot::Sender<Infallible>;

/// How long the action may take.
pub(super) fn time_limit(submission: &Submission) -> Duration {
    let declared = submission.def().limits.time;
    Duration::from_secs(declared.unwrap_or(submission.site.config().action_timeout))
}

/// The run as a future of its own: it needs nothing of the submission any more, which the handler knows
/// by this name. What it invalidates is invalidated when it ends. With an audience it is stopped when
/// that goes away.
pub(super) fn run(
    submission: &mut Submission,
    form: ErasedForm,
    name: Option<String>,
    audience: Option<Audience>,
) -> impl Future<Output = Result<Ran, ActionError>> + Send + 'static {
    submission.come_to("run");
    let effects = Arc::new(Mutex::new(Effects::default()));
    let view = submission.view.take().expect("the guard step comes before");
    let scope = QueryScope::of(view, submission.site.reads());
    let (reports, is_there) = match audience {
        Some(Audience { reports, is_there }) => (reports, Some(is_there)),
        None => (None, None),
    };
    let cx = RunCx {
        request: scope.request().clone(),
        params: Arc::clone(&submission.params),
        submission: name,
        effects: Arc::clone(&effects),
        reports,
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
        // A panic before the handler's first await is caught as one after it, and so is one of what it holds
        // when it is stopped.
        let attempt = AssertUnwindSafe(unless_gone(
            async { handler(cx, proof, bound, form).await },
            limit,
            is_there,
        ));
        let (value, was_cut) = match attempt.catch_unwind().await {
            Ok(Some(Ok(value))) => (value, false),
            Ok(Some(Err(_))) => (Err(Refusal::HandlerTimeout.into()), true),
            Ok(None) => (Err(Refusal::VisitorLeft.into()), true),
            Err(panic) => (Err(failure::panicked(&*panic)), true),
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

/// What it comes to in time; `None` if its audience goes away before. Then what it holds has been dropped.
async fn unless_gone<F: Future>(
    handler: F,
    limit: Duration,
    is_there: Option<oneshot::Receiver<Infallible>>,
) -> Option<Result<F::Output, Elapsed>> {
    tokio::select! {
        // What is done is done, also if its visitor has gone in that moment.
        biased;
        result = tokio::time::timeout(limit, handler) => Some(result),
        // A handler that is busy all the time uses up what a task may do in its turn.
        () = unconstrained(gone(is_there)) => None,
    }
}

/// When the audience has gone, if it is one that may.
async fn gone(is_there: Option<oneshot::Receiver<Infallible>>) {
    match is_there {
        Some(is_there) => drop(is_there.await),
        None => future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[tokio::test]
    async fn s1_what_is_done_when_its_visitor_goes_is_done() {
        let (here, is_there) = oneshot::channel();
        drop(here);
        let done = unless_gone(future::ready(1), LONG, Some(is_there)).await;
        assert_eq!(done.and_then(Result::ok), Some(1));
    }

    #[tokio::test]
    async fn s1_who_is_busy_all_the_time_is_stopped_as_well() {
        let (here, is_there) = oneshot::channel();
        let busy = async {
            let mut here = Some(here);
            for turn in 0.. {
                tokio::task::consume_budget().await;
                if turn == 1_000 {
                    here.take();
                }
            }
        };
        let stopped = tokio::time::timeout(LONG, unless_gone(busy, LONG, Some(is_there))).await;
        assert!(stopped.expect("in time").is_none());
    }
}
