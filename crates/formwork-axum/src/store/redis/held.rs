//! The claims that this instance holds, and how those ended of which Redis could not be told.
//!
//! What ended while Redis was away is kept here: a duplicate that comes to this instance is answered
//! from it, and Redis is told of it when it is back, before anything is claimed. There are never more
//! than were under way when it went: without Redis nothing new is begun.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::store::{ClaimId, Ended, Fingerprint};

/// See the module.
#[derive(Default)]
pub(super) struct Held(Mutex<HashMap<Fingerprint, Hold>>);

/// A claim of ours.
#[derive(Clone)]
pub(super) struct Hold {
    pub(super) claim: ClaimId,
    /// When its lease is over, or what it came to is to be forgotten.
    until: Instant,
    pub(super) state: State,
}

/// How far it is.
#[derive(Clone)]
pub(super) enum State {
    /// Redis has not answered: nobody knows whether it was given to us.
    Asked,
    /// It runs.
    Running,
    /// Redis is to be told of this.
    Ended(Ended),
}

impl Hold {
    /// For how long it holds yet.
    pub(super) fn left(&self) -> Duration {
        self.until.saturating_duration_since(Instant::now())
    }

    /// Whether nothing runs under it, and nothing has come of it.
    fn is_idle(&self) -> bool {
        matches!(
            self.state,
            State::Asked
                | State::Ended(Ended::Failed(_) | Ended::Unsure(_) | Ended::Unknown | Ended::Lost)
        )
    }
}

impl Held {
    fn all(&self) -> MutexGuard<'_, HashMap<Fingerprint, Hold>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is held of a submission.
    pub(super) fn find(&self, submission: &Fingerprint) -> Option<Hold> {
        self.all().get(submission).filter(|hold| !hold.left().is_zero()).cloned()
    }

    /// The id of a claim that is ours and does not run: one that is claimed again with it is ours in
    /// any case.
    pub(super) fn take_idle(&self, submission: &Fingerprint) -> Option<ClaimId> {
        let mut all = self.all();
        all.get(submission)
            .is_some_and(|hold| hold.is_idle() && !hold.left().is_zero())
            .then(|| all.remove(submission))?
            .map(|hold| hold.claim)
    }

    /// Notes a claim, unless there is another. One that Redis has given takes the place of one that was
    /// asked for, or that has failed: these were not given, or are over.
    pub(super) fn note(
        &self,
        submission: &Fingerprint,
        claim: ClaimId,
        state: State,
        lease: Duration,
    ) {
        let hold = Hold { claim, until: Instant::now() + lease, state };
        let mut all = self.all();
        let gives_way = |old: &Hold| {
            old.left().is_zero() || (matches!(hold.state, State::Running) && old.is_idle())
        };
        if all.get(submission).is_none_or(gives_way) {
            all.insert(*submission, hold);
        }
    }

    /// Notes how a claim ended: an outcome for as long as it is kept, a failure until its lease is
    /// over.
    pub(super) fn end(
        &self,
        submission: &Fingerprint,
        claim: ClaimId,
        ended: Ended,
        kept: Duration,
    ) {
        if let Some(hold) = self.all().get_mut(submission).filter(|hold| hold.claim == claim) {
            hold.until = hold.until.max(Instant::now() + kept);
            hold.state = State::Ended(ended);
        }
    }

    /// Forgets a claim: Redis knows what there is to know.
    pub(super) fn forget(&self, submission: &Fingerprint, claim: ClaimId) {
        let mut all = self.all();
        if all.get(submission).is_some_and(|hold| hold.claim == claim) {
            all.remove(submission);
        }
    }

    /// All of which Redis may not know.
    pub(super) fn list(&self) -> Vec<(Fingerprint, Hold)> {
        let mut all = self.all();
        all.retain(|_, hold| !hold.left().is_zero());
        all.iter().map(|(submission, hold)| (*submission, hold.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    const ONE: Fingerprint = [1; 32];

    fn held(claim: ClaimId, state: State) -> Held {
        let held = Held::default();
        held.note(&ONE, claim, state, MINUTE);
        held
    }

    #[test]
    fn what_was_given_takes_the_place_of_what_was_only_asked_for() {
        let failed = State::Ended(Ended::Failed(Bytes::new()));
        for idle in [State::Asked, failed] {
            // Two of one submission are asked for at once: Redis does not answer the one, and gives the other.
            let held = held(1, idle);
            held.note(&ONE, 2, State::Running, MINUTE);
            held.end(&ONE, 2, Ended::Recorded(Bytes::from_static(b"done")), MINUTE);
            let hold = held.find(&ONE).unwrap();
            assert_eq!(hold.claim, 2);
            assert!(
                matches!(hold.state, State::Ended(Ended::Recorded(_))),
                "what it came to is kept"
            );
        }
    }

    #[test]
    fn what_runs_or_is_done_stays() {
        for stays in [State::Running, State::Ended(Ended::Recorded(Bytes::new()))] {
            let held = held(1, stays);
            held.note(&ONE, 2, State::Asked, MINUTE);
            held.note(&ONE, 3, State::Running, MINUTE);
            assert_eq!(held.find(&ONE).unwrap().claim, 1);
            assert_eq!(held.take_idle(&ONE), None);
        }
    }
}
