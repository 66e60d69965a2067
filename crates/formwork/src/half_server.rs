//! The server's answers to what components ask; `half_client.rs` has the browser's.

use std::rc::Rc;

use formwork_axum::PageContext;
use formwork_core::{Entries, Observer, Posted, PublicError, QueryKey};
use leptos::prelude::use_context;

pub(crate) use formwork_axum::ServerQuery as Readable;

/// Whether effects run and events come.
pub(crate) const IN_BROWSER: bool = false;

fn page() -> Option<PageContext> {
    use_context()
}

pub(crate) fn posted() -> Option<Posted> {
    page()?.posted().cloned()
}

/// A form shows what became of the submission that the page answers.
pub(crate) fn note_posted_shown() {
    if let Some(page) = page() {
        page.note_posted_shown();
    }
}

pub(crate) fn page_error() -> Option<PublicError> {
    page()?.error().cloned()
}

pub(crate) fn submission_id() -> String {
    formwork_axum::submission_id()
}

/// Reads a query for the page that is being rendered.
pub(crate) fn read<Q: Readable>(
    query: Q,
) -> impl Future<Output = Result<Q::Output, PublicError>> + Send + 'static {
    // Taken now: when the future is polled, another owner may be current.
    let page = page();
    // Then the components run for no page: nobody waits for the value.
    let listing = page.is_none() && formwork_axum::is_listing_routes();
    async move {
        if listing {
            return std::future::pending().await;
        }
        let Some(page) = page else {
            panic!("`use_query` outside of a page: serve the application through `formwork::Site`");
        };
        page.read(query).await
    }
}

pub(crate) fn peek<Q: Readable>(_: &QueryKey) -> Option<Result<Q::Output, PublicError>> {
    None
}

pub(crate) struct Watch;

pub(crate) fn watch(_: QueryKey, _: impl Fn() + 'static) -> Watch {
    Watch
}

pub(crate) fn on_submit<E>(_: &E, _: bool, _: impl FnOnce(&str, &str) -> Rc<dyn Observer>) {}

pub(crate) fn set_navigate(_: impl Fn(&str) + 'static) {}

pub(crate) fn note_click(_: bool) {}

pub(crate) fn dispatch(_: &Entries, _: Rc<dyn Observer>) {}
