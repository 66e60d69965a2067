//! The attributes of a control, as one value to spread: `<input {..fields.title.input()}/>`.
//!
//! What touches Leptos' attributes is here. One type for all controls, rather than a tuple of
//! Leptos' own: a client with many fields has this code once.

use std::sync::Arc;

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, NamedAttributeKey, NextAttribute},
        renderer::types::Element,
    },
};

/// Attributes of one control; they change with its issues and with what is to be shown in it.
#[derive(Clone)]
pub struct ControlAttributes(Arc<dyn Fn(&mut Written) + Send + Sync>);

/// Names and values; without a value, the attribute is not there.
#[derive(Default)]
pub(super) struct Written(Vec<(&'static str, Option<String>)>);

/// Stands for the text within a `<textarea>`.
const TEXT: &str = "#text";

impl Written {
    pub(super) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.0.push((name, Some(value.into())));
    }

    pub(super) fn set_if(&mut self, name: &'static str, value: &str) {
        if !value.is_empty() {
            self.set(name, value);
        }
    }

    pub(super) fn maybe(&mut self, name: &'static str, value: Option<String>) {
        self.0.push((name, value));
    }

    /// An attribute that is there or not.
    pub(super) fn flag(&mut self, name: &'static str, on: bool) {
        self.0.push((name, on.then(String::new)));
    }

    pub(super) fn text(&mut self, text: String) {
        self.0.push((TEXT, Some(text)));
    }
}

impl ControlAttributes {
    /// `write` is asked again whenever what it read has changed.
    pub(super) fn new(write: impl Fn(&mut Written) + Send + Sync + 'static) -> Self {
        ControlAttributes(Arc::new(write))
    }

    fn written(&self) -> Written {
        let mut written = Written::default();
        (self.0)(&mut written);
        written
    }

    /// Sets what is another value than before. `hydrating`: the document has the first ones.
    fn live(self, element: &Element, hydrating: bool) -> RenderEffect<Written> {
        let element = element.clone();
        RenderEffect::new(move |before: Option<Written>| {
            let now = self.written();
            for (at, (name, value)) in now.0.iter().enumerate() {
                let same = match &before {
                    Some(before) => before.0.get(at).is_some_and(|(_, before)| before == value),
                    None => hydrating,
                };
                match value {
                    _ if same => {}
                    Some(text) if *name == TEXT => element.set_text_content(Some(text)),
                    Some(value) => drop(element.set_attribute(name, value)),
                    None => drop(element.remove_attribute(name)),
                }
            }
            now
        })
    }
}

/// What an element keeps of its attributes.
pub struct ControlState {
    element: Element,
    _live: RenderEffect<Written>,
}

impl Attribute for ControlAttributes {
    const MIN_LENGTH: usize = 0;

    type State = ControlState;
    type AsyncOutput = Self;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        128
    }

    fn to_html(self, html: &mut String, _: &mut String, _: &mut String, inner: &mut String) {
        for (name, value) in self.written().0 {
            let Some(value) = value else { continue };
            if name == TEXT {
                // A line break right after the start tag is dropped by the parser of a document
                // (HTML standard, §13.1.2.5): one in front keeps the visitor's own.
                if !value.is_empty() {
                    inner.push('\n');
                }
                escape(&value, inner);
                continue;
            }
            html.push(' ');
            html.push_str(name);
            if !value.is_empty() || name == "value" {
                html.push_str("=\"");
                escape(&value, html);
                html.push('"');
            }
        }
    }

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element) -> Self::State {
        ControlState { element: element.clone(), _live: self.live(element, FROM_SERVER) }
    }

    fn build(self, element: &Element) -> Self::State {
        ControlState { element: element.clone(), _live: self.live(element, false) }
    }

    fn rebuild(self, state: &mut Self::State) {
        state._live = self.live(&state.element, false);
    }

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn keys(&self) -> Vec<NamedAttributeKey> {
        self.written()
            .0
            .into_iter()
            .map(|(name, _)| NamedAttributeKey::Attribute(name.into()))
            .collect()
    }
}

impl NextAttribute for ControlAttributes {
    type Output<NewAttr: Attribute> = (Self, NewAttr);

    fn add_any_attr<NewAttr: Attribute>(self, attribute: NewAttr) -> Self::Output<NewAttr> {
        (self, attribute)
    }
}

fn escape(text: &str, html: &mut String) {
    for char in text.chars() {
        match char {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
}
