//! What is typed in the forms of a page, kept across a document that the framework itself loads: the
//! one that answers a stale submission, or that brings a new build.
//!
//! Secrets and files are not kept. The rest stands in the session storage of the tab until the next
//! document takes it out.

use std::cell::RefCell;

use formwork_core::{Entries, is_named_secret, wire};
use js_sys::Reflect;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlFormElement};

use crate::{
    build::storage,
    dom::{self, document, now},
    submit::page_url,
};

/// Where they are kept.
const KEPT: &str = "formwork-drafts";
/// How long a document may take to come; what is older was meant for one that never came.
const PATIENCE: f64 = 5.0 * 60_000.0;

/// The page, the moment, and what is typed in each form.
type Kept = (String, f64, Vec<Typed>);
/// The action's id, which of several forms, and names and values.
type Typed = (String, String, Vec<(String, String)>);

thread_local! {
    static DRAFTS: RefCell<Vec<(String, String, Entries)>> = RefCell::default();
}

/// Keeps what is typed in all forms but this one, for the next document of this page.
pub(crate) fn keep(except: Option<&HtmlFormElement>) {
    let Ok(forms) = document().query_selector_all("form[method=post]") else { return };
    let forms = (0..forms.length()).filter_map(|at| forms.get(at)?.dyn_into().ok());
    let typed: Vec<Typed> =
        forms.filter(|form| Some(form) != except).filter_map(|form| typed_in(&form)).collect();
    let kept: Kept = (page_url(), now(), typed);
    if let (false, Some(storage), Ok(text)) =
        (kept.2.is_empty(), storage(), serde_json::to_string(&kept))
    {
        // A storage that is full keeps nothing; the page is loaded in any case.
        let _ = storage.set_item(KEPT, &text);
    }
}

/// Loads this page as a document, of the server's build, with what is typed in it.
pub fn load_new_build() {
    keep(None);
    let _ = dom::window().location().reload();
}

/// Takes out what was kept for this document.
pub(crate) fn start() {
    let Some(storage) = storage() else { return };
    let Some(text) = storage.get_item(KEPT).ok().flatten() else { return };
    let _ = storage.remove_item(KEPT);
    let Ok((url, at, typed)) = serde_json::from_str::<Kept>(&text) else { return };
    if url == page_url() && now() - at < PATIENCE {
        let draft = |(action, form, entries): Typed| (action, form, entries.into_iter().collect());
        DRAFTS.set(typed.into_iter().map(draft).collect());
    }
}

/// What was typed on this page before its document was loaded anew: for each form its action's id, which
/// of several forms it is, and what its controls held.
pub fn take_drafts() -> Vec<(String, String, Entries)> {
    DRAFTS.take()
}

/// What a form would send, if something in it is not as it came.
fn typed_in(form: &HtmlFormElement) -> Option<Typed> {
    let controls = dom::find_all(form, "input, textarea, select");
    let mut secrets = Vec::new();
    let mut touched = false;
    for control in &controls {
        let kind = dom::attribute(control, "type").unwrap_or_default();
        if matches!(kind.as_str(), "password" | "file") {
            secrets.extend(dom::attribute(control, "name"));
        } else if kind != "hidden" {
            touched |= is_touched(control, &kind);
        }
    }
    if !touched {
        return None;
    }
    let all = dom::pairs(&dom::entry_list(form, &wasm_bindgen::JsValue::NULL)?);
    let last = |name: &str| {
        let found = all.iter().rev().find(|(n, _)| n == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let (action, key) = (last(wire::ACTION), last(wire::FORM));
    let said = last(wire::SECRETS);
    let is_secret = |name: &str| is_named_secret(&said, name) || secrets.iter().any(|s| s == name);
    let is_kept = |name: &str| !wire::is_reserved(name) && !is_secret(name);
    let typed = all.into_iter().filter(|(name, _)| is_kept(name)).collect();
    (!action.is_empty()).then_some((action, key, typed))
}

/// Whether a control holds something else than the document gave it.
fn is_touched(control: &Element, kind: &str) -> bool {
    let property = |of: &Element, name: &str| Reflect::get(of, &name.into()).unwrap_or_default();
    let differ = |of: &Element, a: &str, b: &str| property(of, a) != property(of, b);
    match kind {
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
