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
    /// What is wrong with the form.
    find: Option<fn(&Entries) -> Issues>,
    change: Option<fn(Scope, &str, &half::Filled<'_>)>,
}

impl Checks {
    pub(super) fn of<A: Action>(scope: Scope) -> Self {
        let find: Option<fn(&Entries) -> Issues> = if half::IN_BROWSER && A::Form::PREFLIGHT {
            Some(|entries| A::Form::parse(entries).err().unwrap_or_default())
        } else {
            None
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
        let entries = form.entries(self.fields);
        let issues = find(&entries);
        let sound = issues.is_empty();
        if !sound {
            self.scope.refuse(&entries, issues);
            form.focus_first_invalid();
        }
        sound
    }

    /// After a failure, while it is mended.
    pub(super) fn on_input(self, event: &web_sys::Event) {
        let Some(find) = self.find else { return };
        half::with_field(event, |name, form| {
            if self.scope.has_issue_untracked(name) {
                self.scope.recheck(name, &find(&form.entries(self.fields)));
            }
        });
    }

    /// Of a field in which something was typed.
    pub(super) fn on_blur(self, event: &leptos::ev::FocusEvent) {
        let Some(find) = self.find else { return };
        half::with_field(event, |name, form| {
            if half::was_typed_in(event) {
                self.scope.recheck(name, &find(&form.entries(self.fields)));
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
