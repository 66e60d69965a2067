//! What was typed in the forms of a page before its document was loaded anew.

use serde::{Deserialize, Serialize};

/// All of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drafts {
    /// In the order in which they were typed, as far as that is known: of one form there may be several.
    pub forms: Vec<Draft>,
    /// Passwords or files had been entered as well, which are not kept.
    pub left_out: bool,
    /// Something was sent that had to wait, and has not gone out.
    pub unsent: bool,
    /// Something was sent that had no answer: it may be done.
    #[serde(default)]
    pub unsure: bool,
}

/// What was typed in one form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The action's id.
    pub action: String,
    /// Which of several forms of the action.
    pub form: String,
    /// The submission's id: sent again as it is, it is the same submission.
    pub submission: String,
    /// What it is sent in place of; see [`AGAIN`](crate::wire::AGAIN).
    #[serde(default)]
    pub again: String,
    /// Names and values.
    pub entries: Vec<(String, String)>,
}

impl Drafts {
    /// Whether there is nothing to say of it.
    pub fn is_empty(&self) -> bool {
        self.forms.is_empty() && !self.left_out && !self.unsent && !self.unsure
    }
}
