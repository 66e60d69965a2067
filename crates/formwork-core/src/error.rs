//! What an action or query may tell a visitor, and what stays in the log.

use std::{error::Error, fmt};

use serde::{Deserialize, Serialize};

use crate::Issues;

/// What an action returns.
pub type ActionResult<T> = Result<T, ActionError>;

/// What a query returns; readers of it see the error as a [`PublicError`].
pub type QueryResult<T> = Result<T, ActionError>;

/// Why something was refused or failed, in the words of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// 400: the request can't be understood.
    BadRequest,
    /// 401: sign in first.
    Unauthorized,
    /// 200: the visitor has signed in, and finds filled in what they had entered before; it has not
    /// been sent.
    Resumed,
    /// 403: signed in or not, this is not allowed.
    Forbidden,
    /// 404: there is no such thing.
    NotFound,
    /// 405: actions are posted to.
    MethodNotAllowed,
    /// 409: something changed meanwhile.
    Conflict,
    /// 409: the page is from another build, and its form has changed.
    Stale,
    /// 409: the page is from another build, and its form is no longer part of this one.
    Gone,
    /// 413: more was sent than is accepted.
    TooLarge,
    /// 415: not a form.
    UnsupportedMediaType,
    /// 422: some fields need attention.
    Invalid,
    /// 429: too many, too fast.
    TooMany,
    /// 500: the cause is in the log, under the digest.
    Internal,
    /// 503: try again later.
    Unavailable,
}

impl ErrorKind {
    /// The HTTP status code.
    pub const fn status(self) -> u16 {
        match self {
            ErrorKind::Resumed => 200,
            ErrorKind::BadRequest => 400,
            ErrorKind::Unauthorized => 401,
            ErrorKind::Forbidden => 403,
            ErrorKind::NotFound => 404,
            ErrorKind::MethodNotAllowed => 405,
            ErrorKind::Conflict | ErrorKind::Stale | ErrorKind::Gone => 409,
            ErrorKind::TooLarge => 413,
            ErrorKind::UnsupportedMediaType => 415,
            ErrorKind::Invalid => 422,
            ErrorKind::TooMany => 429,
            ErrorKind::Internal => 500,
            ErrorKind::Unavailable => 503,
        }
    }

    /// Whether it may have been done all the same: what is refused for coming too often, or for want of a
    /// session, may be sent again because the first answer was lost.
    pub fn is_unsure(self) -> bool {
        matches!(
            self,
            ErrorKind::Unavailable
                | ErrorKind::Internal
                | ErrorKind::TooMany
                | ErrorKind::Unauthorized
        )
    }

    /// Whether the application's error page is shown instead of the page: where the page itself
    /// can't or must not be shown.
    pub const fn replaces_page(self) -> bool {
        matches!(self, ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::MethodNotAllowed)
    }
}

/// What a visitor is told: a kind, a sentence and, for failures, the digest that the log has too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicError {
    /// What sort of error it is.
    pub kind: ErrorKind,
    /// A sentence for the visitor.
    pub message: String,
    /// The name under which the log has the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
}

impl fmt::Display for PublicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(digest) = &self.digest {
            write!(f, " ({digest})")?;
        }
        Ok(())
    }
}

impl Error for PublicError {}

/// Why an action or a query did not succeed.
///
/// What a visitor may know is made by name: [`invalid`](ActionError::invalid),
/// [`not_found`](ActionError::not_found) and so on. Any other error becomes one through `?`; its
/// text goes to the log, and the visitor gets a digest.
///
/// ```
/// use formwork_core::{ActionError, ActionResult, ErrorKind};
///
/// fn read(text: &str) -> ActionResult<u32> {
///     let number: u32 = text.parse()?; // internal: the visitor never sees the parser's words
///     if number == 0 {
///         return Err(ActionError::not_found("There is no ticket 0."));
///     }
///     Ok(number)
/// }
///
/// assert_eq!(read("0").unwrap_err().kind(), ErrorKind::NotFound);
/// assert_eq!(read("x").unwrap_err().kind(), ErrorKind::Internal);
/// ```
#[derive(Debug)]
pub struct ActionError {
    kind: ErrorKind,
    message: String,
    issues: Issues,
    cause: Option<Box<dyn Error + Send + Sync>>,
    retry_after: Option<u64>,
    digest: Option<String>,
}

impl ActionError {
    /// 422: an issue at a field, or at the whole form when `path` is empty.
    pub fn invalid(path: impl Into<String>, message: impl Into<String>) -> Self {
        let mut issues = Issues::default();
        issues.push(path, message);
        Self::from_issues(issues)
    }

    /// 422: several issues at once.
    pub fn from_issues(issues: Issues) -> Self {
        ActionError { issues, ..Self::told(ErrorKind::Invalid, "Some fields need your attention.") }
    }

    /// Adds an issue at a field to whatever is said of the whole: a conflict, say, and which fields it
    /// is about.
    ///
    /// ```
    /// use formwork_core::ActionError;
    ///
    /// let error = ActionError::conflict("Somebody else has changed this meanwhile.")
    ///     .with_issue("title", "It is “Printer on fire” by now");
    /// assert_eq!(error.kind().status(), 409);
    /// assert!(error.issues().has("title"));
    /// ```
    #[must_use]
    pub fn with_issue(mut self, path: impl Into<String>, message: impl Into<String>) -> Self {
        self.issues.push(path, message);
        self
    }

    /// 401: sign in first.
    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::told(ErrorKind::Unauthorized, message)
    }

    /// 403: this visitor may not.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::told(ErrorKind::Forbidden, message)
    }

    /// 404: shows the application's error page.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::told(ErrorKind::NotFound, message)
    }

    /// 409: something changed meanwhile; the input is kept.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::told(ErrorKind::Conflict, message)
    }

    /// 429: too many, too fast; the input is kept.
    pub fn too_many(message: impl Into<String>) -> Self {
        Self::told(ErrorKind::TooMany, message)
    }

    /// 503: not now; the input is kept.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::told(ErrorKind::Unavailable, message)
    }

    /// 500 with a cause for the log.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        ActionError {
            cause: Some(cause.into()),
            ..Self::told(
                ErrorKind::Internal,
                "Something went wrong on our side. Nothing you typed was lost.",
            )
        }
    }

    /// A refusal of the framework's own, before any handler ran.
    #[doc(hidden)]
    pub fn refused(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::told(kind, message)
    }

    /// After how many seconds it may be tried again: the `Retry-After` of the answer.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Says under which digest the log has the cause, where that is settled before it is told.
    #[doc(hidden)]
    #[must_use]
    pub fn logged_as(mut self, digest: impl Into<String>) -> Self {
        self.digest = Some(digest.into());
        self
    }

    #[doc(hidden)]
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// See [`retry_after`](ActionError::retry_after).
    pub fn seconds_to_wait(&self) -> Option<u64> {
        self.retry_after
    }

    /// What sort of error it is.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The sentence for the visitor.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What is wrong, at its fields; most kinds but an invalid form have none.
    pub fn issues(&self) -> &Issues {
        &self.issues
    }

    /// The error as the visitor sees it, under the digest that the log has too.
    pub fn public(&self, digest: Option<String>) -> PublicError {
        PublicError { kind: self.kind, message: self.message.clone(), digest }
    }

    /// What the log is told and the visitor is not.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.cause.as_deref()
    }

    fn told(kind: ErrorKind, message: impl Into<String>) -> Self {
        ActionError {
            kind,
            message: message.into(),
            issues: Issues::default(),
            cause: None,
            retry_after: None,
            digest: None,
        }
    }
}

/// What an action or query may fail with.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no error that a visitor could be told of",
    label = "what it fails with is a `{Self}`",
    note = "return `ActionResult<T>` or `QueryResult<T>`, or an error type that implements `std::error::Error`"
)]
pub trait IntoActionError {
    /// The error as the pipeline takes it.
    fn into_action_error(self) -> ActionError;
}

// Without this attribute the compiler asks for `Into<ActionError>` and not for what to write.
#[diagnostic::do_not_recommend]
impl<E: Into<ActionError>> IntoActionError for E {
    fn into_action_error(self) -> ActionError {
        self.into()
    }
}

// As in anyhow, `ActionError` is no `Error` itself: that is what lets `?` take every error.
impl<E: Error + Send + Sync + 'static> From<E> for ActionError {
    fn from(cause: E) -> Self {
        ActionError::internal(cause)
    }
}
