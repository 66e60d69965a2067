//! What is typed in the forms of a page, kept across a document that the framework itself loads: the
//! one that answers a stale submission, or that brings a new build. And what was sent from a page and came
//! to no good end before it was left, by whatever way: a link that a router follows is one.
//!
//! Secrets and files are not kept, and the page says so. The rest stands in the session storage of the tab,
//! under the page that it is of, until that page takes it out: its next document, or this one when it shows
//! that page again.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use formwork_core::{
    Draft, Drafts, is_named_secret,
    wire::{self, Outcome},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, FormData, HtmlFormElement, PageTransitionEvent};

use crate::{
    build::storage,
    dom::{self, now, window},
    page, query,
    submit::{Job, page_url, stream, submission_id},
    touched,
};

/// Where they are kept, before the page that they are of.
const KEPT: &str = "formwork-drafts ";
/// How long a page may take to come; what is older was meant for one that never came.
const PATIENCE: u64 = 5 * 60_000;
/// After how long it is looked again whether a page has its data.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// The moment, and what is kept.
type Kept = (u64, Drafts);

/// What was sent from pages that are left.
#[derive(Default)]
pub(crate) struct Sent {
    /// It has not gone out.
    pub(crate) waiting: Vec<Job>,
    /// It has, and there is no answer: it may be done.
    pub(crate) unanswered: Vec<Job>,
}

thread_local! {
    /// Who fills in what is kept of the page that is shown.
    static FILL_IN: RefCell<Option<Rc<dyn Fn()>>> = const { RefCell::new(None) };
    /// Whether something was kept for another page, and nobody has been told.
    static ELSEWHERE: Cell<bool> = const { Cell::new(false) };
}

/// Keeps what is typed in all forms but this one, for the next document of this page; and what was sent
/// and may not be done, for the page that it was sent from.
pub(crate) fn keep(except: Option<&HtmlFormElement>, sent: Sent) {
    keep_all(typed(except), sent);
}

/// What is typed in all forms of the page.
pub(crate) fn on_page() -> Drafts {
    of(typed(None), &Sent::default())
}

fn typed(except: Option<&HtmlFormElement>) -> Vec<Typed> {
    let forms = dom::forms().into_iter().filter(|form| Some(form) != except);
    forms.filter_map(|form| typed_in(&form)).collect()
}

fn keep_all(typed: Vec<Typed>, sent: Sent) {
    let here = page_url();
    let (own, mut others) = sent.of(&here);
    add(&here, of(typed, &own));
    while let Some(page) = others.first_page() {
        let (of_page, rest) = others.of(&page);
        add(&page, of(Vec::new(), &of_page));
        others = rest;
    }
}

/// Keeps what was not done, or has no answer, when nobody on its page is left who could be told. It is
/// filled in when that page comes back; until then the visitor is told that there is something.
pub(crate) fn keep_failed(job: &Job, answer: Option<&Outcome>) {
    let error = answer.and_then(|outcome| outcome.error.as_ref());
    let refused = error.is_some_and(|error| !error.kind.is_unsure());
    let Typed { mut draft, left_out } = Typed::sent(job);
    if let (Some(draft), Some(answer), true) = (&mut draft, answer, refused) {
        // It has been answered: what is sent next is another one.
        draft.submission = submission_id();
        if !answer.again {
            draft.again.clear();
        }
    }
    let forms = draft.into_iter().collect();
    add(&job.url, Drafts { forms, left_out, unsure: !refused, refused, ..Drafts::default() });
    if job.url != page::shown() {
        ELSEWHERE.set(true);
    }
    fill_in();
}

fn of(typed: Vec<Typed>, sent: &Sent) -> Drafts {
    let Sent { waiting, unanswered } = sent;
    // A form that waits to be sent is still filled in with what it sent.
    let is_typed = |sent: &Draft| typed.iter().any(|typed| typed.is_in(sent));
    let mut drafts =
        Drafts { unsent: !waiting.is_empty(), unsure: !unanswered.is_empty(), ..Drafts::default() };
    for Typed { draft, left_out } in unanswered.iter().chain(waiting).map(Typed::sent) {
        drafts.forms.extend(draft.filter(|sent| !is_typed(sent)));
        drafts.left_out |= left_out;
    }
    for Typed { draft, left_out } in typed {
        drafts.forms.extend(draft);
        drafts.left_out |= left_out;
    }
    drafts
}

/// Keeps this besides what is kept of that page.
pub(crate) fn add(page: &str, drafts: Drafts) {
    let Some(storage) = storage().filter(|_| !drafts.is_empty()) else { return };
    let mut kept = kept_of(page).unwrap_or_default();
    kept.add(drafts);
    if let Ok(text) = serde_json::to_string(&(now(), kept)) {
        // A storage that is full keeps nothing; the page is left in any case.
        let _ = storage.set_item(&name_of(page), &text);
    }
}

fn name_of(page: &str) -> String {
    format!("{KEPT}{page}")
}

fn kept_of(page: &str) -> Option<Drafts> {
    let text = storage()?.get_item(&name_of(page)).ok()??;
    let (at, drafts) = wire::decode::<Kept>(&text)?;
    (now().saturating_sub(at) < PATIENCE).then_some(drafts)
}

fn take_out(page: &str) -> Option<Drafts> {
    let kept = kept_of(page);
    let _ = storage()?.remove_item(&name_of(page));
    kept
}

/// Keeps what is under way when the document is left.
pub(crate) fn start(sent: impl Fn() -> Option<Sent> + 'static) {
    let leave = Closure::<dyn Fn(PageTransitionEvent)>::new(move |_| {
        // The framework itself has kept everything.
        if let Some(sent) = sent() {
            keep_all(Vec::new(), sent);
        }
    });
    let come_back = Closure::<dyn Fn(PageTransitionEvent)>::new(|event: PageTransitionEvent| {
        if event.persisted() {
            forget();
        }
    });
    for (event, listener) in [("pagehide", leave), ("pageshow", come_back)] {
        let _ = window().add_event_listener_with_callback(event, listener.as_ref().unchecked_ref());
        listener.forget();
    }
}

/// The page has not been left after all, or comes back from the browser's cache as it was.
pub(crate) fn forget() {
    drop(take_out(&page_url()));
}

/// Has what is kept filled in by this: now, if the document's page has something, and whenever a page has
/// that is shown later.
pub fn on_drafts(fill: impl Fn() + 'static) {
    FILL_IN.set(Some(Rc::new(fill)));
    fill_in();
}

/// The router shows this page from now on.
pub(crate) fn come_back_to(url: &str) {
    if kept_of(url).is_some() {
        fill_in();
    }
}

/// Once the forms of the page are there: what they wait for has come.
fn fill_in() {
    spawn_local(async {
        stream::next_task().await;
        while query::is_awaited() {
            stream::wait(LOOK_AGAIN).await;
        }
        if let Some(fill) = FILL_IN.with_borrow(Clone::clone) {
            fill();
        }
    });
}

/// What is kept of the page that is shown, and whether there is something that nobody was told of.
pub fn take_drafts() -> Drafts {
    let kept = take_out(&page::shown()).unwrap_or_default();
    Drafts { elsewhere: ELSEWHERE.take(), ..kept }
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

impl Sent {
    /// What is of this page, and the rest.
    fn of(self, page: &str) -> (Sent, Sent) {
        let of = |jobs: Vec<Job>| jobs.into_iter().partition(|job| job.url == page);
        let (waiting, others_waiting) = of(self.waiting);
        let (unanswered, others_unanswered) = of(self.unanswered);
        let others = Sent { waiting: others_waiting, unanswered: others_unanswered };
        (Sent { waiting, unanswered }, others)
    }

    fn first_page(&self) -> Option<String> {
        self.unanswered.iter().chain(&self.waiting).next().map(|job| job.url.clone())
    }
}

/// What a form holds, or held when it was sent.
struct Typed {
    draft: Option<Draft>,
    left_out: bool,
}

impl Typed {
    fn sent(job: &Job) -> Self {
        Typed { draft: draft(&job.body, &[]), left_out: job.multipart || has_secret(&job.body) }
    }

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
    left_out |= has_secret(&body);
    Some(Typed { draft: draft(&body, &secrets).filter(|_| is_touched), left_out })
}

fn has_secret(body: &FormData) -> bool {
    let said = dom::last(body, wire::SECRETS);
    dom::pairs(body).iter().any(|(name, value)| is_named_secret(&said, name) && !value.is_empty())
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
