//! A page as a visitor without JavaScript has it.

use scraper::{ElementRef, Html, Selector};

/// Names and values, in order.
pub(crate) type Entries = Vec<(String, String)>;

/// What the form of an action would send that holds this text, as the page came; `None` without one.
/// The action has one of these ids, by the build.
pub(crate) fn form(html: &str, ids: &[&str], text: &str) -> Option<Entries> {
    let document = Html::parse_document(html);
    let (forms, controls) = (selector("form[method=post]"), selector("input, select, textarea"));
    let holds = |form: &ElementRef<'_>| {
        form.select(&controls).any(|found| {
            let is = |id: &&str| found.attr("value") == Some(*id);
            found.attr("name") == Some("_action") && ids.iter().any(is)
        })
    };
    let entries =
        |form: ElementRef<'_>| -> Entries { form.select(&controls).filter_map(entry).collect() };
    let mut all = document.select(&forms).filter(holds).map(entries);
    all.find(|form| text.is_empty() || form.iter().any(|(_, value)| value == text))
}

/// Whether the page shows this text anywhere, also as what was typed.
pub(crate) fn shows(html: &str, text: &str) -> bool {
    html.contains(text)
}

/// Whether the page has this to copy: all of a text that has no field any more.
pub(crate) fn has_to_copy(html: &str, value: &str) -> bool {
    let (document, copies) = (Html::parse_document(html), selector("textarea[readonly]"));
    document.select(&copies).any(|copy| copy.text().collect::<String>().trim() == value)
}

/// What the page says in its alerts.
pub(crate) fn alerts(html: &str) -> String {
    let (document, alert) = (Html::parse_document(html), selector("[role=alert]"));
    document.select(&alert).flat_map(|alert| alert.text()).collect::<Vec<_>>().join(" ")
}

fn entry(control: ElementRef<'_>) -> Option<(String, String)> {
    let name = control.attr("name").filter(|name| !name.is_empty())?;
    let value = match (control.value().name(), control.attr("type")) {
        ("input", Some("checkbox" | "radio")) => {
            control.attr("checked")?;
            control.attr("value").unwrap_or("on").to_owned()
        }
        ("input", Some("file")) => return None,
        ("input", _) => control.attr("value").unwrap_or_default().to_owned(),
        ("select", _) => {
            let options = selector("option");
            let chosen = control.select(&options).find(|option| option.attr("selected").is_some());
            let option = chosen.or_else(|| control.select(&options).next())?;
            option.attr("value").unwrap_or_default().to_owned()
        }
        _ => control.text().collect(),
    };
    Some((name.to_owned(), value))
}

fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("a selector of ours")
}
