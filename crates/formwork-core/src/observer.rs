//! What the browser's half and the components tell each other of submissions and queries.

use std::{any::Any, rc::Rc};

use crate::{Entries, QueryKey, wire::Outcome};

/// Changes a query's value to what it is expected to become; the value is of the query's own type.
pub type Layer = Rc<dyn Fn(&mut dyn Any)>;

/// When a submission is sent, if others of this client are under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// After all that were made before it.
    #[default]
    Queued,
    /// As `Queued`, and it takes the place of those of the same action that still wait: only the
    /// latest of them is sent.
    Latest,
    /// At once, whatever is under way.
    Parallel,
}

/// What a form asks for besides sending it.
#[derive(Clone, Copy, Debug)]
pub struct SubmitOptions {
    /// Whether a success empties it.
    pub reset: bool,
    /// Whether what a success changes on screen is animated by a View Transition.
    pub animated: bool,
}

/// What has happened to a query's entry in the browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has another value, or another error.
    Value,
    /// It is being read again, or no longer.
    Reading(bool),
}

/// How much of a submission has been sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that have been sent.
    pub sent: u64,
    /// Bytes in all.
    pub total: u64,
}

/// Who is told what becomes of a submission.
pub trait Observer: 'static {
    /// When it is to be sent.
    fn order(&self) -> Order {
        Order::Queued
    }
    /// What the queries on screen are expected to become; asked when the submission is made.
    fn expect(&self, entries: &Entries) -> Vec<(QueryKey, Layer)> {
        let _ = entries;
        Vec::new()
    }
    /// Whether there is still somebody who can be told: its form may have gone with its page.
    fn is_there(&self) -> bool {
        true
    }
    /// It has been sent, or waits for those before it.
    fn started(&self);
    /// It takes a while, to send its files or to be done; `cancel` breaks it off.
    fn cancellable(&self, cancel: Box<dyn Fn()>) {
        let _ = cancel;
    }
    /// So much of it has been sent.
    fn progress(&self, progress: Progress) {
        let _ = progress;
    }
    /// Its action reports this while it runs, as JSON; `is_first` if it has begun, or begun anew.
    fn report(&self, report: Box<str>, is_first: bool) {
        let _ = (report, is_first);
    }
    /// The visitor broke it off: what it came to, if anything, is not known.
    fn cancelled(&self) {}
    /// The server has answered.
    fn outcome(&self, outcome: Outcome);
    /// It waits for a connection, or no longer.
    fn offline(&self, waits: bool) {
        let _ = waits;
    }
    /// The connection failed before an answer; `retry` sends the very same submission again.
    fn interrupted(&self, retry: Box<dyn Fn()>);
    /// Everything it changed is on screen, or it was interrupted, or a later one took its place.
    fn finished(&self);
}
