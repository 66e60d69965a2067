//! What a streaming action reports while it runs: from its handler to the stream of its answer.

use std::{
    collections::VecDeque,
    marker::PhantomData,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::Notify;

use crate::cx::ActionCx;

/// What the handler of a streaming action reports with: `reports: Reports<Imported>` beside its form.
///
/// A page reads it with `form.reports()` and `form.latest_report()`, each as it comes. Reports are
/// for whoever looks on. They are not recorded with the outcome, and nobody gets them without
/// JavaScript, or when the same submission is sent again after it was done.
///
/// The handler of a streaming action is stopped when its visitor goes away: at the next await it is
/// dropped, and so is what it holds. What may not be left half done belongs in a transaction, which is
/// rolled back when it is dropped; the same submission, sent again, then runs anew. Whatever it does besides
/// may be done once more by then.
///
/// It may be stopped while it waits for its commit, which is done all the same. So name the tags before:
/// those of a handler that was stopped are invalidated, those of one that fails are not.
///
/// ```ignore
/// #[action(guard = Member)]
/// pub async fn import(
///     cx: ActionCx<Member>,
///     reports: Reports<Imported>,
///     form: Import,
/// ) -> ActionResult<usize> {
///     cx.update_tag("members");
///     let mut transaction = cx.state::<Pool>().begin().await?;
///     let rows = rows_of(&form)?;
///     for (at, row) in rows.iter().enumerate() {
///         insert(&mut transaction, row).await?;
///         reports.replace(Imported { done: at + 1, of: rows.len() });
///     }
///     transaction.commit().await?;
///     Ok(rows.len())
/// }
/// ```
pub struct Reports<T> {
    /// None if nobody looks on.
    queue: Option<Arc<Queue>>,
    reported: PhantomData<fn(T)>,
}

impl<T> Clone for Reports<T> {
    fn clone(&self) -> Self {
        Reports { queue: self.queue.clone(), reported: PhantomData }
    }
}

impl<T: Serialize> Reports<T> {
    /// What the macro writes; not for use by hand.
    #[doc(hidden)]
    pub fn of<G>(cx: &ActionCx<G>) -> Self {
        Reports { queue: cx.looked_on().cloned(), reported: PhantomData }
    }

    /// Reports this, after all that was reported before. If its visitor reads slower than the handler
    /// reports, it waits for them: nothing piles up. So it is for what holds nobody else up meanwhile; a
    /// handler within a transaction says [`replace`](Reports::replace).
    pub async fn send(&self, report: T) {
        if let Some((queue, report)) = self.written(&report) {
            queue.push(report).await;
        }
    }

    /// Reports this in place of what was reported before and has not been sent yet: how far it is. It
    /// waits for nobody.
    pub fn replace(&self, report: T) {
        if let Some((queue, report)) = self.written(&report) {
            queue.replace(report);
        }
    }

    fn written(&self, report: &T) -> Option<(&Queue, Box<RawValue>)> {
        let queue = self.queue.as_deref()?;
        match serde_json::value::to_raw_value(report) {
            Ok(report) => Some((queue, report)),
            Err(error) => {
                tracing::error!(%error, "a report can't be JSON");
                None
            }
        }
    }
}

/// Between the handler and the stream.
#[derive(Default)]
pub(crate) struct Queue {
    waiting: Mutex<Waiting>,
    came: Notify,
    has_room: Notify,
}

#[derive(Default)]
struct Waiting {
    reports: VecDeque<Box<RawValue>>,
    /// Whether nobody looks on any more.
    is_closed: bool,
}

/// As many wait to be sent at most.
const MOST: usize = 16;

impl Queue {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn push(&self, report: Box<RawValue>) {
        let mut report = Some(report);
        loop {
            // It is told of the room that comes after this line.
            let has_room = self.has_room.notified();
            {
                let mut waiting = self.waiting();
                if waiting.is_closed {
                    return;
                }
                if waiting.reports.len() < MOST {
                    waiting.reports.extend(report.take());
                    self.came.notify_one();
                    return;
                }
            }
            has_room.await;
        }
    }

    fn replace(&self, report: Box<RawValue>) {
        let mut waiting = self.waiting();
        if waiting.is_closed {
            return;
        }
        waiting.reports.clear();
        waiting.reports.push_back(report);
        self.came.notify_one();
        self.has_room.notify_waiters();
    }
}

/// Who looks on, until it is dropped.
pub(crate) struct LooksOn(Arc<Queue>);

impl LooksOn {
    pub(crate) fn new() -> (Self, Arc<Queue>) {
        let queue = Arc::<Queue>::default();
        (LooksOn(Arc::clone(&queue)), queue)
    }

    /// Waits until there is a report; whoever waits for it knows by other means that there will be none.
    pub(crate) async fn come(&mut self) {
        while self.are_all_seen() {
            // There is one who looks on: what came since is kept for them.
            self.0.came.notified().await;
        }
    }

    /// Whether there is none.
    pub(crate) fn are_all_seen(&self) -> bool {
        self.0.waiting().reports.is_empty()
    }

    /// The next one, if it is there.
    pub(crate) fn take(&mut self) -> Option<Box<RawValue>> {
        let report = self.0.waiting().reports.pop_front();
        self.0.has_room.notify_one();
        report
    }
}

impl Drop for LooksOn {
    fn drop(&mut self) {
        self.0.waiting().is_closed = true;
        self.0.has_room.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::FutureExt;

    use super::*;

    fn reports() -> (Reports<usize>, LooksOn) {
        let (looks_on, queue) = LooksOn::new();
        (Reports { queue: Some(queue), reported: PhantomData }, looks_on)
    }

    async fn next(looks_on: &mut LooksOn) -> usize {
        let came = tokio::time::timeout(Duration::from_secs(5), looks_on.come()).await;
        came.expect("in time");
        looks_on.take().expect("a report").get().parse().expect("a number")
    }

    #[tokio::test]
    async fn s1_all_come_in_order_and_a_slow_reader_is_waited_for() {
        let (reports, mut looks_on) = reports();
        for number in 0..MOST {
            assert!(reports.send(number).now_or_never().is_some(), "{number}: there is room");
        }
        let more = tokio::spawn(async move {
            for number in MOST..3 * MOST {
                reports.send(number).await;
            }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(looks_on.0.waiting().reports.len(), MOST);
        for number in 0..3 * MOST {
            assert_eq!(next(&mut looks_on).await, number);
        }
        more.await.expect("no panic");
    }

    #[tokio::test]
    async fn s1_the_newest_takes_the_place_of_what_was_not_sent() {
        let (reports, mut looks_on) = reports();
        for number in 0..1_000 {
            reports.replace(number);
        }
        assert_eq!(next(&mut looks_on).await, 999);
        reports.replace(1_000);
        reports.send(1_001).await;
        assert_eq!((next(&mut looks_on).await, next(&mut looks_on).await), (1_000, 1_001));
    }

    #[tokio::test]
    async fn s1_nobody_waits_for_who_has_gone() {
        let (reports, looks_on) = reports();
        for number in 0..MOST {
            reports.send(number).await;
        }
        let waits = tokio::spawn(async move { reports.send(MOST).await });
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(looks_on);
        tokio::time::timeout(Duration::from_secs(5), waits).await.expect("in time").expect("sent");
        let unseen = Reports { queue: None, reported: PhantomData };
        unseen.replace(1);
        assert!(unseen.send(2).now_or_never().is_some());
    }
}
