//! Failures: a sentence and a digest for the visitor, the cause under the same digest for the log.

use std::{
    any::Any,
    backtrace::{Backtrace, BacktraceStatus},
    cell::RefCell,
    error::Error,
    fmt,
    panic::{self, PanicHookInfo},
    sync::Once,
};

use formwork_core::{ActionError, ErrorKind, PublicError};

use crate::{
    developer,
    hex::hex,
    hooks::{Failure, Hooks},
};

/// What the visitor is told of an error. An internal one is logged here, once, under its digest, and
/// the application's hooks are told; so is that something could not be had in time.
pub(crate) fn publish(hooks: &Hooks, what: &str, error: &ActionError) -> PublicError {
    match error.digest() {
        Some(digest) => told(error, digest.to_owned()),
        None if error.kind() == ErrorKind::Internal => told(error, log(hooks, what, error)),
        None => {
            if error.kind() == ErrorKind::Unavailable {
                tracing::warn!(what, message = error.message(), "unavailable");
            }
            error.public(None)
        }
    }
}

/// As [`publish`], for an error that several may be told of, or nobody: it is logged now, and whoever
/// is told has its digest.
pub(crate) fn settled(hooks: &Hooks, what: &str, error: ActionError) -> ActionError {
    if error.kind() != ErrorKind::Internal || error.digest().is_some() {
        return error;
    }
    let digest = log(hooks, what, &error);
    error.logged_as(digest)
}

fn told(error: &ActionError, digest: String) -> PublicError {
    developer::explained(error.public(Some(digest)), error.cause().map(chain).as_deref())
}

/// Logs the cause and tells the hooks; the digest that both have.
fn log(hooks: &Hooks, what: &str, error: &ActionError) -> String {
    let digest = random_hex::<5>();
    let cause = error.cause().map(chain).unwrap_or_default();
    let backtrace = error.cause().and_then(backtrace);
    match &backtrace {
        Some(backtrace) => tracing::error!(digest, what, cause, %backtrace, "failed"),
        None => tracing::error!(digest, what, cause, "failed"),
    }
    let backtrace = backtrace.as_deref();
    hooks.failed(&Failure { what, digest: &digest, cause: error.cause(), backtrace });
    digest
}

/// A caught panic as an error; its message, place and backtrace are for the log only.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> ActionError {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    let Origin { place, backtrace } = LAST.take().unwrap_or_default();
    ActionError::internal(Panicked { message, place, backtrace })
}

/// Notes from now on where each panic of a thread came from; whoever was told before still is. When
/// it is caught, nothing of that is left in what was caught.
pub(crate) fn note_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            LAST.set(Some(Origin::of(info)));
            before(info);
        }));
    });
}

thread_local! {
    /// Where this thread's last panic came from. It is caught on the thread on which it happened.
    static LAST: RefCell<Option<Origin>> = const { RefCell::new(None) };
}

#[derive(Default)]
struct Origin {
    place: String,
    backtrace: Option<String>,
}

impl Origin {
    fn of(info: &PanicHookInfo<'_>) -> Self {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        // As `RUST_BACKTRACE` says.
        let backtrace = Backtrace::capture();
        let backtrace =
            (backtrace.status() == BacktraceStatus::Captured).then(|| format!("{backtrace}"));
        Origin { place, backtrace }
    }
}

/// A panic, as the log has it.
#[derive(Debug)]
struct Panicked {
    message: String,
    place: String,
    backtrace: Option<String>,
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "panicked: {}", self.message)?;
        if !self.place.is_empty() {
            write!(f, " (at {})", self.place)?;
        }
        Ok(())
    }
}

impl Error for Panicked {}

/// What anyhow and others print before the backtrace that an error of theirs has caught.
const BACKTRACE: &str = "Stack backtrace:\n";

/// The backtrace of a panic, or of an error whose `Debug` has one: the standard library has no other
/// way to ask for it yet.
fn backtrace(cause: &(dyn Error + Send + Sync + 'static)) -> Option<String> {
    if let Some(panicked) = (cause as &(dyn Error + 'static)).downcast_ref::<Panicked>() {
        return panicked.backtrace.clone();
    }
    let debug = format!("{cause:?}");
    debug.split_once(BACKTRACE).map(|(_, backtrace)| backtrace.to_owned())
}

/// Random bytes as lower-case hexadecimal.
pub(crate) fn random_hex<const BYTES: usize>() -> String {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    hex(&bytes)
}

fn chain(error: &(dyn Error + Send + Sync)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[test]
    fn the_cause_stays_on_the_server_and_the_hooks_are_told() {
        let (hooks, told) = (Hooks::default(), Arc::new(Mutex::new(Vec::new())));
        let tell = Arc::clone(&told);
        hooks.on_error(move |failure| {
            let cause = failure.cause.map(ToString::to_string);
            tell.lock().unwrap().push((failure.what.to_owned(), failure.digest.to_owned(), cause));
        });
        let error = ActionError::internal("the password is hunter2");
        let public = publish(&hooks, "sign_in", &error);
        assert!(!public.to_string().contains("hunter2"));
        let digest = public.digest.unwrap();
        assert_eq!(digest.len(), 10);
        let cause = Some("the password is hunter2".to_owned());
        assert_eq!(*told.lock().unwrap(), [("sign_in".to_owned(), digest, cause)]);
    }

    #[test]
    fn what_a_visitor_may_know_has_no_digest() {
        let error = ActionError::not_found("No such ticket.");
        assert_eq!(publish(&Hooks::default(), "x", &error).digest, None);
    }

    #[test]
    fn a_panic_is_for_the_log_with_its_place() {
        note_panics();
        let panic = std::panic::catch_unwind(|| panic!("secret {}", 1)).unwrap_err();
        let error = panicked(&*panic);
        let cause = error.cause().unwrap().to_string();
        assert!(cause.starts_with("panicked: secret 1 (at "), "{cause}");
        assert!(cause.contains("failure.rs:"), "{cause}");
        assert!(!error.message().contains("secret"));
        if std::env::var("RUST_BACKTRACE").is_ok_and(|value| value != "0") {
            assert!(backtrace(error.cause().unwrap()).unwrap().contains("failure"));
        }
    }

    #[test]
    fn the_sources_and_the_backtrace_of_an_error_are_told() {
        #[derive(Debug)]
        struct Outer(std::num::ParseIntError);
        impl fmt::Display for Outer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("reading the count")
            }
        }
        impl Error for Outer {
            fn source(&self) -> Option<&(dyn Error + 'static)> {
                Some(&self.0)
            }
        }
        let error = ActionError::from(Outer("x".parse::<u8>().unwrap_err()));
        let cause = error.cause().unwrap();
        assert_eq!(chain(cause), "reading the count: invalid digit found in string");
        assert_eq!(backtrace(cause), None);

        struct Traced;
        impl fmt::Debug for Traced {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("it broke\n\nStack backtrace:\n   0: main")
            }
        }
        impl fmt::Display for Traced {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("it broke")
            }
        }
        impl Error for Traced {}
        assert_eq!(backtrace(&Traced).as_deref(), Some("   0: main"));
    }
}
