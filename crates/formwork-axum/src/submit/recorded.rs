//! What a run came to, as the bytes that a store keeps.

use std::sync::Arc;

use bytes::Bytes;
use cookie::Cookie;
use formwork_core::{ActionError, ErrorKind, Issues};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Ran;
use crate::{
    effects::{Effects, Stale},
    store::Fingerprint,
};

/// What is known of a submission that was seen before.
pub(super) struct Seen {
    /// Who sent it; empty where no guard says, and `None` where nobody asked.
    pub(super) who: Option<String>,
    /// What it came to.
    pub(super) result: Result<Ran, ActionError>,
}

/// What is kept of a submission that is not to run again.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Record {
    /// It ran.
    Ran(Outcome),
    /// A build that does not know its form has refused it.
    Refused(Failure),
    /// It is known by this: under what it was sent with, it is found when nobody can open that any more.
    Same(Fingerprint),
}

/// A success.
#[derive(Serialize, Deserialize)]
struct Outcome {
    who: String,
    value: Box<RawValue>,
    stale: Stale,
    refresh: bool,
    redirect: Option<String>,
    #[serde(default)]
    leaves: bool,
    /// As `Set-Cookie` has them.
    cookies: Vec<String>,
}

/// A failure, as far as those may know who wait for it.
#[derive(Serialize, Deserialize)]
struct Failure {
    who: Option<String>,
    kind: ErrorKind,
    message: String,
    issues: Issues,
    retry_after: Option<u64>,
    /// Of an internal one: its duplicates are told the same.
    digest: Option<String>,
}

/// The bytes of a success.
pub(super) fn outcome(who: &str, ran: &Ran) -> Bytes {
    let Effects { stale, refresh, redirect, leaves, cookies } = &*ran.effects;
    bytes(&Record::Ran(Outcome {
        who: who.to_owned(),
        value: (*ran.value).to_owned(),
        stale: stale.clone(),
        refresh: *refresh,
        redirect: redirect.clone(),
        leaves: *leaves,
        cookies: cookies.iter().map(|cookie| cookie.encoded().to_string()).collect(),
    }))
}

/// The bytes of a refusal that holds for every instance, whoever sends it.
pub(super) fn refusal(error: &ActionError) -> Bytes {
    bytes(&Record::Refused(Failure::of(None, error)))
}

/// The bytes that say by what it is known.
pub(super) fn same(as_this: &Fingerprint) -> Bytes {
    bytes(&Record::Same(*as_this))
}

/// By what it is known, if that is what was recorded.
pub(super) fn same_as(record: &[u8]) -> Option<Fingerprint> {
    match serde_json::from_slice(record) {
        Ok(Record::Same(other)) => Some(other),
        _ => None,
    }
}

impl Seen {
    /// Reads what [`outcome`] and [`refusal`] wrote.
    pub(super) fn recorded(record: &[u8]) -> Result<Self, ActionError> {
        let outcome = match serde_json::from_slice(record)? {
            Record::Ran(outcome) => outcome,
            Record::Refused(failure) => return Ok(failure.seen()),
            Record::Same(_) => return Err(ActionError::internal("no outcome, but another's name")),
        };
        let cookie = |text| Cookie::parse_encoded(text).map(Cookie::into_owned);
        let effects = Effects {
            stale: outcome.stale,
            refresh: outcome.refresh,
            redirect: outcome.redirect,
            leaves: outcome.leaves,
            cookies: outcome.cookies.into_iter().map(cookie).collect::<Result<_, _>>()?,
        };
        let ran = Ran { value: Arc::from(outcome.value), effects: Arc::new(effects) };
        Ok(Seen { who: Some(outcome.who), result: Ok(ran) })
    }

    /// Reads what [`failure`] wrote.
    pub(super) fn failure(failure: &[u8]) -> Result<Self, ActionError> {
        Ok(serde_json::from_slice::<Failure>(failure)?.seen())
    }
}

impl Failure {
    fn of(who: Option<String>, error: &ActionError) -> Self {
        Failure {
            who,
            kind: error.kind(),
            message: error.message().to_owned(),
            issues: error.issues().clone(),
            retry_after: error.seconds_to_wait(),
            digest: error.digest().map(str::to_owned),
        }
    }

    fn seen(self) -> Seen {
        let Failure { who, kind, message, issues, retry_after, digest } = self;
        let error = match kind {
            ErrorKind::Internal => {
                ActionError::internal("the submission that this one repeats failed")
            }
            _ => {
                let error = ActionError::refused(kind, message);
                issues.iter().fold(error, |error, issue| {
                    error.with_issue(issue.path.as_str(), issue.message.as_str())
                })
            }
        };
        let error = match digest {
            Some(digest) => error.logged_as(digest),
            None => error,
        };
        let error = match retry_after {
            Some(seconds) => error.retry_after(seconds),
            None => error,
        };
        Seen { who, result: Err(error) }
    }
}

/// The bytes of a failure; its cause is for the log of who ran it.
pub(super) fn failure(who: &str, error: &ActionError) -> Bytes {
    bytes(&Failure::of(Some(who.to_owned()), error))
}

fn bytes(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).expect("an outcome is plain data").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_success_reads_back_with_its_effects() {
        let mut set = Cookie::new("colour", "royal blue; x");
        set.set_path("/");
        set.set_http_only(true);
        let mut removed = Cookie::new("old", "");
        removed.make_removal();
        let mut stale = Stale::default();
        stale.update_tag("a");
        stale.revalidate_tag("b", std::time::Duration::from_millis(1500));
        stale.revalidate_path("/c");
        let effects = Effects {
            stale,
            refresh: true,
            redirect: Some("/x".into()),
            leaves: true,
            cookies: vec![set, removed],
        };
        let value = RawValue::from_string("{\"id\":7}".into()).unwrap();
        let ran = Ran { value: Arc::from(value), effects: Arc::new(effects) };
        let Seen { who, result } = Seen::recorded(&outcome("ann", &ran)).unwrap();
        let read = result.unwrap();
        assert_eq!(who.as_deref(), Some("ann"));
        assert_eq!(read.value.get(), ran.value.get());
        let (effects, read) = (&ran.effects, &read.effects);
        assert_eq!((&read.stale, read.refresh), (&effects.stale, true));
        assert_eq!((&read.redirect, read.leaves), (&effects.redirect, true));
        let cookies = |effects: &Effects| {
            effects.cookies.iter().map(|cookie| cookie.encoded().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(cookies(read), cookies(effects));
    }

    #[test]
    fn a_failure_reads_back_without_its_cause() {
        let read = |error: &ActionError| {
            let Seen { who, result } = Seen::failure(&failure("ann", error)).unwrap();
            assert_eq!(who.as_deref(), Some("ann"));
            result.err().unwrap()
        };
        let error = read(&ActionError::invalid("title", "Enter a title"));
        assert_eq!((error.kind(), error.issues().len()), (ErrorKind::Invalid, 1));
        let error =
            read(&ActionError::conflict("Meanwhile.").with_issue("title", "Another by now"));
        assert_eq!((error.kind(), error.message()), (ErrorKind::Conflict, "Meanwhile."));
        assert!(error.issues().has("title"));
        let error = read(&ActionError::too_many("Not so fast.").retry_after(7));
        assert_eq!((error.message(), error.seconds_to_wait()), ("Not so fast.", Some(7)));
        let error = ActionError::internal("the password is hunter2").logged_as("abc");
        assert!(!String::from_utf8_lossy(&failure("ann", &error)).contains("hunter2"));
        let error = read(&error);
        assert_eq!((error.kind(), error.digest()), (ErrorKind::Internal, Some("abc")));
    }

    #[test]
    fn what_is_known_by_another_name_has_no_outcome() {
        let same = same(&[7; 32]);
        assert_eq!(same_as(&same), Some([7; 32]));
        assert!(Seen::recorded(&same).is_err());
        assert_eq!(same_as(&refusal(&ActionError::conflict("Meanwhile."))), None);
    }

    #[test]
    fn a_refusal_is_everybodys() {
        let bytes = refusal(&ActionError::conflict("Meanwhile."));
        let Seen { who, result } = Seen::recorded(&bytes).unwrap();
        assert_eq!((who, result.err().unwrap().message()), (None, "Meanwhile."));
    }
}
