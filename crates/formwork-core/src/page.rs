//! What a document says of itself at its end, so that hydration starts from the same state.

use serde::{Deserialize, Serialize};

use crate::{
    PublicError,
    wire::{Outcome, QueryLine},
};

/// The data block of a document: `<script type="application/json" id="__formwork">`.
///
/// Values are addressed by name, never by position, so that server and browser can't disagree
/// about which is which.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PageData {
    /// The build that rendered the page.
    pub build: String,
    /// The submission that this document answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub posted: Option<Posted>,
    /// Why the document shows an error page instead of the page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<PublicError>,
    /// The sealed entries of the form that waits for the visitor to sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
    /// The patterns of the routes that have a page, for a client with a router.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<String>,
    /// Whether `cargo leptos watch` has it loaded anew when a file has changed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub watched: bool,
    /// The queries that the render read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<QueryLine>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A submission and its outcome, as the page that answers it shows them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Posted {
    /// The action's id.
    pub action: String,
    /// Which of several forms of one action, from `keyed(…)`; empty when there is one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub form: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Its id, where nobody can tell whether it is done: sent again as it is, it is the same.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub submission: String,
    /// What is sent in its place names these; see [`AGAIN`](crate::wire::AGAIN).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub again: String,
    /// What the visitor had entered, secrets excepted, and be it nothing; `None` where the form begins
    /// anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Vec<(String, String)>>,
    /// What the form of this build has no place for, as labels and values: to be copied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<(String, String)>,
}
