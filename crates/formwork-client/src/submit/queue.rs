//! In which order submissions are sent: one at a time unless their action says otherwise.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use formwork_core::Order;
use wasm_bindgen_futures::spawn_local;

use super::{Job, answer};
use crate::{dom, query};

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    running: bool,
}

thread_local! {
    /// Those that are being sent.
    static UNDER_WAY: RefCell<Vec<Job>> = RefCell::default();
    /// Whether the page is being left: whatever is to be sent waits.
    static STOPPED: Cell<bool> = const { Cell::new(false) };
    /// Those that ended without an answer: nobody knows whether they are done.
    static UNANSWERED: RefCell<Vec<Job>> = RefCell::default();
    static QUEUE: RefCell<Queue> = RefCell::default();
}

/// Sends the submission when its turn has come; what it is expected to change shows at once.
pub(crate) fn enqueue(job: Job) {
    job.observer.started();
    for (key, layer) in job.observer.expect(&dom::entries(&job.body)) {
        query::lay(&key, job.id, layer);
    }
    // Its form sends again: this, or something else instead.
    drop(take_unanswered(|other| other.name == job.name));
    let order = job.observer.order();
    if order == Order::Parallel && !STOPPED.get() {
        spawn_local(send(job));
        return;
    }
    let replaced = QUEUE.with_borrow_mut(|queue| {
        let replaced = if order == Order::Latest { queue.take_out(&job.name) } else { Vec::new() };
        queue.waiting.push_back(job);
        replaced
    });
    for job in replaced {
        query::lift(job.id);
        job.observer.finished();
    }
    run();
}

/// Sends what waits, one by one, unless that is being done.
fn run() {
    let is_idle = QUEUE.with_borrow_mut(|queue| !std::mem::replace(&mut queue.running, true));
    if is_idle {
        spawn_local(async {
            while let Some(job) = next() {
                send(job).await;
            }
        });
    }
}

async fn send(job: Job) {
    let sending = answer::send(job.clone());
    noted(job, sending).await;
}

/// Notes that it is under way from now on, not from when it is first polled.
fn noted(job: Job, sending: impl Future<Output = ()>) -> impl Future<Output = ()> {
    let id = job.id;
    UNDER_WAY.with_borrow_mut(|jobs| jobs.push(job));
    async move {
        sending.await;
        UNDER_WAY.with_borrow_mut(|jobs| jobs.retain(|job| job.id != id));
    }
}

/// Notes that one ended without an answer.
pub(super) fn note_unanswered(job: Job) {
    UNANSWERED.with_borrow_mut(|unanswered| unanswered.push(job));
}

/// Takes out those of these that ended without an answer.
pub(super) fn take_unanswered(which: impl Fn(&Job) -> bool) -> Vec<Job> {
    UNANSWERED.with_borrow_mut(|unanswered| unanswered.extract_if(.., |job| which(job)).collect())
}

/// Asks once more what became of what this page had no answer to; it is under way until it has.
pub(super) fn ask_again(url: &str) {
    for job in take_unanswered(|job| job.url == url) {
        let asking = answer::ask(job.clone());
        spawn_local(noted(job, asking));
    }
}

fn next() -> Option<Job> {
    QUEUE.with_borrow_mut(|queue| {
        let job = if STOPPED.get() { None } else { queue.waiting.pop_front() };
        queue.running = job.is_some();
        job
    })
}

/// Sends nothing more until [`go_on`]; whether that is new.
pub(super) fn stop() -> bool {
    !STOPPED.replace(true)
}

/// Whether nothing more is sent.
pub(super) fn is_stopped() -> bool {
    STOPPED.get()
}

/// Sends what has waited.
pub(super) fn go_on() {
    STOPPED.set(false);
    run();
}

/// Those that are being sent.
pub(super) fn under_way() -> Vec<Job> {
    UNDER_WAY.with_borrow(Clone::clone)
}

/// Those that ended without an answer.
pub(super) fn unanswered() -> Vec<Job> {
    UNANSWERED.with_borrow(Clone::clone)
}

/// What waits, in order.
pub(super) fn waiting() -> Vec<Job> {
    QUEUE.with_borrow(|queue| queue.waiting.iter().cloned().collect())
}

/// Lets one wait again that was being sent: before all others.
pub(super) fn keep(job: Job) {
    job.observer.started();
    QUEUE.with_borrow_mut(|queue| queue.waiting.push_front(job));
}

impl Queue {
    /// Those that wait under this name.
    fn take_out(&mut self, name: &str) -> Vec<Job> {
        let (replaced, kept) = self.waiting.drain(..).partition(|job| job.name == name);
        self.waiting = kept;
        Vec::from(replaced)
    }
}
