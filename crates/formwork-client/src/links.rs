//! Links within the application: their data is asked for when the visitor is about to follow them.

use std::{cell::RefCell, time::Duration};

use js_sys::Reflect;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AddEventListenerOptions, Element, Event, HtmlAnchorElement, MouseEvent};

use crate::{
    build,
    dom::{self, document, window},
    page, query,
    submit::{page_url, stream},
};

/// How long the pointer rests on a link before it counts: less is passing over it.
const RESTS_FOR: Duration = Duration::from_millis(65);
/// The attribute of a link, or of something around it, that says `off`.
const PREFETCH: &str = "data-prefetch";
/// What a link is to its page.
const REL: &str = "rel";

thread_local! {
    /// The address under the pointer.
    static POINTED_AT: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Asks for a page's data when the pointer rests on a link to it, or the link is touched or focused;
/// and at the latest when it is followed. For an application with a router.
pub(crate) fn follow_links() {
    let listener = Closure::<dyn Fn(Event)>::new(|event: Event| notice(&event));
    let callback = listener.as_ref().unchecked_ref();
    for event in ["click", "mouseover", "touchstart", "focusin"] {
        let options = AddEventListenerOptions::new();
        // It never stops a touch from scrolling.
        options.set_passive(true);
        // A click counts once all on the page have seen it, who may prevent it, and before the router,
        // which listens on the window.
        options.set_capture(event != "click");
        let _ = document().add_event_listener_with_callback_and_add_event_listener_options(
            event, callback, &options,
        );
    }
    // It listens as long as the page lives.
    listener.forget();
    follow_history();
}

/// Asks for a page's data when the visitor goes back or forward to it.
fn follow_history() {
    let listener = Closure::<dyn Fn()>::new(|| {
        let url = page_url();
        if url != page::shown() && page::is_page(page::path_of(&url)) {
            query::go(url);
        }
    });
    let callback = listener.as_ref().unchecked_ref();
    // Before the router: until it acts, what is on screen is of the page that is left.
    let _ = window().add_event_listener_with_callback_and_bool("popstate", callback, true);
    listener.forget();
}

fn notice(event: &Event) {
    let link = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let link = link.and_then(|target| target.closest("a[href]").ok().flatten());
    let kind = event.type_();
    let destination = link.as_ref().and_then(destination);
    if kind == "mouseover" {
        POINTED_AT.set(destination.clone());
    }
    let (Some(url), Some(link)) = (destination, link) else { return };
    if kind == "click" {
        if event.dyn_ref::<MouseEvent>().is_some_and(is_plain) {
            if build::wants_document() {
                leave_to_the_browser(link);
            } else {
                query::go(url);
            }
        }
    } else if !is_off(&link) && !saves_data() {
        spawn_local(async move {
            if kind == "mouseover" {
                stream::wait(RESTS_FOR).await;
                if POINTED_AT.with_borrow(|now| now.as_ref() != Some(&url)) {
                    return;
                }
            }
            query::prefetch(url);
        });
    }
}

/// The router passes over a link that is external; by then everything else that listens has seen the
/// click, and may have prevented it.
fn leave_to_the_browser(link: Element) {
    let rel = dom::attribute(&link, REL);
    let _ = link.set_attribute(REL, &format!("{} external", rel.as_deref().unwrap_or_default()));
    spawn_local(async move {
        stream::next_task().await;
        let _ = match rel {
            Some(rel) => link.set_attribute(REL, &rel),
            None => link.remove_attribute(REL),
        };
    });
}

/// The path and query that a router goes to when this link is followed: none for a link to this very
/// page, to what is no page of the application, or with a target.
pub(crate) fn destination(link: &Element) -> Option<String> {
    let anchor = link.dyn_ref::<HtmlAnchorElement>()?;
    let external = anchor.rel().split_ascii_whitespace().any(|word| word == "external");
    let same_origin = window().location().origin().is_ok_and(|here| here == anchor.origin());
    if external || !same_origin || !anchor.target().is_empty() || anchor.has_attribute("download") {
        return None;
    }
    let url = format!("{}{}", anchor.pathname(), anchor.search());
    (page::is_page(&anchor.pathname()) && url != page_url()).then_some(url)
}

/// Whether a click is to be followed here and now.
pub(crate) fn is_plain(click: &MouseEvent) -> bool {
    let modified = click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key();
    click.button() == 0 && !modified && !click.default_prevented()
}

fn is_off(link: &Element) -> bool {
    let around = link.closest(&format!("[{PREFETCH}]")).ok().flatten();
    around.is_some_and(|around| dom::attribute(&around, PREFETCH).as_deref() == Some("off"))
}

/// Whether the visitor asked for less data (the Save-Data preference; not in every browser).
fn saves_data() -> bool {
    let connection = Reflect::get(&window().navigator(), &"connection".into());
    let saves = connection.and_then(|connection| Reflect::get(&connection, &"saveData".into()));
    saves.is_ok_and(|saves| saves.is_truthy())
}
