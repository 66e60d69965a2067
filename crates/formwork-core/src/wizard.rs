//! A form in steps: which of them are asked, and what is wrong with one alone.

use crate::{Entries, Form, Issues, wire};

/// A form in steps: a struct with `#[derive(Wizard, Validate)]`, each field of which is a form.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a form in steps",
    label = "this action's form has no steps",
    note = "derive `Wizard` instead of `Form` for a struct whose fields are its steps"
)]
pub trait Wizard: Form {
    /// Its steps by name.
    type Step: Copy + PartialEq + std::fmt::Debug + Send + Sync + 'static;
    /// All of them, in the order of the fields.
    const ALL: &'static [Self::Step];
}

/// What is known of a form's steps, whatever their types. They are numbered as its fields are.
#[derive(Clone, Copy)]
pub struct Steps {
    /// Those that are asked of whoever has answered this.
    #[doc(hidden)]
    pub asked: fn(&Entries) -> Vec<usize>,
    /// What is wrong with one of them.
    #[doc(hidden)]
    pub check: fn(&Entries, usize) -> Issues,
}

impl Steps {
    /// The steps that are asked of whoever has answered this, in order. What is asked depending on
    /// an answer that is not there yet, or can't be read, is not among them.
    pub fn asked(&self, entries: &Entries) -> Vec<usize> {
        (self.asked)(entries)
    }

    /// What is wrong with this step, whatever the others are.
    pub fn check(&self, entries: &Entries, step: usize) -> Issues {
        (self.check)(entries, step)
    }
}

/// The step that a field of this name is in: the first part of the name.
///
/// ```
/// assert_eq!(formwork_core::step_of("contact.phones[k].number"), "contact");
/// ```
pub fn step_of(name: &str) -> &str {
    name.split(['.', '[']).next().unwrap_or(name)
}

impl Entries {
    /// The answers of all steps: those of `before`, and for the step that was sent, what was sent.
    pub fn with_steps(self, before: &[(String, String)], at: &str) -> Self {
        let known = |step: &str| before.iter().any(|(name, _)| step_of(name) == step);
        let kept = before.iter().filter(|(name, _)| step_of(name) != at).cloned();
        let mut all: Entries = kept.collect();
        for (name, value) in self.iter() {
            let step = step_of(name);
            if step == at || wire::is_reserved(name) || !known(step) {
                all.push(name, value);
            }
        }
        for (name, file) in self.files() {
            all.push_file(name.as_str(), file.clone());
        }
        all
    }

    /// Says that this step was shown, so that what is not ticked in it is known to be left so.
    pub fn note_step(&mut self, step: &str) {
        if self.last(step).is_none() {
            self.push(step, "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[track_caller]
    fn check(at: &str, sent: &[(&str, &str)], expect: &[(&str, &str)]) {
        let before =
            pairs(&[("what.a", "1"), ("what", ""), ("who.list[k].b", "2"), ("who.c", "3")]);
        let sent: Entries = pairs(sent).into_iter().collect();
        let all: Entries = pairs(expect).into_iter().collect();
        assert!(sent.with_steps(&before, at) == all, "{at}");
    }

    #[test]
    fn what_was_sent_stands_in_for_its_own_step_alone() {
        check(
            "who",
            &[("_action", "x"), ("who.c", "4"), ("what.a", "5"), ("last.d", "6")],
            &[("what.a", "1"), ("what", ""), ("_action", "x"), ("who.c", "4"), ("last.d", "6")],
        );
        let nothing_sent = [
            ("what.a", "1"),
            ("what", ""),
            ("who.list[k].b", "2"),
            ("who.c", "3"),
            ("_step", "who"),
        ];
        check("", &[("_step", "who"), ("who.c", "4")], &nothing_sent);
    }

    #[test]
    fn a_step_that_was_shown_is_noted_once() {
        let mut entries = Entries::default();
        entries.note_step("what");
        entries.note_step("what");
        assert_eq!(entries.kept(|_| false), pairs(&[("what", "")]));
    }
}
