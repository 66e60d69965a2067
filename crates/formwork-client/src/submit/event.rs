//! Which submit events become submissions of ours, and what they send.

use std::{cell::Cell, rc::Rc};

use formwork_core::{
    Observer, SubmitOptions,
    wire::{self, Button},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlFormElement, SubmitEvent};

use super::{Filled, Job, page_url, queue, stream};
use crate::{dom, query};

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
    observer: impl FnOnce(&str, &str) -> Rc<dyn Observer>,
) {
    let target = event.current_target().or_else(|| event.target());
    let Some(form) = target.and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else {
        return;
    };
    let submitter: JsValue = event.submitter().into();
    if event.default_prevented() || MODIFIED.take() || is_for_the_browser(&form, &submitter) {
        return;
    }
    let Some(body) = dom::entry_list(&form, &submitter) else { return };
    if body.has(wire::RESUME) {
        // The page that comes back is the server's.
        return;
    }
    event.prevent_default();
    dom::leave_out_no_files(&body);

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
    queue::enqueue(Job {
        url: page_url(),
        multipart: !dom::files(&body).is_empty(),
        reset: options.reset.then(|| dom::typed_in(&form)),
        form: Some(form.clone()),
        animated: options.animated,
        name: format!("{id}@{key}"),
        id: query::tick(),
        cancelled: Rc::default(),
        observer: observer(id, key),
        body,
    });
}

/// Another window, another method or another address: what the author asked the browser for.
fn is_for_the_browser(form: &HtmlFormElement, submitter: &JsValue) -> bool {
    let effective = |on_form: &str, on_button: &str| {
        let of_button = (!submitter.is_falsy()).then(|| dom::attribute(submitter, on_button));
        of_button.flatten().or_else(|| dom::attribute(form, on_form)).unwrap_or_default()
    };
    let target = effective("target", "formtarget");
    let elsewhere = !matches!(target.to_ascii_lowercase().as_str(), "" | "_self");
    let method = effective("method", "formmethod");
    let address = effective("action", "formaction");
    elsewhere || !method.eq_ignore_ascii_case("post") || !address.is_empty()
}
