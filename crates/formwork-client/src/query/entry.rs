//! One entry: what is known of a key, who watches it, what lies over its value, and which of two
//! values is the newer one.

use std::rc::Rc;

use formwork_core::{Change, Layer, PublicError, Version, delta, wire::QueryLine};

use super::store::tick;
use crate::dom;

pub(super) type Watcher = Rc<dyn Fn(Change)>;

/// The JSON of a value, or why there is none.
pub(super) type Known = Result<Rc<str>, PublicError>;

/// What is known, and three moments of the store's count.
#[derive(Clone)]
pub(super) struct Arrival {
    pub(super) known: Known,
    /// See [`Read`].
    pub(super) since: u64,
    pub(super) is_live: bool,
    /// Until when the server has vouched for it.
    pub(super) good_at: u64,
    /// When it came.
    pub(super) came: u64,
}

/// A line as it came, with two moments of the store's count.
pub(crate) struct Read {
    /// When it was asked for.
    pub(crate) asked: u64,
    /// Which of two is the newer one: when it was asked for; of a submission's data, when the outcome
    /// before it came; of a live value, when it came itself.
    pub(crate) since: u64,
    pub(crate) is_live: bool,
    /// Whether it is nothing but the server's word that a submission has not changed what is here.
    pub(crate) is_word: bool,
    pub(crate) line: QueryLine,
}

impl Read {
    /// A value that was asked for then.
    pub(crate) fn asked_at(asked: u64, line: QueryLine) -> Self {
        Read { asked, since: asked, is_live: false, is_word: false, line }
    }

    /// A value that has come by itself.
    pub(super) fn live(line: QueryLine) -> Self {
        let now = tick();
        Read { asked: now, since: now, is_live: true, is_word: false, line }
    }
}

#[derive(Default)]
pub(super) struct Entry {
    pub(super) current: Option<Arrival>,
    /// What came from elsewhere while a submission's layer lay over the value: to show it at once
    /// could show the same change twice.
    pub(super) held: Option<Arrival>,
    /// A difference did not fit the value: the whole is wanted next.
    pub(super) unfit: bool,
    pub(super) layers: Vec<(u64, Layer)>,
    pub(super) watchers: Vec<(u64, Watcher)>,
    /// Those of the watchers that follow what others change.
    pub(super) live: Vec<u64>,
    /// When the value arrived, and when the last watcher left, in milliseconds.
    pub(super) arrived: u64,
    pub(super) left: u64,
}

impl Entry {
    pub(super) fn is_watched(&self) -> bool {
        !self.watchers.is_empty()
    }

    pub(super) fn is_from_before(&self, time: u64) -> bool {
        self.current.as_ref().is_some_and(|current| current.since < time)
    }

    pub(super) fn text(&self) -> Option<&Rc<str>> {
        self.current.as_ref()?.known.as_ref().ok()
    }

    /// Takes a newer arrival in; whether it says something else than the one before. What a
    /// submission brings is not older for what another one has vouched for meanwhile.
    pub(super) fn replace(&mut self, new: Arrival, of_submission: bool) -> bool {
        let newest =
            |current: &Arrival| if of_submission { current.since } else { current.good_at };
        if self.current.as_ref().is_some_and(|current| newest(current) > new.since) {
            return false;
        }
        self.arrived = dom::now();
        let same = self.current.as_ref().is_some_and(|current| current.known == new.known);
        self.current = Some(new);
        self.unfit = false;
        !same
    }

    /// Lifts the layers of a submission; whether there was one.
    pub(super) fn lift(&mut self, submission: u64) -> bool {
        let before = self.layers.len();
        self.layers.retain(|(id, _)| *id != submission);
        let mut changed = self.layers.len() < before;
        if self.layers.is_empty()
            && let Some(held) = self.held.take()
        {
            changed |= self.replace(held, false);
        }
        changed
    }
}

/// The value that a line brings; `None` if it is a difference from another value than this.
pub(super) fn whole(held: Option<&Rc<str>>, line: QueryLine) -> Option<Known> {
    if let Some(error) = line.error {
        return Some(Err(error));
    }
    if let Some(value) = line.value {
        return Some(Ok(Rc::from(value.get())));
    }
    let Some(version) = line.version else {
        // The value `null` is no text to serde: to it the member is missing.
        return line.delta.is_none().then(|| Ok(Rc::from("null")));
    };
    let held = held?;
    if line.delta.is_some() && Version::of(held) == version {
        // It has come by another way meanwhile.
        return Some(Ok(Rc::clone(held)));
    }
    let new: Rc<str> = match &line.delta {
        Some(delta) => delta::apply(held, delta.get())?.into(),
        None => Rc::clone(held),
    };
    (Version::of(&new) == version).then_some(Ok(new))
}
