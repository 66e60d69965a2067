//! The guestbook in plain Leptos: the newest hundred posts, and a form to add one.

mod page;
mod posts;
#[cfg(feature = "ssr")]
mod store;

pub use page::{App, shell};

/// Where the client begins.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_body(App);
}
