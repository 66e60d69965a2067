//! Where the client begins.

use leptos::prelude::IntoView;

/// Hydrates the application: the whole of a client's `main`.
///
/// ```ignore
/// #[wasm_bindgen::prelude::wasm_bindgen]
/// pub fn hydrate() {
///     formwork::hydrate(App);
/// }
/// ```
pub fn hydrate<V>(app: impl FnOnce() -> V + 'static)
where
    V: IntoView + 'static,
{
    formwork_client::start();
    leptos::mount::hydrate_body(app);
    formwork_client::hydrated();
}
