//! The guestbook: the newest hundred posts, and a form to add one.

mod page;
mod posts;
#[cfg(feature = "ssr")]
pub mod store;

pub use page::{App, shell};

// guide: client
/// Where the client begins.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    formwork::hydrate(App);
}
// guide: end
