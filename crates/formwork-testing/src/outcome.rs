//! What became of a submission, with its types.

use std::fmt;

use formwork_core::{Action, Issues, PublicError, wire};

/// What became of a submission of the action `A`: its value, or what is wrong.
pub struct Outcome<A: Action> {
    told: wire::Outcome,
    value: Option<A::Output>,
}

impl<A: Action> Outcome<A> {
    /// As it travelled.
    pub(crate) fn new(told: wire::Outcome) -> Self {
        let value = told.value.as_ref().filter(|_| told.is_success()).map(|value| {
            serde_json::from_str(value.get()).unwrap_or_else(|error| {
                panic!("the value of `{}` can't be read back: {error}; it is {value}", A::ID)
            })
        });
        Outcome { told, value }
    }

    /// Whether the handler ran and returned a value.
    pub fn succeeded(&self) -> bool {
        self.told.is_success()
    }

    /// The HTTP status that a page answers with: 200 for a success.
    pub fn status(&self) -> u16 {
        self.told.status
    }

    /// What the handler returned.
    ///
    /// # Panics
    /// If it failed, or did not run.
    #[track_caller]
    pub fn value(&self) -> &A::Output {
        match &self.value {
            Some(value) => value,
            None => panic!("`{}` has no value: {self:?}", A::ID),
        }
    }

    /// What the visitor is to mend.
    pub fn issues(&self) -> &Issues {
        &self.told.issues
    }

    /// The issues at one field: `NewTicket::names().subject`, or its name in the form; empty for the
    /// form as a whole.
    pub fn issues_at(&self, field: impl Into<String>) -> Vec<&str> {
        let field = field.into();
        let issues = self.told.issues.iter().filter(|issue| issue.path == field);
        issues.map(|issue| issue.message.as_str()).collect()
    }

    /// Why it was refused or failed.
    pub fn error(&self) -> Option<&PublicError> {
        self.told.error.as_ref()
    }
}

/// In a sentence.
impl<A: Action> fmt::Debug for Outcome<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.told.error {
            _ if self.succeeded() => write!(f, "it succeeded")?,
            Some(error) => {
                write!(f, "it was answered with {}: {}", self.told.status, error.message)?
            }
            None => write!(f, "it did not run: the form goes on")?,
        }
        for issue in self.told.issues.iter() {
            let at = if issue.path.is_empty() { "the form" } else { &issue.path };
            write!(f, "\n  at {at}: {}", issue.message)?;
        }
        Ok(())
    }
}
