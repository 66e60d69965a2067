//! What the application keeps, and what a test can see of it and hold it up with.

use std::sync::{Arc, Mutex, MutexGuard};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

/// Something that visitors write.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    pub id: u64,
    pub title: String,
}

/// The application's state; clones share it.
#[derive(Clone, Default)]
pub struct Desk(Arc<Inner>);

#[derive(Default)]
struct Inner {
    tickets: Mutex<Vec<Ticket>>,
    ran: Mutex<Vec<&'static str>>,
    gate: Gate,
}

impl Desk {
    /// Two tickets.
    pub fn seeded() -> Self {
        let desk = Desk::default();
        desk.add("Printer on fire".to_owned());
        desk.add("No coffee".to_owned());
        desk
    }

    pub fn tickets(&self) -> MutexGuard<'_, Vec<Ticket>> {
        self.0.tickets.lock().unwrap()
    }

    pub fn add(&self, title: String) -> u64 {
        let mut tickets = self.tickets();
        let id = tickets.len() as u64 + 1;
        tickets.push(Ticket { id, title });
        id
    }

    /// Records that a handler ran.
    pub fn record(&self, handler: &'static str) {
        self.0.ran.lock().unwrap().push(handler);
    }

    /// How often a handler ran.
    pub fn ran(&self, handler: &str) -> usize {
        self.0.ran.lock().unwrap().iter().filter(|ran| **ran == handler).count()
    }

    /// How many handlers ran altogether.
    pub fn runs(&self) -> usize {
        self.0.ran.lock().unwrap().len()
    }

    /// Where slow handlers wait.
    pub fn gate(&self) -> &Gate {
        &self.0.gate
    }
}

/// A gate in a handler: open, until a test closes it to see what happens meanwhile.
#[derive(Default)]
pub struct Gate {
    closed: watch::Sender<bool>,
    came: watch::Sender<usize>,
}

impl Gate {
    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    pub fn open(&self) {
        self.closed.send_replace(false);
    }

    /// Waits until this many have come to the gate, through it or not.
    pub async fn reached_by(&self, count: usize) {
        self.came.subscribe().wait_for(|came| *came >= count).await.unwrap();
    }

    /// How many have come.
    pub fn arrivals(&self) -> usize {
        *self.came.borrow()
    }

    /// Goes through, once it is open.
    pub async fn pass(&self) {
        self.came.send_modify(|came| *came += 1);
        self.closed.subscribe().wait_for(|closed| !closed).await.unwrap();
    }
}
