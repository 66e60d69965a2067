//! Step 8: the same submission runs once; its recorded outcome is answered again.
//!
//! A submission is the same if its sender, its id and everything in it are: a second click, a
//! refresh, a retry after a lost response. While it runs, its duplicates wait. Only a success is
//! recorded: what failed may be tried again.

use std::time::Duration;

use formwork_core::ActionError;
use futures::FutureExt;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;
use tracing::Instrument;

use super::{Ran, Submission, parse, recorded, run};
use crate::{
    failure, observe,
    refusal::Refusal,
    store::{Claim, Ended, Fingerprint, StoreError},
};

/// A day: as long as a page may lie open before it is sent again.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
/// How much longer than it may run a submission is claimed.
const MARGIN: Duration = Duration::from_secs(30);

/// Runs the action, or answers what it answered before.
pub(super) async fn once(submission: &mut Submission) -> Result<Ran, ActionError> {
    let Some(fingerprint) = fingerprint(submission) else {
        submission.step = "parse";
        let form = parse::parse(submission)?;
        let logged = logged(submission);
        let run = run::run(submission, form).map(|result| result.map_err(logged));
        return to_its_end(submission, run).await;
    };
    let store = submission.site.store().clone();
    let lease = run::time_limit(submission) + MARGIN;
    loop {
        match store.claim(&fingerprint, lease).await.map_err(refused)? {
            Claim::Yours(claim) => return claimed(submission, fingerprint, claim).await,
            Claim::Recorded(outcome) => return replay(submission, &outcome),
            Claim::Running => match store.wait(&fingerprint).await.map_err(refused)? {
                Ended::Recorded(outcome) => return replay(submission, &outcome),
                Ended::Failed(told) => return Err(recorded::read_failure(&told)),
                Ended::Unknown => {}
            },
        }
    }
}

/// Runs what nobody else runs: a write that was begun is finished and recorded.
async fn claimed(
    submission: &mut Submission,
    fingerprint: Fingerprint,
    claim: u64,
) -> Result<Ran, ActionError> {
    let store = submission.site.store().clone();
    submission.step = "parse";
    let form = match parse::parse(submission) {
        Ok(form) => form,
        Err(error) => {
            let error = logged(submission)(error);
            let told = recorded::failure(&error);
            store.release(&fingerprint, claim, told).await.map_err(refused)?;
            return Err(error);
        }
    };
    let logged = logged(submission);
    let run = run::run(submission, form);
    let run = async move {
        let result = run.await.map_err(logged);
        let recorded = match &result {
            Ok(ran) => store.record(&fingerprint, claim, recorded::outcome(ran), REMEMBERED).await,
            Err(error) => store.release(&fingerprint, claim, recorded::failure(error)).await,
        };
        if let Err(error) = recorded {
            // Until the claim's time is over a retry is refused rather than run again.
            tracing::error!(%error, "the outcome of a submission could not be recorded");
        }
        result
    };
    to_its_end(submission, run).await
}

/// Logs a failure where it happens: the visitor may have gone, and duplicates are told the same.
fn logged(submission: &Submission) -> impl FnOnce(ActionError) -> ActionError + Send + use<> {
    let (site, action) = (submission.site.clone(), submission.def().id);
    move |error| failure::settled(site.hooks(), action, error)
}

/// Runs it to its end, also if the visitor goes away; for so long it counts as under way. What nobody
/// is there to be answered is told to operations by the run itself.
fn to_its_end<F>(
    submission: &Submission,
    run: F,
) -> impl Future<Output = Result<Ran, ActionError>> + Send + use<F>
where
    F: Future<Output = Result<Ran, ActionError>> + Send + 'static,
{
    let under_way = submission.under_way.clone();
    let left = observe::Left::of(submission);
    let (send, receive) = oneshot::channel();
    let run = async move {
        let _under_way = under_way;
        let result = run.await;
        if let Err(result) = send.send(result) {
            left.tell(result.map(|_| ()));
        }
    };
    tokio::spawn(run.in_current_span());
    receive.map(|run| run.unwrap_or_else(|_| Err(ActionError::internal("the run was cancelled"))))
}

fn replay(submission: &mut Submission, outcome: &[u8]) -> Result<Ran, ActionError> {
    submission.replayed = true;
    recorded::read_outcome(outcome)
}

/// What can't be guaranteed is refused: without the store nobody knows whether it ran.
fn refused(error: StoreError) -> ActionError {
    tracing::error!(%error, "a submission was refused");
    Refusal::CanNotRecord.into()
}

fn fingerprint(submission: &Submission) -> Option<Fingerprint> {
    let action = submission.def();
    let id = submission.id().filter(|_| !action.idempotent)?;
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    };
    add(id);
    add(&submission.parts.uri.to_string());
    add(&who(submission));
    for (name, value) in submission.entries.iter() {
        add(name);
        add(value);
    }
    Some(hash.finalize().into())
}

/// Who sent it, where the guard knows: what one account did is not answered to another that sends
/// the same form from the same machine. Cookies would not do: an action may have set one, and the
/// same submission sent again would be another.
fn who(submission: &Submission) -> String {
    let proof = submission.proof.as_ref();
    proof.and_then(|proof| (submission.def().subject)(proof)).unwrap_or_default()
}
