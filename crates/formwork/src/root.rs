//! The root of an application: what every page has, and where hydration begins.

use formwork_core::PublicError;
use leptos::prelude::*;

use crate::half;

/// The error page that is shown instead of the page, if any.
#[derive(Clone)]
pub(crate) struct PageError(pub(crate) ArcRwSignal<Option<PublicError>>);

thread_local! {
    /// In the browser, the application's own: submissions end outside of any component.
    static PAGE_ERROR: std::cell::RefCell<Option<PageError>> =
        const { std::cell::RefCell::new(None) };
}

/// Prepares a page; call it first in the root component.
pub fn provide_formwork() {
    let error = PageError(ArcRwSignal::new(half::page_error()));
    if half::IN_BROWSER {
        PAGE_ERROR.set(Some(error.clone()));
    }
    provide_context(error);
}

/// Shows the application's error page from now on, until the visitor goes elsewhere; or the page
/// again. Whether that is another state than before.
pub(crate) fn show_page_error(error: Option<PublicError>) -> bool {
    if let Some(PageError(signal)) = PAGE_ERROR.with_borrow(Clone::clone)
        && signal.with_untracked(Option::is_some) | error.is_some()
    {
        signal.set(error);
        return true;
    }
    false
}
