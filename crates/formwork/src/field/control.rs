//! A field on the page, whatever its type: name, id, value, issues, and the attributes of controls.

use formwork_core::{Constraints, FieldSpec, Limit};
use leptos::prelude::*;

use super::{
    FieldScope, Name,
    attributes::{ControlAttributes, Written},
};

/// What a [`Field`](super::Field) is without its type, so that this code is in a client once.
#[derive(Clone, Copy)]
pub(crate) struct Control {
    pub(super) scope: FieldScope,
    pub(super) spec: &'static FieldSpec,
    pub(super) name: Name,
    pub(super) hinted: bool,
}

/// What an element takes of a field.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Element {
    Input,
    Textarea,
    Select,
}

impl Control {
    pub(crate) fn name(self) -> String {
        self.name.get()
    }

    pub(crate) fn id(self) -> String {
        self.scope.scope.id_of(&self.name())
    }

    pub(crate) fn issues_id(self) -> String {
        format!("{}-error", self.id())
    }

    pub(crate) fn hint_id(self) -> String {
        format!("{}-hint", self.id())
    }

    pub(crate) fn issues(self) -> Vec<String> {
        self.scope.scope.issues_at(&self.name())
    }

    pub(crate) fn is_invalid(self) -> bool {
        self.scope.scope.has_issue(&self.name())
    }

    /// What is to be shown in it: what the visitor had entered, else what it began with.
    pub(super) fn values(self) -> Option<Vec<String>> {
        let name = self.name();
        if self.spec.secret {
            return None;
        }
        let typed = self.scope.scope.kept(&name);
        typed.or_else(|| {
            let initial = self.scope.initial?.try_get_value()?;
            Some(initial.iter().filter(|(n, _)| *n == name).map(|(_, v)| v.to_owned()).collect())
        })
    }

    pub(super) fn refused(self) -> Option<Vec<String>> {
        self.scope.scope.refused(&self.name())
    }

    pub(super) fn value(self) -> Option<String> {
        self.values().map(|mut values| values.pop().unwrap_or_default())
    }

    /// One checkbox: on, or not there.
    pub(super) fn checkbox(self) -> ControlAttributes {
        self.tick("checkbox", "on", self.id(), true, |values| {
            let last = values.and_then(|mut values| values.pop()).unwrap_or_default();
            !matches!(last.as_str(), "" | "off" | "false" | "0")
        })
    }

    pub(super) fn attributes(self, element: Element, initial: String) -> ControlAttributes {
        if element == Element::Input && self.spec.constraints.input_type == "checkbox" {
            return self.checkbox();
        }
        ControlAttributes::new(move |written| {
            let Constraints { input_type, multiple, .. } = self.spec.constraints;
            if element == Element::Input {
                written.set_if("type", input_type);
            }
            self.identify(written, self.id());
            self.constrain(written, element);
            let file = self.spec.constraints.is_file();
            written.flag("multiple", (element == Element::Select || file) && multiple);
            let value = || self.value().unwrap_or_else(|| initial.clone());
            match element {
                Element::Input if self.spec.secret || self.spec.constraints.is_file() => {}
                // An empty colour is none, which browsers complain of.
                Element::Input if input_type == "color" => {
                    written.maybe("value", Some(value()).filter(|value| !value.is_empty()));
                }
                Element::Input => written.set("value", value()),
                Element::Textarea => written.text(value()),
                Element::Select => {}
            }
            self.explain(written);
        })
    }

    /// A checkbox or radio button with this value. `id`: with a suffix where there are several; `first`:
    /// whether it is the first of them.
    pub(super) fn tick(
        self,
        input_type: &'static str,
        value: &'static str,
        id: String,
        first: bool,
        is_on: impl Fn(Option<Vec<String>>) -> bool + Send + Sync + 'static,
    ) -> ControlAttributes {
        ControlAttributes::new(move |written| {
            written.set("type", input_type);
            self.identify(written, id.clone());
            written.set("value", value);
            written.flag("checked", is_on(self.values()));
            written.flag("required", input_type != "checkbox" && self.is_required());
            if id == self.id() {
                self.explain(written);
                return;
            }
            // Of several, their group describes them; that radio buttons are invalid it says as well.
            if input_type == "checkbox" {
                self.say_invalid(written);
            }
            written.flag("autofocus", first && self.goes_on());
        })
    }

    /// The attributes of the `<fieldset>` around several controls of this name, or around a struct.
    pub(super) fn group(self) -> ControlAttributes {
        ControlAttributes::new(move |written| {
            written.set("id", self.id());
            // What leads to its issues takes the focus there.
            written.set("tabindex", "-1");
            let one = !self.spec.constraints.multiple;
            if one {
                written.set("role", "radiogroup");
                self.say_invalid(written);
            }
            self.describe(written);
        })
    }

    fn identify(self, written: &mut Written, id: String) {
        written.set("name", self.name());
        written.set("id", id);
    }

    fn is_required(self) -> bool {
        self.spec.constraints.required && !self.scope.optional
    }

    /// What a browser checks by itself before it sends the form.
    fn constrain(self, written: &mut Written, element: Element) {
        let constraints = &self.spec.constraints;
        let text = matches!(
            constraints.input_type,
            "text" | "search" | "tel" | "email" | "url" | "password"
        );
        let of_input = element == Element::Input;
        let ordered = matches!(
            constraints.input_type,
            "number" | "range" | "date" | "month" | "time" | "datetime-local"
        );
        let slider = matches!(constraints.input_type, "range" | "color" | "hidden");
        written.flag("required", self.is_required() && !(of_input && slider));
        // An input of these types drops the spaces around its value before it counts; a text area doesn't.
        let trimmed = !of_input && matches!(constraints.input_type, "email" | "url");
        if element != Element::Select && (text || element == Element::Textarea) && !trimmed {
            limit(written, "minlength", constraints.min_length);
            limit(written, "maxlength", constraints.max_length);
        }
        if of_input && text {
            written.set_if("pattern", constraints.pattern);
        }
        if of_input && ordered {
            limit(written, "min", constraints.min);
            limit(written, "max", constraints.max);
            written.set_if("step", constraints.step);
        }
        if element != Element::Select {
            written.set_if("inputmode", constraints.inputmode);
        }
        written.set_if("autocomplete", constraints.autocomplete);
        written.set_if("accept", constraints.accept);
    }

    /// What assistive technology is told.
    fn explain(self, written: &mut Written) {
        self.say_invalid(written);
        self.describe(written);
        written.flag("autofocus", self.goes_on());
    }

    fn say_invalid(self, written: &mut Written) {
        written.maybe("aria-invalid", self.is_invalid().then(|| "true".to_owned()));
    }

    /// Without scripts, the browser puts the focus where there is something to mend.
    fn goes_on(self) -> bool {
        self.scope.scope.goes_on_at(&self.name())
    }

    fn describe(self, written: &mut Written) {
        let hint = self.hinted.then(|| self.hint_id());
        let issues = self.is_invalid().then(|| self.issues_id());
        let by: Vec<String> = hint.into_iter().chain(issues).collect();
        written.maybe("aria-describedby", (!by.is_empty()).then(|| by.join(" ")));
    }
}

fn limit(written: &mut Written, name: &'static str, limit: Limit) {
    match limit {
        Limit::None => {}
        Limit::Is(value) => written.set(name, value),
        Limit::Of(value) => written.set(name, value()),
    }
}
