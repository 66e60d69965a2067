//! A field of a page, as its visitor sees it.

use crate::html::{Control, Kind};

/// A field: one control, or all radio buttons or checkboxes of a group.
#[derive(Debug)]
pub struct Field<'page> {
    controls: Vec<&'page Control>,
}

impl<'page> Field<'page> {
    pub(crate) fn new(controls: Vec<&'page Control>) -> Self {
        Field { controls }
    }

    /// What is in it: the text that is typed, the labels of what is chosen, the names of files.
    pub fn value(&self) -> String {
        match self.controls[..] {
            [control] if !control.is_one_of_a_group() => control.shown(),
            _ => {
                let chosen = self.controls.iter().filter(|control| control.is_checked);
                chosen.map(|control| control.label.as_str()).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// Whether it is a checkbox or a radio button that is checked.
    pub fn is_checked(&self) -> bool {
        self.controls.iter().any(|control| control.is_checked)
    }

    /// What is said to be wrong with it; empty if nothing is.
    pub fn issue(&self) -> &'page str {
        self.controls.first().map(|control| control.issue.as_str()).unwrap_or_default()
    }

    /// Whether nothing can be entered.
    pub fn is_disabled(&self) -> bool {
        self.controls.iter().all(|control| control.is_disabled || control.is_read_only)
    }

    /// What can be chosen of: the labels of its options.
    pub fn options(&self) -> Vec<&'page str> {
        let of = |control: &&'page Control| -> Vec<&'page str> {
            let control: &'page Control = control;
            match control.kind {
                Kind::Select { .. } => {
                    control.choices.iter().map(|choice| choice.label.as_str()).collect()
                }
                Kind::Checkbox | Kind::Radio => vec![control.label.as_str()],
                _ => Vec::new(),
            }
        };
        self.controls.iter().flat_map(of).collect()
    }
}
