//! Failures: a sentence and a digest for the visitor, the cause under the same digest for the log.

use std::any::Any;

use formwork_core::{ActionError, ErrorKind, PublicError};

/// What the visitor is told of an error. An internal one is logged here, once, under its digest.
pub(crate) fn publish(what: &str, error: &ActionError) -> PublicError {
    if error.kind() != ErrorKind::Internal {
        return error.public(None);
    }
    let digest = random_hex::<5>();
    let cause = error.cause().map(chain).unwrap_or_default();
    tracing::error!(digest, what, cause, "failed");
    error.public(Some(digest))
}

/// A caught panic as an error; its message is for the log only.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> ActionError {
    let message = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    ActionError::internal(format!("panicked: {message}"))
}

/// Random bytes as lower-case hexadecimal.
pub(crate) fn random_hex<const BYTES: usize>() -> String {
    let mut bytes = [0_u8; BYTES];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn chain(error: &(dyn std::error::Error + Send + Sync)) -> String {
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
    use super::*;

    #[test]
    fn the_cause_stays_on_the_server() {
        let error = ActionError::internal("the password is hunter2");
        let public = publish("sign_in", &error);
        assert!(!public.to_string().contains("hunter2"));
        assert_eq!(public.digest.unwrap().len(), 10);
    }

    #[test]
    fn what_a_visitor_may_know_has_no_digest() {
        assert_eq!(publish("x", &ActionError::not_found("No such ticket.")).digest, None);
    }

    #[test]
    fn a_panic_message_is_for_the_log() {
        let panic = std::panic::catch_unwind(|| panic!("secret {}", 1)).unwrap_err();
        let error = panicked(&*panic);
        assert_eq!(error.cause().unwrap().to_string(), "panicked: secret 1");
        assert!(!error.message().contains("secret"));
    }
}
