//! Submissions in memory: which are under way, and what became of the others: their outcomes, or that nobody
//! knows.
//!
//! These are bounded by bytes, and the oldest make room. That is all a cache of them needs: no outcome
//! is worth more for being asked for often, and a general cache would spend as much time on each as the
//! rest of a small submission takes.

use std::{
    collections::{HashMap, VecDeque, hash_map::Entry},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::sync::watch;

use super::{Claim, ClaimId, Ended, Fingerprint};

/// See the module.
pub(super) struct Submissions {
    shards: [Mutex<Shard>; SHARDS],
    last_claim: AtomicU64,
}

/// So that threads seldom wait for each other.
const SHARDS: usize = 16;
/// 64 MiB of outcomes.
const OUTCOME_BYTES: usize = 64 * 1024 * 1024;
/// What an outcome takes besides its own bytes.
const OVERHEAD: usize = 256;
/// How long it is known that something was begun whose end nobody has told.
const LOST_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Default)]
struct Shard {
    running: HashMap<Fingerprint, Running>,
    recorded: HashMap<Fingerprint, Recorded>,
    /// In the order in which they were recorded.
    order: VecDeque<(ClaimId, Fingerprint)>,
    bytes: usize,
}

/// A run that is under way, or was until then.
struct Running {
    claim: ClaimId,
    until: Instant,
    /// As soon as somebody waits for it.
    ended: Option<watch::Sender<Option<Ended>>>,
}

struct Recorded {
    claim: ClaimId,
    /// None if who had claimed it is gone, and may have done it; it may be claimed again all the same.
    outcome: Option<Bytes>,
    until: Instant,
}

impl Submissions {
    pub(super) fn new() -> Self {
        Submissions { shards: Default::default(), last_claim: AtomicU64::new(0) }
    }

    fn shard(&self, submission: &Fingerprint) -> MutexGuard<'_, Shard> {
        let shard = &self.shards[usize::from(submission[0]) % SHARDS];
        shard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn claim(&self, submission: &Fingerprint, lease: Duration) -> Claim {
        let now = Instant::now();
        let mut shard = self.shard(submission);
        if let Some(Some(outcome)) = shard.known(submission, now) {
            return Claim::Recorded(outcome);
        }
        let claim = self.last_claim.fetch_add(1, Ordering::Relaxed) + 1;
        let run = Running { claim, until: now + lease, ended: None };
        match shard.running.entry(*submission) {
            Entry::Occupied(before) if before.get().until > now => return Claim::Running,
            Entry::Occupied(mut before) => {
                let gone = before.insert(run).claim;
                shard.record(*submission, Recorded::lost(gone, now), now);
            }
            Entry::Vacant(place) => drop(place.insert(run)),
        }
        Claim::Yours(claim)
    }

    pub(super) fn end(
        &self,
        submission: &Fingerprint,
        claim: ClaimId,
        ended: Ended,
        kept: Duration,
    ) {
        let mut shard = self.shard(submission);
        let run = match shard.running.entry(*submission) {
            Entry::Occupied(run) if run.get().claim == claim => run.remove(),
            // Its lease was over and another has it.
            _ => return,
        };
        let now = Instant::now();
        if let Ended::Recorded(outcome) = &ended {
            let outcome = Some(outcome.clone());
            shard.record(*submission, Recorded { claim, outcome, until: now + kept }, now);
        } else if matches!(ended, Ended::Unsure(_) | Ended::Lost) {
            shard.record(*submission, Recorded::lost(claim, now), now);
        }
        if let Some(waited_for) = run.ended {
            waited_for.send_replace(Some(ended));
        }
    }

    pub(super) async fn wait(&self, submission: &Fingerprint) -> Ended {
        let (mut ended, until) = {
            let mut shard = self.shard(submission);
            match shard.running.get_mut(submission) {
                Some(run) => {
                    let ended = run.ended.get_or_insert_with(|| watch::Sender::new(None));
                    (ended.subscribe(), run.until)
                }
                None => {
                    return match shard.known(submission, Instant::now()) {
                        Some(Some(outcome)) => Ended::Recorded(outcome),
                        Some(None) => Ended::Lost,
                        None => Ended::Unknown,
                    };
                }
            }
        };
        let ended = tokio::time::timeout_at(until.into(), ended.wait_for(Option::is_some)).await;
        match ended {
            Ok(Ok(ended)) => ended.clone().unwrap_or(Ended::Unknown),
            // The lease is over, or the run was replaced.
            _ => Ended::Lost,
        }
    }
}

impl Recorded {
    fn lost(claim: ClaimId, now: Instant) -> Self {
        Recorded { claim, outcome: None, until: now + LOST_KEPT }
    }
}

impl Shard {
    /// What became of one that is not under way, if that is known: its outcome, or that nobody can tell.
    fn known(&self, submission: &Fingerprint, now: Instant) -> Option<Option<Bytes>> {
        let recorded = self.recorded.get(submission)?;
        (recorded.until > now).then(|| recorded.outcome.clone())
    }

    fn record(&mut self, submission: Fingerprint, recorded: Recorded, now: Instant) {
        self.order.push_back((recorded.claim, submission));
        self.bytes += weight(&recorded);
        if let Some(before) = self.recorded.insert(submission, recorded) {
            self.bytes -= weight(&before);
        }
        while self.order.len() > 1 && (self.is_full() || !self.is_oldest_kept(now)) {
            self.drop_oldest();
        }
    }

    fn is_full(&self) -> bool {
        self.bytes > OUTCOME_BYTES / SHARDS
    }

    /// Whether the oldest is still to be known; not one that was recorded once more since.
    fn is_oldest_kept(&self, now: Instant) -> bool {
        self.order.front().and_then(|at| self.recorded_at(at)).is_some_and(|it| it.until > now)
    }

    fn drop_oldest(&mut self) {
        let Some(oldest) = self.order.pop_front() else { return };
        if self.recorded_at(&oldest).is_some()
            && let Some(dropped) = self.recorded.remove(&oldest.1)
        {
            self.bytes -= weight(&dropped);
        }
    }

    fn recorded_at(&self, (claim, submission): &(ClaimId, Fingerprint)) -> Option<&Recorded> {
        self.recorded.get(submission).filter(|recorded| recorded.claim == *claim)
    }
}

fn weight(recorded: &Recorded) -> usize {
    recorded.outcome.as_ref().map_or(0, Bytes::len) + OVERHEAD
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_secs(60);

    fn record(submissions: &Submissions, submission: &Fingerprint, bytes: usize, kept: Duration) {
        let Claim::Yours(claim) = submissions.claim(submission, LEASE) else { panic!("it is new") };
        let outcome = Bytes::from(vec![0; bytes]);
        submissions.end(submission, claim, Ended::Recorded(outcome), kept);
    }

    fn is_known(submissions: &Submissions, submission: &Fingerprint) -> bool {
        matches!(submissions.claim(submission, LEASE), Claim::Recorded(_))
    }

    #[test]
    fn o3_the_newest_outcome_is_kept_when_there_is_no_room_for_all() {
        let submissions = Submissions::new();
        let size = 1 << 20;
        for number in 0..u8::try_from(OUTCOME_BYTES / size + 8).expect("some dozens") {
            record(&submissions, &[number; 32], size, LEASE);
            assert!(is_known(&submissions, &[number; 32]), "{number}");
        }
        assert!(!is_known(&submissions, &[0; 32]), "the oldest made room");
        record(&submissions, &[1; 32], OUTCOME_BYTES, LEASE);
        assert!(is_known(&submissions, &[1; 32]), "however large it is");
    }

    #[tokio::test]
    async fn o3_what_is_lost_is_known_for_as_long_as_there_is_room() {
        let submissions = Submissions::new();
        let lose = |submission: &Fingerprint| {
            let Claim::Yours(claim) = submissions.claim(submission, LEASE) else {
                panic!("it is new")
            };
            submissions.end(submission, claim, Ended::Unsure(Bytes::new()), Duration::ZERO);
        };
        let [first, last] = [[0; 32], [16; 32]];
        lose(&first);
        assert_eq!(submissions.wait(&first).await, Ended::Lost);
        let most = OUTCOME_BYTES / SHARDS / OVERHEAD;
        for number in 0..most as u64 {
            let mut submission = [0; 32];
            submission[8..16].copy_from_slice(&(number + 1).to_be_bytes());
            lose(&submission);
        }
        lose(&last);
        assert_eq!(submissions.wait(&first).await, Ended::Unknown, "the oldest made room");
        assert_eq!(submissions.wait(&last).await, Ended::Lost);
        {
            let shard = submissions.shard(&last);
            assert!(shard.running.is_empty());
            assert_eq!((shard.recorded.len(), shard.order.len()), (most, most));
        }

        let Claim::Yours(claim) = submissions.claim(&last, LEASE) else { panic!("once more") };
        submissions.end(&last, claim, Ended::Failed(Bytes::new()), Duration::ZERO);
        assert_eq!(submissions.wait(&last).await, Ended::Lost, "that stays so");
        record(&submissions, &last, 10, LEASE);
        assert!(is_known(&submissions, &last));
    }

    #[test]
    fn what_is_over_is_dropped_and_its_bytes_are_free() {
        let submissions = Submissions::new();
        let [first, second, third] = [0, SHARDS, 2 * SHARDS].map(|at| [at as u8; 32]);
        record(&submissions, &first, 10, Duration::ZERO);
        assert!(!is_known(&submissions, &first));
        // Claimed by the question, and recorded once more: it is newer than the second by now.
        record(&submissions, &second, 10, LEASE);
        let claim = submissions.last_claim.load(Ordering::Relaxed) - 1;
        submissions.end(&first, claim, Ended::Recorded(Bytes::from_static(b"again")), LEASE);
        assert!(is_known(&submissions, &first) && is_known(&submissions, &second));
        record(&submissions, &third, 10, LEASE);
        let shard = submissions.shard(&first);
        assert_eq!((shard.recorded.len(), shard.order.len()), (3, 3));
        assert_eq!(shard.bytes, 10 + 5 + 10 + 3 * OVERHEAD);
    }
}
