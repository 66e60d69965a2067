//! What a visitor has changed in a form: its controls, compared with what they began with.

use formwork_core::wire;
use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::{Element, HtmlFormElement};

use crate::dom;

/// What can be changed in a form.
pub(crate) const CONTROLS: &str = "input, textarea, select";

/// Whether some control of a form holds something else than what it began with: what its attributes
/// say, to which a reset returns.
pub fn is_touched(form: &HtmlFormElement) -> bool {
    dom::find_all(form, CONTROLS).iter().any(|control| {
        let kind = dom::attribute(control, "type").unwrap_or_default();
        is_control_touched(control, &kind.to_ascii_lowercase())
    })
}

/// Whether something was entered in a form that is not among these entries.
pub fn holds_other(form: &HtmlFormElement, entries: &[(String, String)]) -> bool {
    let holds = || dom::entry_list(form, &JsValue::NULL).map(|body| dom::pairs(&body));
    let is_other =
        |entry: &(String, String)| !wire::is_reserved(&entry.0) && !entries.contains(entry);
    is_touched(form) && holds().is_some_and(|held| held.iter().any(is_other))
}

/// Puts every control back to what it began with.
pub fn reset(form: &HtmlFormElement) {
    dom::reset(form);
}

/// Whether a control holds something else than what it began with.
pub(crate) fn is_control_touched(control: &Element, kind: &str) -> bool {
    let differ = |a: &str, b: &str| property(control, a) != property(control, b);
    match kind {
        "hidden" => false,
        "checkbox" | "radio" => differ("checked", "defaultChecked"),
        _ if control.tag_name().eq_ignore_ascii_case("select") => is_choice_touched(control),
        // What the document says of it may be no value that it can have: then the browser finds one.
        "range" | "color" => untouched(control)
            .is_some_and(|fresh| property(control, "value") != property(&fresh, "value")),
        _ => differ("value", "defaultValue"),
    }
}

/// Without a choice of the document's own, a list that folds out shows the first that can be chosen, and
/// one that doesn't shows none.
fn is_choice_touched(select: &Element) -> bool {
    let options = dom::find_all(select, "option");
    let chosen = options.iter().any(|option| option.has_attribute("selected"));
    let rows = dom::attribute(select, "size").and_then(|size| size.parse::<u32>().ok());
    let folds_out = !select.has_attribute("multiple") && rows.unwrap_or_default() <= 1;
    let can_be_chosen = |option: &&Element| {
        let of_group = option.parent_element().filter(|of| of.tag_name() == "OPTGROUP");
        !option.has_attribute("disabled") && of_group.is_none_or(|of| !of.has_attribute("disabled"))
    };
    let first = options.iter().find(can_be_chosen).filter(|_| folds_out);
    options.iter().any(|option| {
        let by_default =
            if chosen { option.has_attribute("selected") } else { first == Some(option) };
        property(option, "selected").is_truthy() != by_default
    })
}

/// The same control, as the document brings it.
fn untouched(control: &Element) -> Option<Element> {
    let fresh = dom::document().create_element("input").ok()?;
    for name in ["type", "min", "max", "step", "value"] {
        if let Some(value) = dom::attribute(control, name) {
            fresh.set_attribute(name, &value).ok()?;
        }
    }
    Some(fresh)
}

fn property(of: &Element, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}
