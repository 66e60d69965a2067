//! Which answers are to be expected while there is trouble: each by its status and what its page says.
//! Any other is a wrong one, however polite.

use reqwest::StatusCode;

use crate::{options::Options, page};

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

/// Which trouble there is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trouble {
    /// Instances are replaced by those of another build.
    deploys: bool,
    rotations: bool,
    kills: bool,
    pauses: bool,
}

impl Trouble {
    /// What these options ask for.
    pub(crate) fn of(options: &Options) -> Self {
        Trouble {
            deploys: options.next.is_some() && options.roll_every > 0,
            rotations: options.rotate_every > 0,
            kills: options.kill_every > 0 || options.rotate_every > 0 || options.roll_every > 0,
            pauses: options.pause_every > 0,
        }
    }

    /// What it means, amid this trouble.
    pub(crate) fn means(self, status: StatusCode, html: &str) -> Answered {
        let says = |text: &str| page::alerts(html).contains(text);
        match status {
            StatusCode::SEE_OTHER => Answered::Written,
            StatusCode::CONFLICT if self.deploys && says(CHANGED) => Answered::Stale,
            StatusCode::CONFLICT if self.rotations && says(OLD) => Answered::Stale,
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

    fn check(trouble: Trouble, status: u16, says: &str) -> Answered {
        let html = format!("<main><div role=alert><p>{says}</p></div></main>");
        trouble.means(StatusCode::from_u16(status).unwrap(), &html)
    }

    #[test]
    fn an_answer_is_expected_only_amid_its_trouble() {
        let all = Trouble { deploys: true, rotations: true, kills: true, pauses: true };
        let without = Trouble::default();
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
            assert_eq!(check(all, status, says), meant, "{says}");
            assert_eq!(check(without, status, says), Answered::Wrong, "{says}");
            assert_eq!(check(all, 422, says), Answered::Wrong, "{says}");
        }
        for status in [200, 400, 403, 404, 409, 422, 429, 500, 503] {
            assert_eq!(
                check(all, status, "Somebody else was quicker."),
                Answered::Wrong,
                "{status}"
            );
        }
        assert_eq!(check(without, 303, ""), Answered::Written);
    }
}
