//! What a visitor has changed in a form: its controls, compared with what they began with.

use js_sys::Reflect;
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

/// Puts every control back to what it began with.
pub fn reset(form: &HtmlFormElement) {
    dom::reset(form);
}

/// Whether a control holds something else than what it began with.
pub(crate) fn is_control_touched(control: &Element, kind: &str) -> bool {
    let property = |of: &Element, name: &str| Reflect::get(of, &name.into()).unwrap_or_default();
    let differ = |of: &Element, a: &str, b: &str| property(of, a) != property(of, b);
    match kind {
        "hidden" => false,
        "checkbox" | "radio" => differ(control, "checked", "defaultChecked"),
        _ if control.tag_name().eq_ignore_ascii_case("select") => {
            let options = dom::find_all(control, "option");
            let chosen = options.iter().any(|option| option.has_attribute("selected"));
            // Without a choice of the document's own the first is chosen.
            options.iter().enumerate().any(|(at, option)| {
                let by_default = if chosen { option.has_attribute("selected") } else { at == 0 };
                property(option, "selected").is_truthy() != by_default
            })
        }
        _ => differ(control, "value", "defaultValue"),
    }
}
