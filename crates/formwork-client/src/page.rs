//! The document's data block: read once at the start, handed out while the page hydrates.

use std::cell::RefCell;

use formwork_core::{PageData, Posted, PublicError, wire};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::PageTransitionEvent;

use crate::{dom::window, query};

thread_local! {
    static POSTED: RefCell<Option<Posted>> = const { RefCell::new(None) };
    static ERROR: RefCell<Option<PublicError>> = const { RefCell::new(None) };
}

/// Reads the data block. Call it before anything is hydrated.
pub fn start() {
    let block =
        window().document().and_then(|document| document.get_element_by_id(wire::DATA_BLOCK));
    let text = block.and_then(|block| block.text_content()).unwrap_or_default();
    let data: PageData = serde_json::from_str(&text).unwrap_or_default();
    POSTED.set(data.posted);
    ERROR.set(data.error);
    query::seed(data.queries);
}

/// The submission that the document answered, while it hydrates.
pub fn posted() -> Option<Posted> {
    POSTED.with_borrow(Clone::clone)
}

/// Why the document shows an error page, while it hydrates.
pub fn page_error() -> Option<PublicError> {
    ERROR.with_borrow(Clone::clone)
}

/// Everything is hydrated: submissions are handled from here on, and what was for hydration only
/// is forgotten.
pub fn hydrated() {
    POSTED.set(None);
    ERROR.set(None);
    query::sweep();
    refresh_when_restored();
    if let Some(root) = window().document().and_then(|document| document.document_element()) {
        let _ = root.set_attribute("data-hydrated", "");
    }
}

/// A page that comes back from the browser's history shows what it showed when it was left.
fn refresh_when_restored() {
    let restored = Closure::<dyn Fn(PageTransitionEvent)>::new(|event: PageTransitionEvent| {
        if event.persisted() {
            query::refetch(query::keys_on_screen());
        }
    });
    let listener = restored.as_ref().unchecked_ref();
    let _ = window().add_event_listener_with_callback("pageshow", listener);
    // It listens as long as the page lives.
    restored.forget();
}
