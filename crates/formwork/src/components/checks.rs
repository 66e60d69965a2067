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
    change: Option<fn(Self, &str, &half::Filled<'_>)>,
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
        let change: Option<fn(Self, &str, &half::Filled<'_>)> = const {
            if half::IN_BROWSER && has_lists(A::Form::FIELDS) { Some(change_rows) } else { None }
        };
        Checks { action: A::ID, scope, fields: A::Form::FIELDS, find, change }
    }

    /// Whether this is to be sent. `action` is the one that the pressed button brings.
    pub(super) fn before(self, action: &str, form: &half::Filled<'_>) -> bool {
        if let Some(change) = self.change
            && let Some(value) = form.last(wire::ROWS)
        {
            change(self, &value, form);
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

    /// After a failure, while it is mended. Where nothing is checked before the server does, what it said
    /// of a field is past once something else is entered.
    pub(super) fn on_input(self, event: &web_sys::Event) {
        if !self.scope.has_issues_untracked() {
            return;
        }
        half::with_field(event, |name, form| match self.find {
            Some(find) => self.scope.recheck_all(name, self.issues_of(find, form)),
            None => self.scope.recheck(name, &Issues::default()),
        });
    }

    /// Of a field in which something was typed.
    pub(super) fn on_blur(self, event: &leptos::ev::FocusEvent) {
        let Some(find) = self.find else { return };
        half::with_field(event, |name, form| {
            if half::was_typed_in(event) {
                let found = self.issues_of(find, form);
                self.scope.recheck(name, &found);
                self.scope.note(found);
            }
        });
    }
}

fn change_rows(checks: Checks, value: &str, form: &half::Filled<'_>) {
    let Some(change) = RowChange::parse(value) else { return };
    let Checks { scope, fields, find, .. } = checks;
    let row = value.split_once(' ').map_or("", |(_, row)| row);
    if let Some(row) = scope.change_rows(change, row) {
        form.focus_row(&row, &scope.id_of(&row));
    }
    // How many there are is what was wrong, maybe.
    if scope.has_issue_untracked(change.list()) {
        let mut entries = form.entries(fields);
        change.apply_to(&mut entries, fields);
        let found = find.map(|find| find(&entries, scope.step_untracked()));
        scope.recheck(change.list(), &found.unwrap_or_default());
    }
    unsent::judge_later(scope);
}
