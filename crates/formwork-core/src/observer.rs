//! How the browser's half tells a component what becomes of a submission.

use crate::wire::Outcome;

/// Who is told what becomes of a submission.
pub trait Observer: 'static {
    /// It has been sent, or waits for those before it.
    fn started(&self);
    /// The server has answered.
    fn outcome(&self, outcome: Outcome);
    /// The connection failed before an answer; `retry` sends the very same submission again.
    fn interrupted(&self, retry: Box<dyn Fn()>);
    /// Everything it changed is on screen, or it was interrupted.
    fn finished(&self);
}
