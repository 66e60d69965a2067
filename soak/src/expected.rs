//! Which answers are to be expected while there is trouble: each by its status and what its page says.
//! Any other is a wrong one, however polite.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use reqwest::StatusCode;

use crate::{fleet::ROTATIONS_OF_A_KEY, options::Options, page};

/// What the page of a refusal says.
const CHANGED: &str = "This form has changed since you opened the page.";
const OLD: &str = "This page has been open for too long.";
const GONE: &str = "the form you sent is no longer part of it.";
const DONE: &str = "was done before this page changed";
const DONE_BEFORE: &str = "What you had sent before was done after all.";
const LOOK: &str = "The server that took this is gone, and we can't tell whether it was done.";
const CAN_NOT_TELL: &str = "We can't find out right now whether this was done before.";
const NOT_NOW: &str = "We can't make sure right now that this is done just once";

/// What an answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Answered {
    /// It is written.
    Written,
    /// It was written before, and what the page had then is not quite what it has now, or gone.
    WrittenBefore,
    /// The page is of another build, or its key is no longer known: it is sent again as it came back.
    Stale,
    /// There is no such form any more.
    Gone,
    /// Who was writing it was killed: the visitor looks.
    Unsure,
    /// Redis does not answer.
    NotNow,
    /// Nothing that happens here explains it.
    Wrong,
}

/// When a form came, as far as its seals are concerned: after so many changes of the keys.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(usize);

/// Which trouble there is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble {
    /// Instances are replaced by those of another build.
    deploys: bool,
    rotations: bool,
    kills: bool,
    pauses: bool,
    /// How often the keys have changed.
    rotated: Arc<AtomicUsize>,
}

impl Trouble {
    /// What these options ask for; this counts how often the keys have changed.
    pub(crate) fn of(options: &Options, rotated: Arc<AtomicUsize>) -> Self {
        Trouble {
            deploys: options.next.is_some() && options.roll_every > 0,
            rotations: options.rotate_every > 0,
            kills: options.kill_every > 0 || options.rotate_every > 0 || options.roll_every > 0,
            pauses: options.pause_every > 0,
            rotated,
        }
    }

    /// To be remembered with a form.
    pub(crate) fn now(&self) -> Moment {
        Moment(self.rotated.load(Ordering::Relaxed))
    }

    /// Whether the key that sealed a form which came then may be dropped by now.
    fn is_dropped(&self, came: Moment) -> bool {
        self.rotations && self.now().0 >= came.0 + ROTATIONS_OF_A_KEY
    }

    /// What it means, amid this trouble, of a form that came at this moment. Only one that `is_changed` in
    /// the other build can be told so.
    pub(crate) fn means(
        &self,
        status: StatusCode,
        html: &str,
        came: Moment,
        is_changed: bool,
    ) -> Answered {
        let says = |text: &str| page::alerts(html).contains(text);
        match status {
            StatusCode::SEE_OTHER => Answered::Written,
            StatusCode::CONFLICT if self.deploys && is_changed && says(CHANGED) => Answered::Stale,
            StatusCode::CONFLICT if self.is_dropped(came) && says(OLD) => Answered::Stale,
            StatusCode::CONFLICT if self.deploys && says(DONE) => Answered::WrittenBefore,
            StatusCode::CONFLICT if (self.kills || self.pauses) && says(DONE_BEFORE) => {
                Answered::WrittenBefore
            }
            StatusCode::CONFLICT if self.deploys && says(GONE) => Answered::Gone,
            StatusCode::SERVICE_UNAVAILABLE if self.kills && says(LOOK) => Answered::Unsure,
            StatusCode::SERVICE_UNAVAILABLE if self.pauses && says(NOT_NOW) => Answered::NotNow,
            StatusCode::SERVICE_UNAVAILABLE if self.pauses && says(CAN_NOT_TELL) => {
                Answered::NotNow
            }
            _ => Answered::Wrong,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(trouble: &Trouble, status: u16, says: &str, is_changed: bool) -> Answered {
        let html = format!("<main><div role=alert><p>{says}</p></div></main>");
        trouble.means(StatusCode::from_u16(status).unwrap(), &html, Moment(0), is_changed)
    }

    fn all(rotated: usize) -> Trouble {
        let rotated = Arc::new(AtomicUsize::new(rotated));
        Trouble { deploys: true, rotations: true, kills: true, pauses: true, rotated }
    }

    #[test]
    fn an_answer_is_expected_only_amid_its_trouble() {
        let all = &all(ROTATIONS_OF_A_KEY);
        let without = &Trouble::default();
        for (status, says, meant) in [
            (409, CHANGED, Answered::Stale),
            (409, OLD, Answered::Stale),
            (409, "What you sent was done before this page changed: …", Answered::WrittenBefore),
            (409, DONE_BEFORE, Answered::WrittenBefore),
            (409, GONE, Answered::Gone),
            (503, LOOK, Answered::Unsure),
            (503, NOT_NOW, Answered::NotNow),
            (503, CAN_NOT_TELL, Answered::NotNow),
        ] {
            assert_eq!(check(all, status, says, true), meant, "{says}");
            assert_eq!(check(without, status, says, true), Answered::Wrong, "{says}");
            assert_eq!(check(all, 422, says, true), Answered::Wrong, "{says}");
        }
        for status in [200, 400, 403, 404, 409, 422, 429, 500, 503] {
            assert_eq!(
                check(all, status, "Somebody else was quicker.", true),
                Answered::Wrong,
                "{status}"
            );
        }
        assert_eq!(check(without, 303, "", true), Answered::Written);
    }

    #[test]
    fn d1_t7_a_form_that_is_the_same_is_not_changed_and_a_key_that_is_listed_opens() {
        assert_eq!(check(&all(0), 409, CHANGED, false), Answered::Wrong);
        assert_eq!(check(&all(ROTATIONS_OF_A_KEY - 1), 409, OLD, true), Answered::Wrong);
    }
}
