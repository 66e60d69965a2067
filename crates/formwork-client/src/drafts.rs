//! What is typed in the forms of a page, kept across a document that the framework itself loads: the
//! one that answers a stale submission, or that brings a new build. And what was sent from a page and had
//! no answer when it was left, by whatever way.
//!
//! Secrets and files are not kept, and the next document says so. The rest stands in the session storage
//! of the tab until that document takes it out.

use std::cell::RefCell;

use formwork_core::{Draft, Drafts, is_named_secret, wire};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Element, FormData, HtmlFormElement};

use crate::{
    build::storage,
    dom::{self, now, window},
    submit::{Job, page_url},
    touched,
};

/// Where they are kept, before the page that they are of.
const KEPT: &str = "formwork-drafts ";
/// How long a document may take to come; what is older was meant for one that never came.
const PATIENCE: f64 = 5.0 * 60_000.0;

/// The moment, and what is typed.
type Kept = (f64, Drafts);

/// What was sent from a page that is left.
#[derive(Default)]
pub(crate) struct Sent {
    /// It has not gone out.
    pub(crate) waiting: Vec<Job>,
    /// It has, and there is no answer: it may be done.
    pub(crate) unanswered: Vec<Job>,
}

thread_local! {
    static DRAFTS: RefCell<Drafts> = RefCell::default();
}

/// Keeps what is typed in all forms but this one, for the next document of this page; and what was sent
/// from it and may not be done.
pub(crate) fn keep(except: Option<&HtmlFormElement>, sent: &Sent) {
    let typed = dom::forms()
        .into_iter()
        .filter(|form| Some(form) != except)
        .filter_map(|form| typed_in(&form))
        .collect();
    put(&page_url(), &of(typed, sent));
}

/// Keeps what was sent and may not be done, of a page that its visitor leaves.
fn keep_sent(sent: Sent) {
    let Sent { waiting, unanswered } = sent;
    put(&page_url(), &Drafts::default());
    let mut pages: Vec<String> =
        waiting.iter().chain(&unanswered).map(|job| job.url.clone()).collect();
    pages.sort();
    pages.dedup();
    for page in pages {
        let of_page = |jobs: &[Job]| jobs.iter().filter(|job| job.url == page).cloned().collect();
        let sent = Sent { waiting: of_page(&waiting), unanswered: of_page(&unanswered) };
        put(&page, &of(Vec::new(), &sent));
    }
}

fn of(typed: Vec<Typed>, sent: &Sent) -> Drafts {
    let Sent { waiting, unanswered } = sent;
    let all = unanswered.iter().chain(waiting).filter_map(|job| draft(&job.body, &[]));
    // A form that waits to be sent is still filled in with what it sent.
    let is_typed = |sent: &Draft| typed.iter().any(|typed| typed.is_in(sent));
    let mut drafts = Drafts {
        forms: all.filter(|sent| !is_typed(sent)).collect(),
        left_out: false,
        unsent: !waiting.is_empty(),
        unsure: !unanswered.is_empty(),
    };
    for Typed { draft, left_out } in typed {
        drafts.forms.extend(draft);
        drafts.left_out |= left_out;
    }
    drafts
}

fn put(page: &str, drafts: &Drafts) {
    let (Some(storage), name) = (storage(), format!("{KEPT}{page}")) else { return };
    // A storage that is full keeps nothing; the page is left in any case.
    let _ = match serde_json::to_string(&(now(), drafts)) {
        Ok(text) if !drafts.is_empty() => storage.set_item(&name, &text),
        _ => storage.remove_item(&name),
    };
}

/// Takes out what was kept for this document; and keeps what is under way when it is left.
pub(crate) fn start(sent: impl Fn() -> Option<Sent> + 'static) {
    if let Some(drafts) = take_out() {
        DRAFTS.set(drafts);
    }
    let leave = Closure::<dyn Fn()>::new(move || {
        // The framework itself has kept everything.
        if let Some(sent) = sent() {
            keep_sent(sent);
        }
    });
    // From the browser's cache it comes back as it was.
    let come_back = Closure::<dyn Fn()>::new(|| drop(take_out()));
    for (event, listener) in [("pagehide", leave), ("pageshow", come_back)] {
        let _ = window().add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        listener.forget();
    }
}

fn take_out() -> Option<Drafts> {
    let (storage, name) = (storage()?, format!("{KEPT}{}", page_url()));
    let text = storage.get_item(&name).ok()??;
    let _ = storage.remove_item(&name);
    let (at, drafts) = serde_json::from_str::<Kept>(&text).ok()?;
    (now() - at < PATIENCE).then_some(drafts)
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
        again: last(wire::AGAIN),
        entries,
    })
}
