//! Under `cargo leptos watch`: what is typed is still there when a changed file has had the page loaded anew.
//!
//! Browsers restore some of it by themselves, but no row that was added, and nothing where the document says
//! `autocomplete="off"` or has changed.

use formwork_core::Drafts;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::PageTransitionEvent;

use crate::{
    build::storage,
    dom::window,
    drafts, page,
    submit::{page_url, sent_and_left},
};

/// Where it is kept while the document is loaded.
const KEPT: &str = "formwork-reload";

/// Fills in what the document before this one held, if this one was loaded in its place; keeps what this one
/// holds for the next.
pub(crate) fn start() {
    if let Some(drafts) = take_out().filter(|_| page::is_loaded_by("reload")) {
        drafts::add(&page_url(), drafts);
    }
    let leave = Closure::<dyn Fn(PageTransitionEvent)>::new(|_| {
        // What the framework itself leaves, it has kept.
        if sent_and_left().is_some() {
            keep(&drafts::on_page());
        }
    });
    let listener = leave.as_ref().unchecked_ref();
    let _ = window().add_event_listener_with_callback("pagehide", listener);
    // It listens as long as the page lives.
    leave.forget();
}

fn keep(drafts: &Drafts) {
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(drafts)) {
        let _ = storage.set_item(KEPT, &text);
    }
}

fn take_out() -> Option<Drafts> {
    let storage = storage()?;
    let text = storage.get_item(KEPT).ok()??;
    let _ = storage.remove_item(KEPT);
    serde_json::from_str(&text).ok()
}
