//! A reading list: what somebody would read, and a form to add to it.
//!
//! Compiled twice: for the server, which renders the page, and to WASM, which takes it over.

mod books;
mod page;
#[cfg(feature = "ssr")]
pub mod shelf;

pub use page::{App, shell};

/// Where the browser's half begins.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    formwork::hydrate(App);
}
