//! Where a redirect goes: through the application's router if it has one, else as a document.

use std::{cell::RefCell, rc::Rc};

use crate::{build, dom::window, links};

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

/// Goes to a path of this application.
pub(crate) fn navigate(path: &str) {
    match NAVIGATE.with_borrow(Clone::clone).filter(|_| !build::wants_document()) {
        Some(navigate) => navigate(path),
        None => {
            // Assigning an address that differs only in its fragment loads nothing; then the
            // visitor is where the redirect leads already.
            let _ = window().location().assign(path);
        }
    }
}
