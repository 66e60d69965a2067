//! In which order submissions are sent: one at a time unless their action says otherwise.

use std::{cell::RefCell, collections::VecDeque};

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
    static QUEUE: RefCell<Queue> = RefCell::default();
}

/// Sends the submission when its turn has come; what it is expected to change shows at once.
pub(super) fn enqueue(job: Job) {
    job.observer.started();
    for (key, layer) in job.observer.expect(&dom::entries(&job.body)) {
        query::lay(&key, job.id, layer);
    }
    let order = job.observer.order();
    if order == Order::Parallel {
        spawn_local(answer::send(job));
        return;
    }
    let (idle, replaced) = QUEUE.with_borrow_mut(|queue| {
        let replaced = if order == Order::Latest { queue.take_out(&job.name) } else { Vec::new() };
        queue.waiting.push_back(job);
        (!std::mem::replace(&mut queue.running, true), replaced)
    });
    for job in replaced {
        query::lift(job.id);
        job.observer.finished();
    }
    if idle {
        spawn_local(async {
            while let Some(job) = next() {
                answer::send(job).await;
            }
        });
    }
}

fn next() -> Option<Job> {
    QUEUE.with_borrow_mut(|queue| {
        let job = queue.waiting.pop_front();
        queue.running = job.is_some();
        job
    })
}

impl Queue {
    /// Those that wait under this name.
    fn take_out(&mut self, name: &str) -> Vec<Job> {
        let (replaced, kept) = self.waiting.drain(..).partition(|job| job.name == name);
        self.waiting = kept;
        Vec::from(replaced)
    }
}
