//! Step 8: the same submission runs once; its recorded outcome is answered again.
//!
//! A submission is the same if its sender, its id and everything in it are: a second click, a
//! refresh, a retry after a lost response. While it runs, its duplicates wait. Only a success is
//! recorded: what failed may be tried again.

use std::{sync::Arc, time::Duration};

use formwork_core::ActionError;
use moka::future::Cache;
use sha2::{Digest, Sha256};

use super::{Ran, Submission, parse, run};

/// Submission id and content, hashed.
type Fingerprint = [u8; 32];

/// The recorded outcomes of this instance.
pub(crate) struct Once(Cache<Fingerprint, Ran>);

/// A day: as long as a page may lie open before it is sent again.
const REMEMBERED: Duration = Duration::from_secs(24 * 60 * 60);
/// 64 MiB of outcomes.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

impl Once {
    pub(crate) fn new() -> Self {
        let cache = Cache::builder()
            .time_to_live(REMEMBERED)
            .max_capacity(MAX_BYTES)
            .weigher(|_, ran: &Ran| u32::try_from(ran.weight()).unwrap_or(u32::MAX))
            .build();
        Once(cache)
    }
}

/// Runs the action, or answers what it answered before. The run goes on when the visitor goes
/// away: a write that was begun is finished and recorded.
pub(super) async fn once(submission: &mut Submission) -> Result<Ran, ActionError> {
    let Some(fingerprint) = fingerprint(submission) else {
        let form = parse::parse(submission)?;
        return run::run(submission, form).await;
    };
    let recorded = submission.site.once().0.get(&fingerprint).await;
    if let Some(ran) = recorded {
        submission.replayed = true;
        return Ok(ran);
    }
    let form = parse::parse(submission)?;
    let run = run::run(submission, form);
    let site = submission.site.clone();
    let kept = tokio::spawn(async move {
        site.once().0.try_get_with(fingerprint, async { run.await.map_err(Shared::new) }).await
    });
    match kept.await {
        Ok(Ok(ran)) => Ok(ran),
        Ok(Err(error)) => Err(error.take()),
        Err(_) => Err(ActionError::internal("the run was cancelled")),
    }
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

/// An error that waiting duplicates share: the first to take it has its cause, the others what the
/// visitor may know.
struct Shared {
    kind: formwork_core::ErrorKind,
    message: String,
    issues: formwork_core::Issues,
    first: std::sync::Mutex<Option<ActionError>>,
}

impl Shared {
    fn new(error: ActionError) -> Self {
        Shared {
            kind: error.kind(),
            message: error.message().to_owned(),
            issues: error.issues().clone(),
            first: std::sync::Mutex::new(Some(error)),
        }
    }
}

trait Take {
    fn take(&self) -> ActionError;
}

impl Take for Arc<Shared> {
    fn take(&self) -> ActionError {
        let first = self.first.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        first.unwrap_or_else(|| {
            if self.issues.is_empty() {
                ActionError::refused(self.kind, &*self.message)
            } else {
                ActionError::from_issues(self.issues.clone())
            }
        })
    }
}
