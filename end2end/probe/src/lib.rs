//! Pages that no application needs, and the browser tests do: more queries than a request names, ones
//! that fail on demand, submissions side by side, a success that leads elsewhere, Leptos' own boundaries,
//! every kind of effect, a field of every kind, a form that keeps what was sent.
//!
//! Each test has a room of its own, which the address names: what it does there is nobody else's.

// A page is a type, and that of all pages is deep.
#![recursion_limit = "256"]

mod boundaries;
mod breaks;
mod effects;
mod keeping;
mod languages;
mod led;
mod many;
mod parts;
mod shell;
mod side_by_side;
#[cfg(feature = "ssr")]
pub mod state;
mod who;
mod words;
mod zoo;

pub use shell::{App, shell};
pub use words::words;
#[cfg(feature = "ssr")]
pub use zoo::accepted;

/// Where the client begins.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    formwork::set_words(words);
    formwork::hydrate(App);
}
