//! The help desk's browser half: hydrates what the server rendered.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen::prelude::wasm_bindgen;

/// Where the client begins; `<ClientScripts>` calls it.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    formwork::hydrate(app::App);
}
