//! A form as it is filled in: what it would send, and where the focus belongs.

use formwork_core::{Arrived, Entries, FieldSpec, Upload, has_files, spec_of};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, FocusEvent, FormData, HtmlElement, HtmlFormElement};

use super::stream;
use crate::dom;

/// A form of the document and its entry list.
pub struct Filled<'a> {
    pub(crate) form: &'a HtmlFormElement,
    pub(crate) body: &'a FormData,
}

impl Filled<'_> {
    /// The last value of this name.
    pub fn last(&self, name: &str) -> Option<String> {
        let all = self.body.get_all(name);
        all.get(all.length().checked_sub(1)?).as_string()
    }

    /// Names and values, and what can be said of the files without reading them.
    pub fn entries(&self, fields: &'static [FieldSpec]) -> Entries {
        let mut entries: Entries = dom::pairs(self.body).into_iter().collect();
        if !has_files(fields) {
            return entries;
        }
        for (name, file) in dom::files(self.body) {
            let before = || entries.files().iter().filter(|(other, _)| *other == name);
            let taken = before().filter(|(_, file)| file.refused.is_none());
            let bytes_before = taken.map(|(_, file)| file.upload.size()).sum();
            let (size, mut kind, file_name) = (file.size() as u64, file.type_(), file.name());
            if kind.is_empty() {
                // As the browser sends it (HTML standard, multipart/form-data encoding).
                "application/octet-stream".clone_into(&mut kind);
            }
            let refused = spec_of(fields, &name).and_then(|FieldSpec { constraints, .. }| {
                let another = constraints.refuses_another(before().count());
                let too_large = || constraints.refuses_size(size, bytes_before);
                another.or_else(too_large).or_else(|| constraints.refuses_type(&kind, &file_name))
            });
            let upload = Upload::new(&file_name, kind, size, None);
            entries.push_file(name, Arrived { upload, refused });
        }
        entries
    }

    /// What the visitor has entered, as one text: to be compared.
    pub fn typed(&self) -> String {
        dom::typed_in(self.form)
    }

    /// Puts the focus on the first control with an issue, once the issues are shown.
    pub fn focus_first_invalid(&self) {
        focus_first_invalid(self.form);
    }

    /// Puts the focus on the first control of a row, once it is shown; else on the element with
    /// this id.
    pub fn focus_row(&self, row: &str, id: &str) {
        let (form, id) = (self.form.clone(), id.to_owned());
        let within = format!("[name^=\"{row}.\"]:not([type=hidden])");
        spawn_local(async move {
            stream::next_task().await;
            let by_id = || dom::window().document()?.get_element_by_id(&id);
            let found = dom::find(&form, &within).or_else(by_id);
            focus(found);
        });
    }
}

/// See [`Filled::focus_first_invalid`].
pub(crate) fn focus_first_invalid(form: &HtmlFormElement) {
    let form = form.clone();
    spawn_local(async move {
        stream::next_task().await;
        // Of radio buttons, their group says it.
        let found = dom::find(
            &form,
            "[aria-invalid=true]:not(fieldset), fieldset[aria-invalid=true] input",
        );
        focus(found);
    });
}

/// Puts the focus on the heading of a form's step, once it is shown; else on its first control.
pub(crate) fn focus_step(form: &HtmlFormElement) {
    let form = form.clone();
    spawn_local(async move {
        stream::next_task().await;
        let control = "input:not([type=hidden]), select, textarea";
        focus(dom::find(&form, "[data-step-heading]").or_else(|| dom::find(&form, control)));
    });
}

fn focus(element: Option<web_sys::Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// The name of the control that an event is about, and its form.
pub fn with_field(event: &Event, then: impl FnOnce(&str, &Filled<'_>)) {
    let form = event.current_target().and_then(|form| form.dyn_into::<HtmlFormElement>().ok());
    let target: JsValue = event.target().into();
    if let Some(form) = form
        && let Some(name) = dom::attribute(&target, "name").filter(|name| !name.is_empty())
        && let Some(body) = dom::entry_list(&form, &JsValue::NULL)
    {
        then(&name, &Filled { form: &form, body: &body });
    }
}

/// Whether a control was left for another one, with another text in it than the document's.
///
/// Not for a button: what is said of the field would move it away from under the pointer before the
/// click. Nor for nothing: that is how some browsers tell of a pressed button.
pub fn was_typed_in(event: &FocusEvent) -> bool {
    let property = |name: &str| {
        let target = event.target()?;
        js_sys::Reflect::get(&target, &name.into()).ok()?.as_string()
    };
    let next = event.related_target().and_then(|next| next.dyn_into::<web_sys::Element>().ok());
    let to_control = next.is_some_and(|next| {
        let name = next.tag_name();
        !name.eq_ignore_ascii_case("button")
            && !matches!(
                dom::attribute(&next, "type").as_deref(),
                Some("submit" | "image" | "button")
            )
    });
    to_control && property("defaultValue").is_some_and(|before| property("value") != Some(before))
}
