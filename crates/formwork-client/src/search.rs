//! Forms with `method="get"`: what they ask for, so that a router can go there.

use formwork_core::Entries;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::{HtmlFormElement, SubmitEvent, Url};

use crate::{
    build,
    dom::{self, window},
    page, query,
    submit::{self, page_url, stream},
    unsent,
};

/// What a form asks for: a page of this application, with what was entered.
pub struct Asked {
    form: HtmlFormElement,
    /// The path of the page.
    pub path: String,
    /// Every field, in order, those that were left empty included.
    pub entries: Entries,
}

/// Takes a submit event over, unless it is meant for the browser: another window, another method, a
/// page that isn't this application's, or one that is to be loaded in a new build.
pub fn on_search(event: &SubmitEvent) -> Option<Asked> {
    let (form, submitter) = submit::to_take_over(event)?;
    let asked = asked(form, &submitter).filter(|_| !build::wants_document())?;
    event.prevent_default();
    Some(asked)
}

/// What a form would ask for now.
pub fn asked_by(form: &HtmlFormElement) -> Option<Asked> {
    asked(form.clone(), &JsValue::NULL)
}

fn asked(form: HtmlFormElement, submitter: &JsValue) -> Option<Asked> {
    let effective = submit::Effective::of(&form, submitter);
    if effective.elsewhere() || !matches!(effective.method.as_str(), "" | "get") {
        return None;
    }
    let path = path(&effective.address)?;
    let entries = dom::entries(&dom::entry_list(&form, submitter)?);
    Some(Asked { form, path, entries })
}

/// The path that an address leads to from here, if it is a page of this application.
fn path(address: &str) -> Option<String> {
    let location = window().location();
    if address.is_empty() {
        return location.pathname().ok();
    }
    let url = Url::new_with_base(address, &location.href().ok()?).ok()?;
    let here = location.origin().is_ok_and(|origin| origin == url.origin());
    Some(url.pathname()).filter(|path| here && page::is_page(path))
}

impl Asked {
    /// Puts the focus on the first control with an issue, once the issues are shown.
    pub fn focus_first_invalid(&self) {
        submit::focus_first_invalid(&self.form);
    }

    /// Whether it asks for another page than the one that the visitor sees.
    pub fn is_elsewhere(&self) -> bool {
        self.path != page::path_of(&page::shown())
    }

    /// Gets ready to go to this address; `false`: the visitor stays, where something was not sent.
    pub fn set_out(&self, address: &str) -> bool {
        if self.is_elsewhere() {
            if !unsent::may_leave() {
                return false;
            }
            // All that the page reads, in one request.
            query::go(address.to_owned());
        }
        true
    }
}

/// Whether the visitor is at this address already.
pub fn is_here(address: &str) -> bool {
    address == page_url()
}

/// Reads everything on screen again.
pub fn read_again() {
    query::refetch(query::keys_on_screen());
}

/// Does something after a while.
pub fn after(time: std::time::Duration, something: impl FnOnce() + 'static) {
    spawn_local(async move {
        stream::wait(time).await;
        something();
    });
}
