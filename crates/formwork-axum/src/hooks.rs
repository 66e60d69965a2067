//! What an application is told of refusals and failures, besides the log: for an error tracker, an
//! alarm, a ban.

use std::{
    error::Error,
    fmt,
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, PoisonError, RwLock},
};

use formwork_core::ErrorKind;

use crate::failure;

/// A submission that was not run, or not to its end; see [`Site::on_refusal`](crate::Site::on_refusal).
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RefusedSubmission<'a> {
    /// The action's id, as it was sent: an unknown one is whatever somebody wrote. Empty if it was
    /// refused before the form was read.
    pub action: &'a str,
    /// The submission's id, if it has one.
    pub submission: Option<&'a str>,
    /// The path of the page that it was sent to.
    pub path: &'a str,
    /// Why, in the words of HTTP; its status is [`ErrorKind::status`].
    pub kind: ErrorKind,
    /// As the counter has it: `refused`, `throttled`, `stale`, `invalid`, or `failed` for what is
    /// unavailable (503).
    pub outcome: &'static str,
    /// Who sent it: the nearest address on its way that is no trusted proxy.
    pub client: Option<IpAddr>,
}

/// An error or a panic whose cause the visitor is not told; see
/// [`Site::on_error`](crate::Site::on_error).
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Failure<'a> {
    /// The id of the action or query, or the path of the page.
    pub what: &'a str,
    /// What the visitor was told it by; the log has it, too.
    pub digest: &'a str,
    /// The cause, with its sources.
    pub cause: Option<&'a (dyn Error + Send + Sync + 'static)>,
    /// Where it came from, if `RUST_BACKTRACE` is set: of a panic, or of an error that prints one.
    pub backtrace: Option<&'a str>,
}

impl fmt::Debug for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cause = self.cause.map(ToString::to_string);
        f.debug_struct("Failure")
            .field("what", &self.what)
            .field("digest", &self.digest)
            .field("cause", &cause)
            .finish_non_exhaustive()
    }
}

type Hook<T> = Arc<T>;
type OnRefusal = dyn Fn(&RefusedSubmission<'_>) + Send + Sync;
type OnError = dyn Fn(&Failure<'_>) + Send + Sync;

/// The application's hooks; they run where the refusal or failure is answered.
#[derive(Default)]
pub(crate) struct Hooks {
    refusal: RwLock<Vec<Hook<OnRefusal>>>,
    error: RwLock<Vec<Hook<OnError>>>,
}

impl Hooks {
    pub(crate) fn on_refusal(&self, hook: impl Fn(&RefusedSubmission<'_>) + Send + Sync + 'static) {
        self.refusal.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(hook));
    }

    pub(crate) fn on_error(&self, hook: impl Fn(&Failure<'_>) + Send + Sync + 'static) {
        self.error.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(hook));
    }

    pub(crate) fn refused(&self, refused: &RefusedSubmission<'_>) {
        let hooks = self.refusal.read().unwrap_or_else(PoisonError::into_inner).clone();
        hooks.iter().for_each(|hook| tell("on_refusal", || hook(refused)));
    }

    pub(crate) fn failed(&self, failure: &Failure<'_>) {
        let hooks = self.error.read().unwrap_or_else(PoisonError::into_inner).clone();
        hooks.iter().for_each(|hook| tell("on_error", || hook(failure)));
    }
}

/// Runs one hook. What goes wrong in it is its own: the visitor is answered, and the next hook is
/// told.
fn tell(which: &'static str, hook: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(hook)) {
        let error = failure::panicked(&*panic);
        let cause = error.cause().map(ToString::to_string).unwrap_or_default();
        tracing::error!(hook = which, cause, "a hook of the application panicked");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_hook_that_panics_keeps_nobody_from_being_told() {
        let (hooks, told) = (Hooks::default(), Arc::new(AtomicUsize::new(0)));
        hooks.on_refusal(|_| panic!("the tracker is away"));
        hooks.on_error(|_| panic!("the tracker is away"));
        let (refusals, errors) = (Arc::clone(&told), Arc::clone(&told));
        hooks.on_refusal(move |_| {
            refusals.fetch_add(1, Ordering::Relaxed);
        });
        hooks.on_error(move |_| {
            errors.fetch_add(10, Ordering::Relaxed);
        });
        hooks.refused(&RefusedSubmission {
            action: "x",
            submission: None,
            path: "/",
            kind: ErrorKind::Forbidden,
            outcome: "refused",
            client: None,
        });
        hooks.failed(&Failure { what: "x", digest: "0", cause: None, backtrace: None });
        assert_eq!(told.load(Ordering::Relaxed), 11);
    }
}
