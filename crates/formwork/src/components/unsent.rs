//! What is in a form and was not sent: whether there is something, how it is undone, and the question
//! before it is left behind.

use leptos::{html, prelude::*};
use send_wrapper::SendWrapper;

use crate::{
    half,
    hooks::{OnPage, Scope},
};

/// Follows the form while it is on the page. `confirm_leave`: its visitor is asked before they leave
/// something behind.
pub(super) fn follow(scope: Scope, form: NodeRef<html::Form>, confirm_leave: bool) {
    if !half::IN_BROWSER {
        return;
    }
    Effect::new(move |_| {
        let page = form.get().map(|form| {
            let (asked, compared, put_back) = (form.clone(), form.clone(), form);
            OnPage::new(
                move || half::is_touched(&asked),
                move |entries| half::holds_other(&compared, entries),
                move || half::reset(&put_back),
            )
        });
        scope.on_page(page);
    });
    on_cleanup(move || scope.on_page(None));
    Effect::new(move |_| {
        scope.track();
        judge_later(scope);
    });
    if confirm_leave {
        let guard = StoredValue::new_local(None);
        Effect::new(move |_| {
            let dirty = scope.is_dirty();
            let guarded = dirty.then(|| half::guard_leave(move || scope.is_dirty_untracked()));
            guard.set_value(guarded.map(SendWrapper::new));
        });
    }
}

/// Once the controls are what they are becoming.
pub(super) fn judge_later(scope: Scope) {
    half::later(move || scope.judge());
}
