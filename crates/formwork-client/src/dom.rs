//! The few calls on elements that must not be shadowed by a form's own controls.
//!
//! A form's named controls hide its properties and methods (HTML standard, `[LegacyOverrideBuiltIns]`
//! on `HTMLFormElement`): with `<input name="reset">`, `form.reset` is that input. So methods are
//! taken from their prototypes.

use formwork_core::{Entries, wire};
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use web_sys::{Document, File, FormData, HtmlFormElement, Window};

use crate::unsent;

#[wasm_bindgen]
extern "C" {
    /// `Element.prototype.getAttribute.call(element, name)`
    #[wasm_bindgen(js_namespace = ["Element", "prototype", "getAttribute"], js_name = call)]
    pub(crate) fn attribute(element: &JsValue, name: &str) -> Option<String>;

    /// `Element.prototype.querySelector.call(element, selectors)`
    #[wasm_bindgen(js_namespace = ["Element", "prototype", "querySelector"], js_name = call)]
    pub(crate) fn find(element: &JsValue, selectors: &str) -> Option<web_sys::Element>;

    /// `Element.prototype.querySelectorAll.call(element, selectors)`
    #[wasm_bindgen(js_namespace = ["Element", "prototype", "querySelectorAll"], js_name = call)]
    fn all(element: &JsValue, selectors: &str) -> web_sys::NodeList;

    /// `HTMLFormElement.prototype.reset.call(form)`
    #[wasm_bindgen(js_namespace = ["HTMLFormElement", "prototype", "reset"], js_name = call)]
    pub(crate) fn reset(form: &HtmlFormElement);

    /// `HTMLFormElement.prototype.submit.call(form)`
    #[wasm_bindgen(js_namespace = ["HTMLFormElement", "prototype", "submit"], js_name = call)]
    fn submit(form: &HtmlFormElement);
}

/// Every element like this in another.
pub(crate) fn find_all(within: &JsValue, selectors: &str) -> Vec<web_sys::Element> {
    let list = all(within, selectors);
    (0..list.length()).filter_map(|at| list.get(at)?.dyn_into().ok()).collect()
}

/// What a visitor has typed and chosen in a form, to be compared with what it was before.
pub(crate) fn typed_in(form: &HtmlFormElement) -> String {
    let entries = entry_list(form, &JsValue::NULL);
    let named =
        |(name, file): (String, File)| (name, format!("{} {}", file.name(), file.size() as u64));
    let files = entries.iter().flat_map(files).map(named);
    let pairs = entries.iter().flat_map(pairs);
    pairs
        .chain(files)
        .filter(|(name, _)| !wire::is_reserved(name))
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect()
}

/// Sends entries as a form of the document would, leaving the page. Files can't be sent this way.
pub(crate) fn post_natively(url: &str, entries: &FormData) {
    let Some(document) = window().document() else { return };
    let element = |name: &str| document.create_element(name).ok();
    let (Some(form), Some(body)) = (element("form"), document.body()) else { return };
    let _ = form.set_attribute("method", "post");
    let _ = form.set_attribute("action", url);
    let _ = form.set_attribute("hidden", "");
    for (name, value) in pairs(entries) {
        // A textarea keeps the line breaks that an input would drop.
        let Some(field) = element("textarea") else { return };
        let _ = field.set_attribute("name", &name);
        field.set_text_content(Some(&value));
        let _ = form.append_child(&field);
    }
    let _ = body.append_child(&form);
    unsent::let_go();
    if let Ok(form) = form.dyn_into() {
        submit(&form);
    }
}

/// What a form sends, without files.
pub(crate) fn entries(form: &FormData) -> Entries {
    pairs(form).into_iter().collect()
}

/// Names and values; files are left out.
pub(crate) fn pairs(entries: &FormData) -> Vec<(String, String)> {
    let all = js_sys::try_iter(entries).ok().flatten().into_iter().flatten().flatten();
    all.filter_map(|pair| {
        let pair: Array = pair.dyn_into().ok()?;
        Some((pair.get(0).as_string()?, pair.get(1).as_string()?))
    })
    .collect()
}

/// The forms of the page that post.
pub(crate) fn forms() -> Vec<HtmlFormElement> {
    let Ok(forms) = document().query_selector_all("form[method=post]") else { return Vec::new() };
    (0..forms.length()).filter_map(|at| forms.get(at)?.dyn_into().ok()).collect()
}

/// The last value of this name; empty without one.
pub(crate) fn last(entries: &FormData, name: &str) -> String {
    let all = entries.get_all(name);
    let last = all.length().checked_sub(1).and_then(|at| all.get(at).as_string());
    last.unwrap_or_default()
}

/// Puts files behind everything else, so that the fields which say whose they are come first, wherever in
/// the document their controls stand; and takes away what stands for an input in which no file was chosen:
/// only a multipart body can say it.
pub(crate) fn files_last(entries: &FormData) {
    let all = js_sys::try_iter(entries).ok().flatten().into_iter().flatten().flatten();
    let of_files = all.filter_map(|pair| {
        let pair: Array = pair.dyn_into().ok()?;
        pair.get(1).dyn_ref::<File>()?;
        pair.get(0).as_string()
    });
    let of_files: Vec<String> = of_files.collect();
    let chosen = files(entries);
    for name in &of_files {
        entries.delete(name);
    }
    for (name, file) in chosen {
        let _ = entries.append_with_blob(&name, &file);
    }
}

/// The files of a form; an input without one has a nameless, empty one.
pub(crate) fn files(entries: &FormData) -> Vec<(String, File)> {
    let all = js_sys::try_iter(entries).ok().flatten().into_iter().flatten().flatten();
    all.filter_map(|pair| {
        let pair: Array = pair.dyn_into().ok()?;
        let file: File = pair.get(1).dyn_into().ok()?;
        let chosen = file.size() > 0.0 || !file.name().is_empty();
        Some((pair.get(0).as_string()?, file)).filter(|_| chosen)
    })
    .collect()
}

/// The window; this half runs nowhere else.
pub(crate) fn window() -> Window {
    web_sys::window().expect("Formwork's browser half runs in a window")
}

/// The document in that window.
pub(crate) fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Whether nobody can see the page.
pub(crate) fn is_hidden() -> bool {
    document().hidden()
}

/// Milliseconds, for differences between moments. Whole: a client would carry the code that writes and
/// reads others.
pub(crate) fn now() -> u64 {
    js_sys::Date::now() as u64
}

/// The entry list that a native submission with this button would send.
pub(crate) fn entry_list(form: &HtmlFormElement, submitter: &JsValue) -> Option<FormData> {
    let constructor: Function =
        Reflect::get(&js_sys::global(), &"FormData".into()).ok()?.dyn_into().ok()?;
    let arguments =
        if submitter.is_falsy() { Array::of1(form) } else { Array::of2(form, submitter) };
    Reflect::construct(&constructor, &arguments).ok()?.dyn_into().ok()
}
