//! The names and lines that travel between browser and server.
//!
//! A submission is answered in the enhanced gear by `application/x-ndjson`: one [`Line`] a line,
//! `outcome` first, then a `query` line for each query that the action made stale, then `end`. A
//! response without `end` was cut. An action that reports while it runs has `report` lines before the
//! outcome.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{Issues, PublicError, QueryKey, Version, json};

/// The hidden field that names the action.
pub const ACTION: &str = "_action";
/// The hidden field with the fingerprint of the action's form.
pub const SHAPE: &str = "_shape";
/// The hidden field with the submission's random id.
pub const SUBMISSION: &str = "_submission";
/// The hidden field that names what this one is sent in place of, sealed: submissions of pages of other
/// builds of which it could not be known whether they are done. That is found out first.
pub const AGAIN: &str = "_again";
/// The hidden field that tells forms of one action apart.
pub const FORM: &str = "_form";

/// Joins the name of bound values and the application's own key in `_form`.
pub const KEYED: char = '.';
/// The hidden field with the sealed values that the server bound to the action.
pub const BOUND: &str = "_bound";
/// The hidden field that names the form's secrets, between spaces, a row's with `[]` for its key. What it
/// names is not shown again, also if another action or another build is what gets the form.
pub const SECRETS: &str = "_secret";
/// The hidden field, in forms of a page that asks to sign in first, with the sealed entries of the
/// form that waits for it.
pub const RESUME: &str = "_resume";
/// The name of a button that changes the rows of a list, instead of sending the form.
pub const ROWS: &str = "_rows";
/// The hidden field of a form in steps with what was answered so far, sealed, and where the visitor is.
pub const STEPS: &str = "_steps";
/// The name of a button that goes to the step of its value, instead of sending the form.
pub const STEP: &str = "_step";
/// The value of [`STEP`] in a submission that has all steps at once.
pub const ALL_STEPS: &str = "*";
/// Stands before the name of a step as a value of [`STEP`]: it is to be shown as it was answered, which
/// only [`STEPS`] says.
pub const AS_ANSWERED: char = '@';

/// The media type of the enhanced gear's answer, and what its request accepts.
pub const NDJSON: &str = "application/x-ndjson";
/// The parameter of the media type in an `Accept` of who can read what an action reports while it runs;
/// without it the outcome comes first, whenever that is.
pub const REPORTS: &str = "reports=1";
/// What a submission of this build's client accepts: [`NDJSON`] with [`REPORTS`].
pub const NDJSON_WITH_REPORTS: &str = "application/x-ndjson;reports=1";
/// The request header that names the queries on screen: percent-encoded keys, comma-separated. After
/// a semicolon a key may have the [`Version`] of the value that the client holds:
/// `KEY;VERSION,KEY`.
pub const QUERIES_HEADER: &str = "formwork-queries";
/// The request header that names, in the same way, what the client keeps for when the visitor goes back.
pub const KEPT_HEADER: &str = "formwork-kept";
/// The response header that names the build.
pub const BUILD_HEADER: &str = "formwork-build";
/// The parameter of a client file's address that names the build which the document is of.
pub const BUILD_PARAMETER: &str = "b";
/// How many queries one request names at most, in its header or its address. A client that has more
/// names these alone, and takes the server to have looked at these alone.
pub const MOST_QUERIES: usize = 50;
/// Where queries are read: `GET /_formwork/query?k=KEY&k=KEY`, answered by `query` lines.
pub const QUERY_PATH: &str = "/_formwork/query";
/// Where live queries are followed: `GET /_formwork/live?k=KEY&k=KEY`, answered by server-sent
/// events whose data is a [`Line`].
pub const LIVE_PATH: &str = "/_formwork/live";
/// The id of the data block at the end of a document.
pub const DATA_BLOCK: &str = "__formwork";

/// The value of a button that brings an action of its own instead of its form's: everything that
/// the form's hidden fields would say of it, joined by `@`.
///
/// ```
/// use formwork_core::wire::Button;
/// let button = Button { action: "tickets::close", shape: "5a8b775fad83bc4a", bound: "", form: "a@b" };
/// assert_eq!(Button::parse(&button.to_string()), Some(button));
/// assert_eq!(Button::parse("tickets::close"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Button<'a> {
    /// The action's id.
    pub action: &'a str,
    /// Its shape.
    pub shape: &'a str,
    /// Its sealed values; empty without.
    pub bound: &'a str,
    /// Which of several forms of the action it stands for.
    pub form: &'a str,
}

impl<'a> Button<'a> {
    /// Reads a button's value; `None` for a plain action id.
    pub fn parse(value: &'a str) -> Option<Self> {
        let mut parts = value.splitn(4, '@');
        Some(Button {
            action: parts.next()?,
            shape: parts.next()?,
            bound: parts.next()?,
            form: parts.next()?,
        })
    }
}

impl std::fmt::Display for Button<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}@{}@{}@{}", self.action, self.shape, self.bound, self.form)
    }
}

/// Whether a field name is Formwork's own. Names that begin with an underscore are reserved.
pub fn is_reserved(name: &str) -> bool {
    name.starts_with('_')
}

/// Reads a value that travelled as JSON; `None` if it is of another build's type.
pub fn decode<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    json::read(text)
}

/// One line of a response stream.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Line {
    /// What a streaming action reports while it runs, as JSON; before the outcome.
    Report(Box<RawValue>),
    /// A streaming action still runs, and has had nothing to report for a while.
    Wait,
    /// A streaming action has ended, and what it came to needs a response of its own: the very same
    /// submission is to be sent again, and is answered with what was recorded.
    Ask,
    /// What became of the submission; the first line unless there were reports.
    Outcome(Outcome),
    /// A query's new value.
    Query(QueryLine),
    /// The response is complete.
    End,
}

/// What became of a submission.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// The HTTP status that the native gear answers with: 200 for success.
    pub status: u16,
    /// The handler's value, on success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<RawValue>>,
    /// What the visitor should mend.
    #[serde(default, skip_serializing_if = "Issues::is_empty")]
    pub issues: Issues,
    /// Why it was refused or failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<PublicError>,
    /// Where to go next: a path of this application, or the whole address of another site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// Whether nothing but signing in is missing: sent natively, it is answered by a page that asks
    /// for it and keeps what was entered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sign_in: bool,
    /// Whether the page of this build is to say it: what was sent is of another build, and the form that
    /// comes back asks first what became of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaves: bool,
    /// Whether what it is sent in place of has not been asked about: what is sent next names it, too; see
    /// [`AGAIN`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// Nothing was run: a list of the form was changed, and this row is the one to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed: Option<String>,
    /// Of a form in steps that is not done: the step to go on with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<AtStep>,
    /// Everything is to be read again: the visitor may be somebody else now, so that the client
    /// forgets what it keeps off screen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refresh: bool,
}

impl Outcome {
    /// Whether the action ran and succeeded.
    pub fn is_success(&self) -> bool {
        let not_run = self.changed.is_some() || self.step.is_some();
        self.status == 200 && self.error.is_none() && !not_run
    }

    /// An outcome that is a form with other rows than before.
    pub fn changed(row: String) -> Self {
        Outcome { status: 200, changed: Some(row), ..Outcome::default() }
    }

    /// An outcome that is an error.
    pub fn failed(error: PublicError, issues: Issues) -> Self {
        Outcome { status: error.kind.status(), issues, error: Some(error), ..Outcome::default() }
    }
}

/// Where a visitor is in a form in steps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AtStep {
    /// The step's name.
    pub at: String,
    /// The names of all steps that are asked of whoever has answered this.
    pub asked: Vec<String>,
    /// What was answered, for [`STEPS`]; empty at the beginning.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sealed: String,
    /// What was entered in all steps, if the form is to show another one than it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Vec<(String, String)>>,
}

/// The value of one query, or why there is none.
///
/// One of `value`, `delta` and `error` is there; a `version` alone says that what the client holds in
/// that version is up to date.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct QueryLine {
    /// Which query, with which arguments.
    pub key: QueryKey,
    /// Its value as JSON, as [`to_json`] writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<RawValue>>,
    /// The difference from the value that the client named; see [`delta`](crate::delta).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delta: Option<Box<RawValue>>,
    /// The version of the new value, where only its difference travels: if what the client makes of
    /// it has another version, it asks for the whole value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Why it could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<PublicError>,
    /// The tags that the value depends on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

impl QueryLine {
    /// A query's whole value.
    pub fn of_value(key: QueryKey, value: Box<RawValue>) -> Self {
        QueryLine { value: Some(value), ..QueryLine::empty(key) }
    }

    /// That the client's value, which has this version, is up to date.
    pub fn of_version(key: QueryKey, version: Version) -> Self {
        QueryLine { version: Some(version), ..QueryLine::empty(key) }
    }

    /// Whether it says no more than that.
    pub fn is_version_alone(&self) -> bool {
        self.version.is_some()
            && self.value.is_none()
            && self.delta.is_none()
            && self.error.is_none()
    }

    /// Why a query has no value.
    pub fn of_error(key: QueryKey, error: PublicError) -> Self {
        QueryLine { error: Some(error), ..QueryLine::empty(key) }
    }

    fn empty(key: QueryKey) -> Self {
        QueryLine { key, value: None, delta: None, version: None, error: None, tags: Vec::new() }
    }
}

/// A value as JSON for the wire. `<` is escaped: the same text may stand in a document's data block,
/// so that it has one [`Version`] wherever it came from.
///
/// # Errors
/// If the value can't be JSON, such as a map whose keys aren't strings.
///
/// ```
/// use formwork_core::wire::to_json;
/// assert_eq!(to_json(&"</script>")?.get(), r#""\u003c/script>""#);
/// # Ok::<_, serde_json::Error>(())
/// ```
pub fn to_json<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<Box<RawValue>> {
    let json = serde_json::value::to_raw_value(value)?;
    if memchr::memchr(b'<', json.get().as_bytes()).is_none() {
        return Ok(json);
    }
    RawValue::from_string(json.get().replace('<', "\\u003c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str) {
        let read: Line = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), line);
    }

    #[test]
    fn lines_read_back_as_they_were_written() {
        check(r#"{"outcome":{"status":200,"value":{"id":7}}}"#);
        check(
            r#"{"outcome":{"status":422,"issues":[{"path":"title","message":"Enter a title"}]}}"#,
        );
        check(
            r#"{"outcome":{"status":500,"error":{"kind":"internal","message":"m","digest":"d"}}}"#,
        );
        check(r#"{"query":{"key":"posts?[]","value":[1,2]}}"#);
        check(
            r#"{"query":{"key":"posts?[]","delta":[[0,9]],"version":"00000000000000ff","tags":["posts"]}}"#,
        );
        check(r#"{"report":{"done":3,"total":40}}"#);
        check(r#""wait""#);
        check(r#""ask""#);
        check(r#""end""#);
    }
}
