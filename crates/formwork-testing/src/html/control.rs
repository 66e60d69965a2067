//! A control of a form: what it is, what is in it, and what it adds to what is sent.

use std::sync::Arc;

use scraper::{ElementRef, Html};

use super::{
    Form, is_seen, name,
    text::{squeezed, text},
};

/// What kind of control it is, as far as that matters to who fills it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Hidden,
    Text,
    /// What is typed is not on screen, and does not come back.
    Password,
    Checkbox,
    Radio,
    Select {
        several: bool,
    },
    File {
        several: bool,
    },
    /// It sends its form.
    Submit,
    /// It does nothing without a script.
    Button,
}

/// A control and what is in it now.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    /// Its place among all elements.
    pub(crate) at: usize,
    pub(crate) form: Option<usize>,
    pub(crate) kind: Kind,
    /// What it is sent as.
    pub(crate) name: String,
    /// What it is known by.
    pub(crate) label: String,
    /// What the group that it stands in is known by.
    pub(crate) group: String,
    /// What is typed, or what a choice or a button stands for.
    pub(crate) value: String,
    pub(crate) is_checked: bool,
    pub(crate) choices: Vec<Choice>,
    pub(crate) files: Vec<File>,
    pub(crate) is_disabled: bool,
    pub(crate) is_read_only: bool,
    pub(crate) is_seen: bool,
    /// What is said to be wrong with it.
    pub(crate) issue: String,
    /// Of a button: what it says of its form instead.
    pub(crate) instead: Form,
}

/// An option of a `<select>`.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) label: String,
    pub(crate) value: String,
    pub(crate) is_chosen: bool,
    pub(crate) is_disabled: bool,
}

/// A file that a visitor has chosen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: String,
    pub(crate) bytes: Arc<[u8]>,
}

impl Control {
    pub(super) fn read(
        document: &Html,
        element: ElementRef<'_>,
        at: usize,
        form: Option<usize>,
    ) -> Option<Self> {
        let kind = kind(element)?;
        let attribute = |name| element.attr(name).map(str::to_owned);
        let mut choices: Vec<Choice> = match kind {
            Kind::Select { .. } => options(element).collect(),
            _ => Vec::new(),
        };
        choose_first(kind, &mut choices);
        let in_group = matches!(kind, Kind::Checkbox | Kind::Radio);
        let group = in_group.then(|| name::group(element)).flatten();
        Some(Control {
            at,
            form,
            kind,
            name: attribute("name").unwrap_or_default(),
            label: name::of(document, element),
            group: group.map(|group| name::of_group(document, group)).unwrap_or_default(),
            value: value(kind, element),
            is_checked: element.attr("checked").is_some(),
            choices,
            files: Vec::new(),
            is_disabled: is_disabled(element),
            is_read_only: element.attr("readonly").is_some(),
            is_seen: kind != Kind::Hidden && is_seen(element),
            issue: issue(document, element, group),
            instead: Form {
                action: attribute("formaction"),
                method: attribute("formmethod"),
                enctype: attribute("formenctype"),
            },
        })
    }

    pub(crate) fn is_button(&self) -> bool {
        matches!(self.kind, Kind::Submit | Kind::Button)
    }

    /// Whether it is one of several that stand for one answer.
    pub(crate) fn is_one_of_a_group(&self) -> bool {
        matches!(self.kind, Kind::Checkbox | Kind::Radio)
    }

    /// What a visitor sees in it.
    pub(crate) fn shown(&self) -> String {
        match self.kind {
            Kind::Checkbox | Kind::Radio => if self.is_checked { "yes" } else { "no" }.to_owned(),
            Kind::Select { .. } => {
                let chosen = self.choices.iter().filter(|choice| choice.is_chosen);
                chosen.map(|choice| choice.label.as_str()).collect::<Vec<_>>().join(", ")
            }
            Kind::File { .. } => {
                self.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ")
            }
            _ => self.value.clone(),
        }
    }
}

/// `None` for what is no control, or none whose value is ever sent.
fn kind(element: ElementRef<'_>) -> Option<Kind> {
    let several = element.attr("multiple").is_some();
    let input_type = element.attr("type").unwrap_or_default().to_ascii_lowercase();
    Some(match (element.value().name(), &*input_type) {
        ("textarea", _) => Kind::Text,
        ("select", _) => Kind::Select { several },
        ("button", "button" | "reset") => Kind::Button,
        ("button", _) => Kind::Submit,
        ("input", "hidden") => Kind::Hidden,
        ("input", "password") => Kind::Password,
        ("input", "checkbox") => Kind::Checkbox,
        ("input", "radio") => Kind::Radio,
        ("input", "file") => Kind::File { several },
        ("input", "submit" | "image") => Kind::Submit,
        ("input", "button" | "reset") => Kind::Button,
        ("input", _) => Kind::Text,
        _ => return None,
    })
}

fn value(kind: Kind, element: ElementRef<'_>) -> String {
    let attribute = element.attr("value").map(str::to_owned);
    match (kind, element.value().name()) {
        // The parser has dropped the line break after the start tag.
        (Kind::Text, "textarea") => element.text().collect(),
        (Kind::Checkbox | Kind::Radio, _) => attribute.unwrap_or_else(|| "on".to_owned()),
        _ => attribute.unwrap_or_default(),
    }
}

fn options(select: ElementRef<'_>) -> impl Iterator<Item = Choice> {
    let options = select.descendent_elements().filter(|inner| inner.value().name() == "option");
    options.map(|option| {
        let content = squeezed(&option.text().collect::<String>());
        let around = option.parent().and_then(ElementRef::wrap);
        let in_disabled = around.is_some_and(|group| {
            group.value().name() == "optgroup" && group.attr("disabled").is_some()
        });
        Choice {
            label: option.attr("label").map(squeezed).unwrap_or_else(|| content.clone()),
            value: option.attr("value").map_or(content, str::to_owned),
            is_chosen: option.attr("selected").is_some(),
            is_disabled: in_disabled || option.attr("disabled").is_some(),
        }
    })
}

/// Of several that are said to be chosen the last is, and of none the first (HTML standard, §4.10.7).
fn choose_first(kind: Kind, choices: &mut [Choice]) {
    if kind != (Kind::Select { several: false }) {
        return;
    }
    let said = choices.iter().rposition(|choice| choice.is_chosen);
    let chosen = said.or_else(|| choices.iter().position(|choice| !choice.is_disabled));
    for (at, choice) in choices.iter_mut().enumerate() {
        choice.is_chosen = Some(at) == chosen;
    }
}

/// By itself, or by a fieldset around it, whose first legend is not meant.
fn is_disabled(element: ElementRef<'_>) -> bool {
    let ancestors: Vec<_> = element.ancestors().filter_map(ElementRef::wrap).collect();
    let by_fieldset = ancestors.iter().enumerate().any(|(at, around)| {
        let legend = around.child_elements().find(|child| child.value().name() == "legend");
        let in_legend = at > 0 && legend.is_some_and(|legend| ancestors[at - 1] == legend);
        around.value().name() == "fieldset" && around.attr("disabled").is_some() && !in_legend
    });
    by_fieldset
        || element.attr("disabled").is_some()
        || ancestors.iter().any(|around| around.value().name() == "datalist")
}

/// What it, or the group around it, says is wrong: the elements that describe what is invalid, without
/// hints.
fn issue(document: &Html, element: ElementRef<'_>, group: Option<ElementRef<'_>>) -> String {
    let of = |element: ElementRef<'_>| {
        element.attr("aria-invalid").filter(|invalid| *invalid != "false")?;
        if let Some(said) = name::referred(document, element, "aria-errormessage") {
            return Some(said);
        }
        let ids = element.attr("aria-describedby")?.split_ascii_whitespace();
        let said = ids.filter(|id| !id.ends_with("-hint"));
        let said = said.filter_map(|id| name::by_id(document, id)).map(text);
        Some(said.collect::<Vec<_>>().join(" ")).filter(|said| !said.is_empty())
    };
    of(element).or_else(|| of(group?)).unwrap_or_default()
}
