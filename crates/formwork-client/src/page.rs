//! The document's data block: read once at the start, handed out while the page hydrates.

use std::cell::{Cell, RefCell};

use formwork_core::{PageData, Posted, PublicError, route, wire};
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::PageTransitionEvent;

use crate::{
    build,
    dom::window,
    drafts, query, reload,
    submit::{self, page_url},
    unsent,
};

thread_local! {
    static POSTED: RefCell<Option<Posted>> = const { RefCell::new(None) };
    static RESUME: RefCell<Option<String>> = const { RefCell::new(None) };
    static ERROR: RefCell<Option<PublicError>> = const { RefCell::new(None) };
    /// Whether the document may be what a form was answered with.
    static IS_ANSWER: Cell<bool> = const { Cell::new(false) };
    /// The routes that have a page.
    static PAGES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// The path and query of the page, as the router has them: the address bar follows later.
    static SHOWN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Reads the data block. Call it before anything is hydrated.
pub fn start() {
    let block =
        window().document().and_then(|document| document.get_element_by_id(wire::DATA_BLOCK));
    let text = block.and_then(|block| block.text_content()).unwrap_or_default();
    let data: PageData = wire::decode(&text).unwrap_or_default();
    build::start(data.build);
    IS_ANSWER.set(data.posted.is_some() || data.error.is_some() || data.resume.is_some());
    drafts::start(submit::sent_and_left);
    if cfg!(debug_assertions) && data.watched {
        reload::start();
    }
    unsent::start();
    POSTED.set(data.posted);
    ERROR.set(data.error);
    RESUME.set(data.resume);
    PAGES.set(data.pages);
    query::seed(data.queries);
}

/// The router shows the page of this path and query from now on.
pub fn page_shown(url: String) {
    let before = SHOWN.replace(Some(url.clone()));
    query::resubscribe();
    // With another query string only, what depends on it is asked for by the components.
    let is_another = before.as_ref().is_some_and(|before| path_of(before) != path_of(&url));
    if before.is_some_and(|before| before != url) {
        submit::by_router();
        drafts::come_back_to(&url);
    }
    if is_another && !is_page(path_of(&url)) {
        query::stay();
    } else if is_another {
        // Unless what led here has asked already: a link, a redirect, the browser's history.
        query::prepare(url);
    }
}

/// The path and query of the page that is shown.
pub(crate) fn shown() -> String {
    SHOWN.with_borrow(Clone::clone).unwrap_or_else(page_url)
}

/// Loads the page as a document. One that answered a form would be asked for by sending that form again.
pub(crate) fn load_anew() {
    let location = window().location();
    let _ = match IS_ANSWER.get() {
        true => location.replace(&page_url()),
        false => location.reload(),
    };
}

/// The path of an address within this application.
pub(crate) fn path_of(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}

/// Whether the application has a page at this path: asking for anything else may do something, as a
/// link to sign out does.
pub(crate) fn is_page(path: &str) -> bool {
    PAGES.with_borrow(|pages| route::find(pages, path).is_some())
}

/// As far as this client knows.
pub(crate) fn may_be_page(path: &str) -> bool {
    path.starts_with('/') && (PAGES.with_borrow(Vec::is_empty) || is_page(path))
}

/// The submission that the document answered, while it hydrates.
pub fn posted() -> Option<Posted> {
    POSTED.with_borrow(Clone::clone)
}

/// Why the document shows an error page, while it hydrates.
pub fn page_error() -> Option<PublicError> {
    ERROR.with_borrow(Clone::clone)
}

/// The sealed form that waits for the visitor to sign in, while the document hydrates.
pub fn resume() -> Option<String> {
    RESUME.with_borrow(Clone::clone)
}

/// Everything is hydrated: submissions are handled from here on, and what was for hydration only
/// is forgotten.
pub fn hydrated() {
    POSTED.set(None);
    ERROR.set(None);
    RESUME.set(None);
    query::hydrated();
    query::follow_visibility();
    refresh_when_restored();
    if let Some(root) = window().document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// A page that comes back from the browser's history shows what it showed when it was left, or what
/// the browser kept of its document.
fn refresh_when_restored() {
    if is_kept_document() {
        query::refetch(query::keys_on_screen());
    }
    let restored = Closure::<dyn Fn(PageTransitionEvent)>::new(|event: PageTransitionEvent| {
        if event.persisted() {
            // Nothing that was kept off screen is newer.
            query::changed(&[]);
            query::refetch(query::keys_on_screen());
        }
    });
    let listener = restored.as_ref().unchecked_ref();
    let _ = window().add_event_listener_with_callback("pageshow", listener);
    // It listens as long as the page lives.
    restored.forget();
}

/// Whether the visitor went back or forward to this document, and it came from the browser's cache.
fn is_kept_document() -> bool {
    let transferred = of_navigation("transferSize").and_then(|size| size.as_f64());
    is_loaded_by("back_forward") && transferred == Some(0.0)
}

/// Whether the document came by this type of navigation (Navigation Timing).
pub(crate) fn is_loaded_by(way: &str) -> bool {
    of_navigation("type").and_then(|kind| kind.as_string()).as_deref() == Some(way)
}

fn of_navigation(property: &str) -> Option<JsValue> {
    let entry = window().performance()?.get_entries_by_type("navigation").get(0);
    Reflect::get(&entry, &property.into()).ok()
}
