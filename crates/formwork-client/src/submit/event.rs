//! Which submit events become submissions of ours, and what they send.

use std::{cell::Cell, rc::Rc};

use formwork_core::{
    Observer, SubmitOptions,
    wire::{self, Button},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlFormElement, SubmitEvent};

use super::{Filled, Job, queue, stream, upload};
use crate::{dom, unsent};

thread_local! {
    /// Whether the click that is being handled asked for a new tab or window.
    static MODIFIED: Cell<bool> = const { Cell::new(false) };
}

/// Remembers a click's modifier keys for the submit event that it causes.
pub fn note_click(modified: bool) {
    MODIFIED.set(modified);
    if modified {
        // The submit event comes within this task, or not at all; but after the microtasks, which
        // run when the listener returns.
        spawn_local(async {
            stream::next_task().await;
            MODIFIED.set(false);
        });
    }
}

/// Takes a form's submit event over, unless it is meant for the browser. `observer` finds who is
/// told, by the action's id and the form's key: a button may bring an action of its own. `before` is
/// asked whether it is to be sent at all.
pub fn on_submit(
    event: &SubmitEvent,
    options: SubmitOptions,
    before: impl FnOnce(&str, &Filled<'_>) -> bool,
    observer: impl FnOnce(&str, &str, &Filled<'_>) -> Rc<dyn Observer>,
) {
    let Some((form, submitter)) = to_take_over(event) else { return };
    let effective = Effective::of(&form, &submitter);
    let Some(body) = dom::entry_list(&form, &submitter) else { return };
    // With this, the page that comes back is the server's; and so it is with files for which no form has a
    // field.
    let files = !dom::files(&body).is_empty() && upload::sender().is_none();
    let as_document = body.has(wire::RESUME) || effective.method != "post" || files;
    if effective.elsewhere() || as_document || !effective.address.is_empty() {
        if !effective.elsewhere() {
            // What was entered is being sent.
            unsent::let_go();
        }
        return;
    }
    event.prevent_default();
    dom::files_last(&body);

    let filled = Filled { form: &form, body: &body };
    if filled.last(wire::SUBMISSION).is_none_or(|id| id.is_empty()) {
        // A page that is kept for everyone has no ids: without one, sent again would be run again.
        let _ = body.set_with_str(wire::SUBMISSION, &super::submission_id());
    }
    let action = filled.last(wire::ACTION).unwrap_or_default();
    let sent = filled.last(wire::FORM).unwrap_or_default();
    let button = Button::parse(&action);
    let (id, key) = button.map_or((&*action, &*sent), |button| (button.action, button.form));
    if !before(id, &filled) {
        return;
    }
    let observer = observer(id, key, &filled);
    queue::enqueue(Job {
        reset: options.reset.then(|| dom::typed_in(&form)),
        form: Some(form.clone()),
        animated: options.animated,
        ..Job::new(id, key, body.clone(), observer)
    });
}

/// The form of a submit event and the button that was pressed; `None` where another listener has
/// prevented it, or a modifier key asks for another window.
pub(crate) fn to_take_over(event: &SubmitEvent) -> Option<(HtmlFormElement, JsValue)> {
    let target = event.current_target().or_else(|| event.target());
    let form = target.and_then(|target| target.dyn_into::<HtmlFormElement>().ok())?;
    let ours = !event.default_prevented() && !MODIFIED.take();
    ours.then(|| (form, event.submitter().into()))
}

/// What the author asks of the browser: by the form, unless the pressed button says otherwise.
pub(crate) struct Effective {
    target: String,
    /// In lower case.
    pub(crate) method: String,
    /// As it is written; empty for the page itself.
    pub(crate) address: String,
}

impl Effective {
    pub(crate) fn of(form: &HtmlFormElement, submitter: &JsValue) -> Self {
        let effective = |on_form: &str, on_button: &str| {
            let of_button = (!submitter.is_falsy()).then(|| dom::attribute(submitter, on_button));
            of_button.flatten().or_else(|| dom::attribute(form, on_form)).unwrap_or_default()
        };
        Effective {
            target: effective("target", "formtarget").to_ascii_lowercase(),
            method: effective("method", "formmethod").to_ascii_lowercase(),
            address: effective("action", "formaction"),
        }
    }

    /// Whether the answer is for another window.
    pub(crate) fn elsewhere(&self) -> bool {
        !matches!(self.target.as_str(), "" | "_self")
    }
}
