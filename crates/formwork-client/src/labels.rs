//! Controls that nobody can name: while an application is developed, the console tells of them.

use std::{cell::RefCell, collections::HashSet};

use formwork_core::wire;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlFormElement, NodeList, console};

use crate::{
    dom::{self, document},
    touched::CONTROLS,
};

thread_local! {
    /// Those that it has told of: a form may come and go.
    static TOLD: RefCell<HashSet<String>> = RefCell::default();
}

/// Warns of each control of a form that has no accessible name: no `<label>`, no `aria-label`, no
/// `aria-labelledby`. `of` says which form it is.
///
/// Only what calls it keeps it out of a client that is released: call it under
/// `cfg!(debug_assertions)`.
pub fn warn_of_unlabelled(form: &HtmlFormElement, of: &str) {
    // A form that has left the page has no labels any more.
    let controls = if form.is_connected() { dom::find_all(form, CONTROLS) } else { Vec::new() };
    for control in controls {
        if !needs_label(&control) || is_labelled(&control) {
            continue;
        }
        let (name, id) = (attribute(&control, "name"), attribute(&control, "id"));
        let tag = control.tag_name().to_ascii_lowercase();
        let shown = if name.is_empty() { &id } else { &name };
        let warning = format!(
            "Formwork: the <{tag}> {shown:?} in the form {of:?} has no label. Add <label for={id:?}>, \
             put it into a <label>, or give it an aria-label or an aria-labelledby."
        );
        if TOLD.with_borrow_mut(|told| told.insert(warning.clone())) {
            console::warn_1(&warning.into());
        }
    }
}

fn needs_label(control: &Element) -> bool {
    let kind = attribute(control, "type").to_ascii_lowercase();
    let is_button = matches!(kind.as_str(), "hidden" | "submit" | "reset" | "button" | "image");
    !is_button && !wire::is_reserved(&attribute(control, "name"))
}

fn is_labelled(control: &Element) -> bool {
    let said = |text: &str| !text.trim().is_empty();
    // A label around a control has the control's own text in it.
    let own = control.text_content().unwrap_or_default();
    let says = |element: &Element| {
        let text = element.text_content().unwrap_or_default();
        said(text.replacen(&own, "", 1).as_str()) || said(&attribute(element, "aria-label"))
    };
    let labels = Reflect::get(control, &"labels".into()).ok();
    let labels = labels.and_then(|labels| labels.dyn_into::<NodeList>().ok());
    let labels = labels.iter().flat_map(|all| (0..all.length()).filter_map(|at| all.get(at)));
    let by = attribute(control, "aria-labelledby");
    let named = by.split_ascii_whitespace().filter_map(|id| document().get_element_by_id(id));
    said(&attribute(control, "aria-label"))
        || labels.filter_map(|label| label.dyn_into().ok()).chain(named).any(|label| says(&label))
}

fn attribute(element: &Element, name: &str) -> String {
    let element: &JsValue = element;
    dom::attribute(element, name).unwrap_or_default()
}
