//! A document as a visitor works with it: forms, controls and links by what they are known by.

mod control;
mod name;
pub(crate) mod text;

use std::ops::Range;

use formwork_core::{PageData, wire};
use scraper::{ElementRef, Html, Selector};

pub(crate) use control::{Control, File, Kind};
use text::For;

/// The forms, controls and links of a document, in its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) forms: Vec<Form>,
    pub(crate) controls: Vec<Control>,
    pub(crate) links: Vec<Link>,
}

/// Where a form is sent, and how.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pub(crate) action: Option<String>,
    pub(crate) method: Option<String>,
    pub(crate) enctype: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Link {
    /// Its place among all elements.
    pub(crate) at: usize,
    pub(crate) name: String,
    pub(crate) href: String,
}

impl Document {
    pub(crate) fn read(html: &str) -> Self {
        let document = Html::parse_document(html);
        let all: Vec<ElementRef<'_>> = document.root_element().descendent_elements().collect();
        let named = |name: &'static str| {
            all.iter().enumerate().filter(move |(_, element)| element.value().name() == name)
        };
        let forms: Vec<ElementRef<'_>> = named("form").map(|(_, form)| *form).collect();
        let controls = all.iter().enumerate().filter_map(|(at, element)| {
            let owner = owner(&document, *element);
            let form = owner.and_then(|owner| forms.iter().position(|form| *form == owner));
            Control::read(&document, *element, at, form)
        });
        let links = named("a").filter(|(_, link)| is_seen(**link)).filter_map(|(at, link)| {
            let href = link.attr("href")?.to_owned();
            Some(Link { at, name: name::of(&document, *link), href })
        });
        let title = named("title").next().map(|(_, title)| title.text().collect::<String>());
        Document {
            title: text::squeezed(&title.unwrap_or_default()),
            controls: controls.collect(),
            links: links.collect(),
            forms: forms.iter().map(|form| Form::read(*form)).collect(),
        }
    }
}

impl Form {
    fn read(form: ElementRef<'_>) -> Self {
        let attribute = |name| form.attr(name).map(str::to_owned);
        Form {
            action: attribute("action"),
            method: attribute("method"),
            enctype: attribute("enctype"),
        }
    }
}

/// The form that a control belongs to (HTML standard, §4.10.17.3).
fn owner<'a>(document: &'a Html, element: ElementRef<'a>) -> Option<ElementRef<'a>> {
    let is_form = |element: &ElementRef<'_>| element.value().name() == "form";
    match element.attr("form") {
        Some(id) => name::by_id(document, id).filter(is_form),
        None => element.ancestors().filter_map(ElementRef::wrap).find(is_form),
    }
}

/// Whether it is on screen, as far as the document says.
fn is_seen(element: ElementRef<'_>) -> bool {
    let mut ancestors = element.ancestors().filter_map(ElementRef::wrap);
    !text::is_unseen(element.value()) && !ancestors.any(|around| text::is_unseen(around.value()))
}

/// The places that an element and all in it have among all elements; `None` if none is like this.
pub(crate) fn range(html: &str, selector: &str) -> Result<Option<Range<usize>>, String> {
    let selector = parsed(selector)?;
    let document = Html::parse_document(html);
    let mut all = document.root_element().descendent_elements().enumerate();
    let found = all.find(|(_, element)| selector.matches(element));
    Ok(found.map(|(at, element)| at..at + element.descendent_elements().count()))
}

/// The texts of all elements like this, of those at these places.
pub(crate) fn texts(
    html: &str,
    selector: &str,
    within: Option<&Range<usize>>,
) -> Result<Vec<String>, String> {
    let selector = parsed(selector)?;
    let document = Html::parse_document(html);
    let all = document.root_element().descendent_elements().enumerate();
    let all = all.filter(|(at, _)| within.is_none_or(|within| within.contains(at)));
    let like_this = all.filter(|(_, element)| selector.matches(element));
    Ok(like_this.map(|(_, element)| text::text(element)).collect())
}

/// The text of the document, or of the element at these places.
pub(crate) fn lines(html: &str, within: Option<&Range<usize>>, for_: For) -> Vec<String> {
    let document = Html::parse_document(html);
    let mut all = document.root_element().descendent_elements();
    let element = all.nth(within.map_or(0, |within| within.start));
    element.map(|element| text::lines(element, for_)).unwrap_or_default()
}

/// What the document says of itself at its end.
pub(crate) fn data(html: &str) -> Option<PageData> {
    let block = parsed(&format!("script#{}", wire::DATA_BLOCK)).ok()?;
    let document = Html::parse_document(html);
    let text: String = document.select(&block).next()?.text().collect();
    serde_json::from_str(&text).ok()
}

fn parsed(selector: &str) -> Result<Selector, String> {
    Selector::parse(selector).map_err(|error| format!("{selector:?} is no CSS selector: {error}"))
}
