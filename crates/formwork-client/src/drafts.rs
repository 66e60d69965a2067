//! What is typed in the forms of a page, kept across a document that the framework itself loads: the
//! one that answers a stale submission, or that brings a new build.
//!
//! Secrets and files are not kept, and the next document says so. The rest stands in the session storage
//! of the tab until that document takes it out.

use std::cell::RefCell;

use formwork_core::{Draft, Drafts, is_named_secret, wire};
use wasm_bindgen::JsValue;
use web_sys::{Element, FormData, HtmlFormElement};

use crate::{
    build::storage,
    dom::{self, now},
    submit::{Job, page_url},
    touched,
};

/// Where they are kept.
const KEPT: &str = "formwork-drafts";
/// How long a document may take to come; what is older was meant for one that never came.
const PATIENCE: f64 = 5.0 * 60_000.0;

/// The page, the moment, and what is typed.
type Kept = (String, f64, Drafts);

thread_local! {
    static DRAFTS: RefCell<Drafts> = RefCell::default();
}

/// Keeps what is typed in all forms but this one, for the next document of this page; and what was sent
/// from it and still waits.
pub(crate) fn keep(except: Option<&HtmlFormElement>, waiting: &[Job]) {
    let mut drafts = Drafts { unsent: !waiting.is_empty(), ..Drafts::default() };
    let typed: Vec<Typed> = dom::forms()
        .into_iter()
        .filter(|form| Some(form) != except)
        .filter_map(|form| typed_in(&form))
        .collect();
    let sent = waiting.iter().filter_map(|job| draft(&job.body, &[]));
    // A form that waits to be sent is still filled in with what it sent.
    let is_typed = |sent: &Draft| typed.iter().any(|typed| typed.is_in(sent));
    drafts.forms.extend(sent.filter(|sent| !is_typed(sent)));
    for Typed { draft, left_out } in typed {
        drafts.forms.extend(draft);
        drafts.left_out |= left_out;
    }
    let is_empty = drafts.is_empty();
    let kept: Kept = (page_url(), now(), drafts);
    if let (false, Some(storage), Ok(text)) = (is_empty, storage(), serde_json::to_string(&kept)) {
        // A storage that is full keeps nothing; the page is loaded in any case.
        let _ = storage.set_item(KEPT, &text);
    }
}

/// Takes out what was kept for this document.
pub(crate) fn start() {
    let Some(storage) = storage() else { return };
    let Some(text) = storage.get_item(KEPT).ok().flatten() else { return };
    let _ = storage.remove_item(KEPT);
    let Ok((url, at, drafts)) = serde_json::from_str::<Kept>(&text) else { return };
    if url == page_url() && now() - at < PATIENCE {
        DRAFTS.set(drafts);
    }
}

/// What was typed on this page before its document was loaded anew.
pub fn take_drafts() -> Drafts {
    DRAFTS.take()
}

/// Whether a text is being written: some control holds another one than the document gave it.
pub(crate) fn is_typing() -> bool {
    let is_text = |control: &Element| {
        let kind = dom::attribute(control, "type").unwrap_or_default();
        !matches!(&*kind, "hidden" | "checkbox" | "radio" | "submit" | "button" | "reset" | "image")
            && touched::is_control_touched(control, &kind)
    };
    dom::forms().iter().any(|form| dom::find_all(form, "input, textarea").iter().any(is_text))
}

/// What a form holds.
struct Typed {
    draft: Option<Draft>,
    left_out: bool,
}

impl Typed {
    /// Whether that has all of it; a pressed button is no part of what is typed.
    fn is_in(&self, sent: &Draft) -> bool {
        self.draft.as_ref().is_some_and(|draft| {
            (&draft.action, &draft.form) == (&sent.action, &sent.form)
                && draft.entries.iter().all(|entry| sent.entries.contains(entry))
        })
    }
}

/// What a form would send, if something in it is not as it came.
fn typed_in(form: &HtmlFormElement) -> Option<Typed> {
    let controls = dom::find_all(form, touched::CONTROLS);
    let mut secrets = Vec::new();
    let (mut is_touched, mut left_out) = (false, false);
    for control in &controls {
        let kind = dom::attribute(control, "type").unwrap_or_default();
        if matches!(kind.as_str(), "password" | "file") {
            secrets.extend(dom::attribute(control, "name"));
            left_out |= touched::is_control_touched(control, &kind);
        } else if kind != "hidden" {
            is_touched |= touched::is_control_touched(control, &kind);
        }
    }
    if !is_touched && !left_out {
        return None;
    }
    let body = dom::entry_list(form, &JsValue::NULL)?;
    let said = dom::last(&body, wire::SECRETS);
    left_out |= dom::pairs(&body).iter().any(|(n, v)| is_named_secret(&said, n) && !v.is_empty());
    Some(Typed { draft: draft(&body, &secrets).filter(|_| is_touched), left_out })
}

/// What is kept of an entry list; `None` if it is of no action.
fn draft(body: &FormData, secrets: &[String]) -> Option<Draft> {
    let last = |name| dom::last(body, name);
    let said = last(wire::SECRETS);
    let is_secret = |name: &str| is_named_secret(&said, name) || secrets.iter().any(|s| s == name);
    let is_kept = |name: &str| !wire::is_reserved(name) && !is_secret(name);
    let entries = dom::pairs(body).into_iter().filter(|(name, _)| is_kept(name)).collect();
    // The action of a pressed button, or of the form.
    let action = last(wire::ACTION);
    let button = wire::Button::parse(&action);
    let (action, form) = match button {
        Some(button) => (button.action.to_owned(), button.form.to_owned()),
        None => (action.clone(), last(wire::FORM)),
    };
    (!action.is_empty()).then(|| Draft {
        action,
        form,
        submission: last(wire::SUBMISSION),
        entries,
    })
}
