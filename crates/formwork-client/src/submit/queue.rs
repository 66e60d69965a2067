//! One submission at a time, in the order in which they were made.

use std::{cell::RefCell, collections::VecDeque};

use wasm_bindgen_futures::spawn_local;

use super::{Job, answer};

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Job>,
    running: bool,
}

thread_local! {
    static QUEUE: RefCell<Queue> = RefCell::default();
}

/// Sends the submission when those before it are done.
pub(super) fn enqueue(job: Job) {
    job.observer.started();
    let idle = QUEUE.with_borrow_mut(|queue| {
        queue.waiting.push_back(job);
        !std::mem::replace(&mut queue.running, true)
    });
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
