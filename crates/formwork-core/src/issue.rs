//! What is wrong with a form, as data: a list of issues, each at its field.

use serde::{Deserialize, Serialize};

/// One thing that is wrong with what a visitor entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// The name of the field as it stands in the form, such as `title`; empty for the whole form.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// A sentence for the visitor that says how to mend it.
    pub message: String,
}

/// All issues of one submission, in the order of the fields.
///
/// ```
/// use formwork_core::Issues;
/// let mut issues = Issues::default();
/// issues.push("title", "Enter a title");
/// assert_eq!(issues.at("title").count(), 1);
/// assert!(!issues.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Issues(Vec<Issue>);

impl Issues {
    /// Adds an issue at a field, or at the whole form when `path` is empty.
    pub fn push(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Issue { path: path.into(), message: message.into() });
    }

    /// Whether there is nothing to mend.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many issues there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Every issue.
    pub fn iter(&self) -> impl Iterator<Item = &Issue> {
        self.0.iter()
    }

    /// The issues at one field.
    pub fn at(&self, path: &str) -> impl Iterator<Item = &Issue> {
        self.0.iter().filter(move |issue| issue.path == path)
    }

    /// Puts these in place of the issues at a field.
    pub fn replace(&mut self, path: &str, with: impl Iterator<Item = Issue>) {
        let at = self.0.iter().position(|issue| issue.path == path).unwrap_or(self.0.len());
        self.0.retain(|issue| issue.path != path);
        self.0.splice(at..at, with);
    }

    /// Takes away what stands at a row and within it.
    pub fn remove_within(&mut self, row: &str) {
        self.0.retain(|issue| !issue.path.starts_with(row));
    }

    /// Whether a field has an issue.
    pub fn has(&self, path: &str) -> bool {
        self.at(path).next().is_some()
    }
}
