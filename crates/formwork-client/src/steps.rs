//! Forms in steps in the browser's history: each step that is shown is an entry of its own. So Back leads
//! to the step before, and a document that is loaded anew, or is come back to, goes on where it was.
//!
//! An entry holds the step's name and what was answered so far as the server sealed it: nothing that
//! could be read there.

use std::rc::Rc;

use formwork_core::{Observer, wire};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{History, HtmlFormElement};

use crate::{
    dom::{self, window},
    submit::{Job, enqueue},
};

/// Of an action and of one of its forms: the step, and what was answered.
type Entry = (String, String, String, String);

/// The page shows this step of a form from now on. `before`: the one that it showed before, if this is to
/// be the next entry of the history.
pub fn step_shown(action: &str, form: &str, step: &str, sealed: &str, before: Option<&str>) {
    let Some(history) = history() else { return };
    let state = |step: &str, sealed: &str| -> JsValue {
        let entry: Entry = (action.into(), form.into(), step.into(), sealed.into());
        serde_json::to_string(&entry).unwrap_or_default().into()
    };
    // What is too much for the browser to keep is not kept, and nothing else is lost.
    if let Some(before) = before {
        // With what was answered in it.
        let _ = history.replace_state_with_url(&state(before, sealed), "", None);
        let _ = history.push_state_with_url(&state(step, sealed), "", None);
    } else if entry().is_some() || !sealed.is_empty() {
        let _ = history.replace_state_with_url(&state(step, sealed), "", None);
    }
}

/// What this entry of the history says of a form: its step, and what was answered.
pub fn step_in_history(action: &str, form: &str) -> Option<(String, String)> {
    let (of_action, of_form, step, sealed) = entry()?;
    (of_action == action && of_form == form).then_some((step, sealed))
}

fn entry() -> Option<Entry> {
    wire::decode(&history()?.state().ok()?.as_string()?)
}

fn history() -> Option<History> {
    window().history().ok()
}

/// Tells of every move to another entry of the history.
pub fn on_history(moved: impl Fn() + 'static) {
    let listener = Closure::<dyn Fn()>::new(moved);
    let function = listener.as_ref().unchecked_ref();
    let _ = window().add_event_listener_with_callback("popstate", function);
    // It listens as long as the page lives.
    listener.forget();
}

/// Sends a form of the page as its button for this step would.
pub fn go_to_step(action: &str, key: &str, step: &str, observer: Rc<dyn Observer>) {
    let Some(form) = form_of(action, key) else { return };
    let Some(body) = dom::entry_list(&form, &JsValue::NULL) else { return };
    let _ = body.append_with_str(wire::STEP, step);
    dom::files_last(&body);
    enqueue(Job { form: Some(form), ..Job::new(action, key, body, observer) });
}

fn form_of(action: &str, key: &str) -> Option<HtmlFormElement> {
    let hidden = |form: &HtmlFormElement, name: &str| {
        let found = dom::find(form, &format!("input[type=hidden][name={name}]"));
        found.and_then(|input| dom::attribute(&input, "value")).unwrap_or_default()
    };
    dom::forms()
        .into_iter()
        .find(|form| hidden(form, wire::ACTION) == action && hidden(form, wire::FORM) == key)
}
