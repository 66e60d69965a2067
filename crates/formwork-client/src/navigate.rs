//! Where a redirect goes: through the application's router if it has one, else as a document.

use std::{cell::RefCell, rc::Rc};

use crate::{build, dom::window, links, page};

type Navigate = Rc<dyn Fn(&str)>;

thread_local! {
    static NAVIGATE: RefCell<Option<Navigate>> = const { RefCell::new(None) };
}

/// Sends redirects through a router from now on, and asks for a page's data when a link to it is
/// about to be followed.
pub fn set_navigate(navigate: impl Fn(&str) + 'static) {
    links::follow_links();
    NAVIGATE.set(Some(Rc::new(navigate)));
}

/// Goes where a redirect leads: through the router to a page of this application, else as a document,
/// to a file or to another site.
pub(crate) fn navigate(to: &str) {
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
