//! What was typed in the forms of a page before its document was loaded anew, or sent from it and not done.

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
    /// Something was sent, and was not done: its answer came when nobody was there to be told.
    #[serde(default)]
    pub refused: bool,
    /// There is something like this for another page than the one that is shown.
    #[serde(skip)]
    pub elsewhere: bool,
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
        let Drafts { forms, left_out, unsent, unsure, refused, elsewhere } = self;
        forms.is_empty()
            && ![left_out, unsent, unsure, refused, elsewhere].into_iter().any(|so| *so)
    }

    /// Adds what was kept of the same page later. What both have is there once.
    pub fn add(&mut self, later: Drafts) {
        for draft in later.forms {
            if !self.forms.contains(&draft) {
                self.forms.push(draft);
            }
        }
        self.left_out |= later.left_out;
        self.unsent |= later.unsent;
        self.unsure |= later.unsure;
        self.refused |= later.refused;
        self.elsewhere |= later.elsewhere;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(submission: &str) -> Draft {
        let (action, form) = ("comments::add".to_owned(), String::new());
        let entries = vec![("body".to_owned(), "Hello".to_owned())];
        Draft { action, form, submission: submission.into(), again: String::new(), entries }
    }

    #[test]
    fn what_is_kept_twice_is_there_once_and_the_last_one_is_the_latest() {
        let mut kept = Drafts { forms: vec![draft("a")], unsure: true, ..Drafts::default() };
        let forms = vec![draft("a"), draft("b")];
        kept.add(Drafts { forms, refused: true, ..Drafts::default() });
        assert_eq!(kept.forms, [draft("a"), draft("b")]);
        assert!(kept.unsure && kept.refused && !kept.unsent && !kept.left_out);
    }
}
