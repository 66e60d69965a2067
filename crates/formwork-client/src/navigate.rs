//! Where a redirect goes: through the application's router if it has one, else as a document.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::{
    build,
    dom::{document, window},
    links, page,
    submit::stream,
};

type Navigate = Rc<dyn Fn(&str)>;

thread_local! {
    static NAVIGATE: RefCell<Option<Navigate>> = const { RefCell::new(None) };
    static LED: Cell<u64> = const { Cell::new(0) };
}

/// Sends redirects through a router from now on, and asks for a page's data when a link to it is
/// about to be followed.
pub fn set_navigate(navigate: impl Fn(&str) + 'static) {
    links::follow_links();
    NAVIGATE.set(Some(Rc::new(navigate)));
}

/// How often a redirect has led the visitor elsewhere in this document.
pub(crate) fn led() -> u64 {
    LED.get()
}

/// Goes where a redirect leads: through the router to a page of this application, else as a document,
/// to a file or to another site.
pub(crate) fn navigate(to: &str) {
    LED.set(led() + 1);
    let by_router = page::may_be_page(page::path_of(to)) && !build::wants_document();
    match NAVIGATE.with_borrow(Clone::clone).filter(|_| by_router) {
        Some(navigate) => navigate(to),
        // Never an address that is a script.
        None if ["/", "https://", "http://"].iter().any(|start| to.starts_with(start)) => {
            // Assigning an address that differs only in its fragment loads nothing; then the
            // visitor is where the redirect leads already.
            let _ = window().location().assign(to);
        }
        None => {}
    }
}

/// After a redirect: where the button was that had the focus there is nothing now. The focus goes to what
/// the new page is about, so that it is said, and so that the next key begins there.
pub(crate) async fn take_focus_along() {
    for _ in 0..FRAMES {
        let focused = document().active_element();
        if focused.is_none_or(|focused| focused.tag_name().eq_ignore_ascii_case("body")) {
            let find = |selector| document().query_selector(selector).ok().flatten();
            let about = ["main h1", "h1", "main"].into_iter().find_map(find);
            if let Some(about) = about.and_then(|about| about.dyn_into::<HtmlElement>().ok()) {
                if !about.has_attribute("tabindex") {
                    about.set_tab_index(-1);
                }
                let _ = about.focus();
            }
            return;
        }
        stream::wait(FRAME).await;
    }
}

/// How long a page may take to be replaced: then what has the focus stays.
const FRAMES: usize = 20;
const FRAME: Duration = Duration::from_millis(16);
