//! What a control is known by to whoever looks at it: its accessible name (W3C, "Accessible Name and
//! Description Computation", as far as forms need it).

use scraper::{ElementRef, Html};

use super::text::{squeezed, text};

/// The name of a control, a button or a link; empty if it has none.
pub(super) fn of(document: &Html, element: ElementRef<'_>) -> String {
    let attribute = |name| element.attr(name).map(squeezed).filter(|text| !text.is_empty());
    let content = || Some(text(element)).filter(|text| !text.is_empty());
    let own = || match (element.value().name(), element.attr("type")) {
        ("button" | "a", _) => content().or_else(|| image_in(element)),
        ("input", Some("submit")) => attribute("value").or_else(|| Some("Submit".to_owned())),
        ("input", Some("reset")) => attribute("value").or_else(|| Some("Reset".to_owned())),
        ("input", Some("button")) => attribute("value"),
        ("input", Some("image")) => attribute("alt").or_else(|| Some("Submit".to_owned())),
        _ => labels(document, element),
    };
    referred(document, element, "aria-labelledby")
        .or_else(|| attribute("aria-label"))
        .or_else(own)
        .or_else(|| attribute("title"))
        .or_else(|| attribute("placeholder"))
        .unwrap_or_default()
}

/// The name of the group that a radio button or a checkbox stands in: its legend.
pub(super) fn of_group(document: &Html, group: ElementRef<'_>) -> String {
    let legend = || {
        let legend = group.child_elements().find(|child| child.value().name() == "legend");
        legend.map(text)
    };
    referred(document, group, "aria-labelledby")
        .or_else(|| group.attr("aria-label").map(squeezed))
        .or_else(legend)
        .unwrap_or_default()
}

/// The group that a control stands in.
pub(super) fn group(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    element.ancestors().filter_map(ElementRef::wrap).find(|ancestor| {
        let role = ancestor.attr("role");
        ancestor.value().name() == "fieldset" || matches!(role, Some("group" | "radiogroup"))
    })
}

/// The texts of the elements that an attribute names by their ids.
pub(super) fn referred(
    document: &Html,
    element: ElementRef<'_>,
    attribute: &str,
) -> Option<String> {
    let ids = element.attr(attribute)?.split_ascii_whitespace();
    let texts: Vec<String> = ids.filter_map(|id| by_id(document, id)).map(text).collect();
    Some(texts.join(" ")).filter(|text| !text.is_empty())
}

pub(super) fn by_id<'a>(document: &'a Html, id: &str) -> Option<ElementRef<'a>> {
    document.root_element().descendent_elements().find(|element| element.attr("id") == Some(id))
}

/// Those labels that name it by its id, and the one around it.
fn labels(document: &Html, control: ElementRef<'_>) -> Option<String> {
    let is_label = |element: &ElementRef<'_>| element.value().name() == "label";
    let id = control.attr("id").filter(|id| !id.is_empty());
    let naming = document.root_element().descendent_elements().filter(is_label);
    let naming = naming.filter(|label| id.is_some() && label.attr("for") == id);
    let around = control.ancestors().filter_map(ElementRef::wrap).find(is_label);
    let around = around.filter(|label| label.attr("for").is_none());
    let texts: Vec<String> = naming.chain(around).map(text).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

fn image_in(element: ElementRef<'_>) -> Option<String> {
    element.descendent_elements().find_map(|inner| inner.attr("aria-label").map(squeezed))
}
