//! What pressing a button sends, and what becomes of it in each way.

mod encode;
mod enhanced;
mod older;
pub(crate) mod stream;
mod twice;

use formwork_core::wire;
use url::Url;

pub(crate) use encode::{Encoded, Value, encode};

use crate::{
    Page,
    html::{Control, Form, Kind},
    way::Kind as Way,
};

/// A form on its way: the entry list of the HTML standard (§4.10.22.4), and where it goes.
#[derive(Clone)]
pub(crate) struct Submission {
    /// From which page.
    pub(crate) page: Page,
    /// The label of the pressed button.
    pub(crate) button: String,
    pub(crate) entries: Vec<(String, Value)>,
    /// The form among those of the page.
    form: usize,
    to: Url,
    /// Whether the document says where it goes.
    is_addressed: bool,
    is_get: bool,
    is_multipart: bool,
}

impl Submission {
    /// Of the form that the button belongs to.
    #[track_caller]
    pub(crate) fn new(page: Page, button: usize) -> Self {
        let pressed = &page.document.controls[button];
        let form = pressed.form.expect("a button that sends has a form");
        let Form { action, method, enctype } = &page.document.forms[form];
        let own = &pressed.instead;
        let said = |own: &Option<String>, forms: &Option<String>| {
            own.as_ref().or(forms.as_ref()).map(|value| value.to_ascii_lowercase())
        };
        let method = said(&own.method, method);
        let action = own.action.as_ref().or(action.as_ref()).filter(|action| !action.is_empty());
        let is_addressed = action.is_some();
        let to = action.map_or_else(|| Ok(page.url.clone()), |action| page.url.join(action));
        let to = to.unwrap_or_else(|error| panic!("the form is sent nowhere: {error}"));
        assert!(
            to.origin() == page.url.origin(),
            "the button {:?} sends its form to another site: {to}",
            pressed.label
        );
        Submission {
            button: pressed.label.clone(),
            entries: entries(&page, form, button),
            form,
            to,
            is_addressed,
            is_get: method.as_deref() != Some("post"),
            is_multipart: said(&own.enctype, enctype).as_deref() == Some("multipart/form-data"),
            page,
        }
    }

    /// The page that comes of it.
    pub(crate) async fn send(self) -> Page {
        if self.is_get {
            return self.search().await;
        }
        match self.page.visitor.way.kind() {
            _ if !self.runs_an_action() => self.native().await,
            Way::Native => self.native().await,
            Way::Enhanced => enhanced::send(self).await,
            Way::Twice => twice::send(self).await,
            Way::FromAnOlderBuild => older::send(self).await,
        }
    }

    /// As a browser without JavaScript.
    async fn native(self) -> Page {
        let (visitor, body) = (self.page.visitor.clone(), self.body());
        let answer = visitor.post(&self.page.url, &self.to, &body).await;
        visitor.land(answer).await
    }

    /// A form with `method="get"`: its fields are the address.
    async fn search(self) -> Page {
        let mut to = self.to.clone();
        to.set_query(Some(&encode::urlencoded(&self.entries)));
        to.set_fragment(None);
        self.page.visitor.get(to, |_| {}).await
    }

    /// Whether it is Formwork's, and more than a change of its rows or a step back, which each gear has
    /// its own means for.
    fn runs_an_action(&self) -> bool {
        self.has(wire::ACTION) && !self.has(wire::ROWS) && !self.has(wire::STEP)
    }

    fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(entry, _)| entry == name)
    }

    fn body(&self) -> Encoded {
        encode(&self.entries, self.is_multipart)
    }

    /// The last value of this name.
    fn last(&self, name: &str) -> Option<&str> {
        let of_name = self.entries.iter().rev().find(|(entry, _)| entry == name);
        of_name.and_then(|(_, value)| value.as_text())
    }
}

fn entries(page: &Page, form: usize, button: usize) -> Vec<(String, Value)> {
    let controls = page.document.controls.iter().enumerate();
    let of_form = controls.filter(|(at, control)| {
        let is_sent = !control.is_button() || *at == button;
        control.form == Some(form) && is_sent && !control.is_disabled && !control.name.is_empty()
    });
    of_form.flat_map(|(_, control)| added_by(control)).collect()
}

/// What a control adds to the entry list.
fn added_by(control: &Control) -> Vec<(String, Value)> {
    let values: Vec<Value> = match control.kind {
        Kind::Checkbox | Kind::Radio if !control.is_checked => Vec::new(),
        Kind::Select { .. } => {
            let chosen = control.choices.iter();
            let chosen = chosen.filter(|choice| choice.is_chosen && !choice.is_disabled);
            chosen.map(|choice| Value::Text(choice.value.clone())).collect()
        }
        // A field for files that is empty sends one without a name and without content.
        Kind::File { .. } if control.files.is_empty() => vec![Value::File(crate::html::File {
            name: String::new(),
            content_type: "application/octet-stream".to_owned(),
            bytes: Vec::new().into(),
        })],
        Kind::File { .. } => control.files.iter().cloned().map(Value::File).collect(),
        _ => vec![Value::Text(control.value.clone())],
    };
    values.into_iter().map(|value| (control.name.clone(), value)).collect()
}
