//! Controls without a label, told while an application is developed.

use leptos::{html, prelude::*};

use crate::half;

/// Looks at a form when it is on the page; `changed` tracks what changes which controls it has. Nothing
/// of this is in a client that is built for release.
pub(crate) fn check(form: NodeRef<html::Form>, of: &'static str, changed: impl Fn() + 'static) {
    if !cfg!(debug_assertions) || !half::IN_BROWSER {
        return;
    }
    Effect::new(move |_| {
        changed();
        if let Some(form) = form.get() {
            half::later(move || half::warn_of_unlabelled(&form, of));
        }
    });
}
