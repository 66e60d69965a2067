//! What a form does before it is sent: its own rules, by the code that the server runs, and rows that
//! are added, taken away or moved.

use formwork_core::{Action, Entries, FieldSpec, Form, Issues, RowChange, has_lists, wire};

use super::unsent;
use crate::{half, hooks::Scope};

/// The checks of one form on the page.
///
/// What a form does without, its client does without as well: that is why these are functions that
/// may not be there.
#[derive(Clone, Copy)]
pub(super) struct Checks {
    action: &'static str,
    scope: Scope,
    fields: &'static [FieldSpec],
    /// What is wrong with the form, or with this step of it.
    find: Option<fn(&Entries, usize) -> Issues>,
    change: Option<fn(Scope, &str, &half::Filled<'_>)>,
}

impl Checks {
    pub(super) fn of<A: Action>(scope: Scope) -> Self {
        let find: Option<fn(&Entries, usize) -> Issues> =
            match (half::IN_BROWSER && A::Form::PREFLIGHT, A::Form::STEPS) {
                (false, _) => None,
                (true, None) => {
                    Some(|entries, _| A::Form::parse(entries).err().unwrap_or_default())
                }
                (true, Some(steps)) => Some(steps.check),
            };
        let change: Option<fn(Scope, &str, &half::Filled<'_>)> =
            if half::IN_BROWSER && has_lists(A::Form::FIELDS) { Some(change_rows) } else { None };
        Checks { action: A::ID, scope, fields: A::Form::FIELDS, find, change }
    }

    /// Whether this is to be sent. `action` is the one that the pressed button brings.
    pub(super) fn before(self, action: &str, form: &half::Filled<'_>) -> bool {
        if let Some(change) = self.change
            && let Some(value) = form.last(wire::ROWS)
        {
            change(self.scope, &value, form);
            return false;
        }
        let Some(find) = self.find.filter(|_| action == self.action) else { return true };
        if form.last(wire::STEP).is_some() {
            // Back: the step stays as it is.
            return true;
        }
        let entries = form.entries(self.fields);
        let issues = find(&entries, self.scope.step_untracked());
        let sound = issues.is_empty();
        if !sound {
            self.scope.refuse(&entries, issues);
            form.focus_first_invalid();
        }
        sound
    }

    fn issues_of(self, find: fn(&Entries, usize) -> Issues, form: &half::Filled<'_>) -> Issues {
        find(&form.entries(self.fields), self.scope.step_untracked())
    }

    /// After a failure, while it is mended.
    pub(super) fn on_input(self, event: &web_sys::Event) {
        let Some(find) = self.find else { return };
        half::with_field(event, |name, form| {
            if self.scope.has_issue_untracked(name) {
                self.scope.recheck(name, &self.issues_of(find, form));
            }
        });
    }

    /// Of a field in which something was typed.
    pub(super) fn on_blur(self, event: &leptos::ev::FocusEvent) {
        let Some(find) = self.find else { return };
        half::with_field(event, |name, form| {
            if half::was_typed_in(event) {
                self.scope.recheck(name, &self.issues_of(find, form));
            }
        });
    }
}

fn change_rows(scope: Scope, value: &str, form: &half::Filled<'_>) {
    let Some(change) = RowChange::parse(value) else { return };
    let row = value.split_once(' ').map_or("", |(_, row)| row);
    if let Some(row) = scope.change_rows(change, row) {
        form.focus_row(&row, &scope.id_of(&row));
    }
    unsent::judge_later(scope);
}
