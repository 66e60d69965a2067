//! The browser's half of a submission: from the submit event to the last line of the stream.

mod answer;
mod connection;
mod console;
mod event;
mod filled;
mod leave;
mod queue;
pub(crate) mod stream;
mod upload;

use std::{cell::Cell, rc::Rc};

use formwork_core::{Entries, Observer, wire};
use web_sys::{FormData, HtmlFormElement};

use crate::{
    dom::{self, window},
    navigate, page, query,
};

pub(crate) use event::{Effective, to_take_over};
pub use event::{note_click, on_submit};
pub(crate) use filled::focus_first_invalid;
pub use filled::{Filled, was_typed_in, with_field};
pub use leave::load_new_build;
pub(crate) use leave::{by_router, sent_and_left};
pub(crate) use queue::enqueue;
pub use upload::allow_files;

/// A submission on its way.
#[derive(Clone)]
pub struct Job {
    pub(crate) url: String,
    /// How often the visitor had been led elsewhere when it was sent.
    pub(crate) led: u64,
    pub(crate) body: FormData,
    /// It has files: it is sent as `multipart/form-data`.
    pub(crate) multipart: bool,
    /// The form that it was sent from.
    pub(crate) form: Option<HtmlFormElement>,
    /// If a success resets the form: what was typed in it when it was sent.
    pub(crate) reset: Option<String>,
    /// Whether what it changes on screen is animated.
    pub(crate) animated: bool,
    /// Of which page, action, and form of it: what an order is about.
    pub(crate) name: String,
    /// Tells the layers apart that submissions lay over values.
    pub(crate) id: u64,
    /// Whether its outcome is known.
    pub(crate) answered: Rc<Cell<bool>>,
    /// Whether the visitor broke it off.
    pub(crate) cancelled: Rc<Cell<bool>>,
    pub(crate) observer: Rc<dyn Observer>,
}

impl Job {
    /// What is sent from here and now; its form, if it has one, is added.
    pub(crate) fn new(
        action: &str,
        form: &str,
        body: FormData,
        observer: Rc<dyn Observer>,
    ) -> Self {
        let url = page_url();
        Job {
            name: format!("{} {action}@{form}", page::path_of(&url)),
            url,
            led: navigate::led(),
            multipart: !dom::files(&body).is_empty(),
            form: None,
            reset: None,
            animated: false,
            id: query::tick(),
            answered: Rc::default(),
            cancelled: Rc::default(),
            observer,
            body,
        }
    }

    /// Whether the visitor still is where it was sent. The address bar follows the router late: of two
    /// answers that lead to another page, the second finds that the first has led there.
    pub(crate) fn is_from_here(&self) -> bool {
        page_url() == self.url && navigate::led() == self.led
    }

    /// Whether its page is: one that differs in its query string only is the same.
    pub(crate) fn is_on_screen(&self) -> bool {
        page::path_of(&self.url) == page::path_of(&page::shown())
    }

    /// Whether its page still has somebody who can be told what becomes of it. Otherwise it is kept for when
    /// that page comes back.
    pub(crate) fn is_awaited(&self) -> bool {
        self.is_on_screen() && self.observer.is_there()
    }
}

/// Sends what a form would send, from an event handler rather than from a `<form>`.
pub fn dispatch(values: &Entries, observer: Rc<dyn Observer>) {
    let Ok(body) = FormData::new() else { return };
    let append = |name: &str, value: &str| {
        let _ = body.append_with_str(name, value);
    };
    for (name, value) in values.iter() {
        append(name, value);
    }
    let name = |name| values.last(name).unwrap_or_default();
    queue::enqueue(Job::new(name(wire::ACTION), name(wire::FORM), body, observer));
}

/// Does something in a later task, when what this one has set going is done.
pub fn later(something: impl FnOnce() + 'static) {
    wasm_bindgen_futures::spawn_local(async {
        stream::next_task().await;
        something();
    });
}

/// A random submission id: 128 bits in hexadecimal.
pub fn submission_id() -> String {
    // `Math.random` is not meant for secrets, and the id is none: it only must not repeat.
    (0..4).map(|_| format!("{:08x}", (js_sys::Math::random() * 4_294_967_296.0) as u32)).collect()
}

/// The page's own address, as a form without an `action` posts to it.
pub(crate) fn page_url() -> String {
    let location = window().location();
    let part = |part: Result<String, _>| part.unwrap_or_default();
    format!("{}{}", part(location.pathname()), part(location.search()))
}
