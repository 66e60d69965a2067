//! Whether there is a connection at all.

use std::time::Duration;

use js_sys::{Array, Promise};
use wasm_bindgen_futures::JsFuture;
use web_sys::AddEventListenerOptions;

use super::stream;
use crate::dom::window;

/// A browser may be wrong about it, so that it is tried after this long in any case.
const TRY_AFTER: Duration = Duration::from_secs(20);

/// Whether the browser knows that there is none.
pub(super) fn is_off() -> bool {
    !window().navigator().on_line()
}

/// Waits until there may be one again.
pub(super) async fn may_be_back() {
    let back = Promise::new(&mut |resolve, _| {
        let options = AddEventListenerOptions::new();
        options.set_once(true);
        let _ = window().add_event_listener_with_callback_and_add_event_listener_options(
            "online", &resolve, &options,
        );
    });
    let _ = JsFuture::from(Promise::race(&Array::of2(&back, &stream::after(TRY_AFTER)))).await;
}
