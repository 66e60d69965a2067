//! The few calls on elements that must not be shadowed by a form's own controls.
//!
//! A form's named controls hide its properties and methods (HTML standard, `[LegacyOverrideBuiltIns]`
//! on `HTMLFormElement`): with `<input name="reset">`, `form.reset` is that input. So methods are
//! taken from their prototypes.

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{FormData, HtmlFormElement, Window};

#[wasm_bindgen]
extern "C" {
    /// `Element.prototype.getAttribute.call(element, name)`
    #[wasm_bindgen(js_namespace = ["Element", "prototype", "getAttribute"], js_name = call)]
    pub(crate) fn attribute(element: &JsValue, name: &str) -> Option<String>;

    /// `HTMLFormElement.prototype.reset.call(form)`
    #[wasm_bindgen(js_namespace = ["HTMLFormElement", "prototype", "reset"], js_name = call)]
    pub(crate) fn reset(form: &HtmlFormElement);
}

/// The window; this half runs nowhere else.
pub(crate) fn window() -> Window {
    web_sys::window().expect("Formwork's browser half runs in a window")
}

/// The entry list that a native submission with this button would send.
pub(crate) fn entry_list(form: &HtmlFormElement, submitter: &JsValue) -> Option<FormData> {
    let constructor: Function =
        Reflect::get(&js_sys::global(), &"FormData".into()).ok()?.dyn_into().ok()?;
    let arguments =
        if submitter.is_falsy() { Array::of1(form) } else { Array::of2(form, submitter) };
    Reflect::construct(&constructor, &arguments).ok()?.dyn_into().ok()
}
