//! Leaving a page with something on it that was not sent: the visitor is asked first.
//!
//! A document that is left asks by the browser's own `beforeunload`. A router leaves no document, so
//! here its links are asked about before it sees the click, and its history before it hears of it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use formwork_core::told;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AddEventListenerOptions, Element, Event, EventTarget, MouseEvent};

use crate::{
    dom::{document, window},
    links, page,
    submit::stream,
};

/// What a router's visitor is asked; the browser has words of its own.
const QUESTION: &str =
    "What you have entered on this page has not been sent. Leave it all the same?";
/// How long a document may take to be left after its visitor has agreed, or after we have left it.
const LEAVING: Duration = Duration::from_secs(2);

type Unsent = Rc<dyn Fn() -> bool>;

thread_local! {
    static GUARDS: RefCell<Vec<(u64, Unsent)>> = RefCell::default();
    static LISTENING: RefCell<Vec<Listener>> = RefCell::default();
    static NUMBER: Cell<u64> = const { Cell::new(0) };
    /// Nobody is asked: they have been, or the framework leaves with everything that was typed.
    static LET_GO: Cell<bool> = const { Cell::new(false) };
}

/// Asks before the page is left, until it is dropped.
pub struct LeaveGuard(u64);

/// Asks whoever leaves the page while `unsent` says so.
///
/// There are listeners only as long as there is a guard: some browsers don't keep a page for going back
/// that listens for being left.
pub fn guard_leave(unsent: impl Fn() -> bool + 'static) -> LeaveGuard {
    let number = NUMBER.get() + 1;
    NUMBER.set(number);
    GUARDS.with_borrow_mut(|guards| guards.push((number, Rc::new(unsent))));
    LISTENING.with_borrow_mut(|listening| {
        if listening.is_empty() {
            *listening = listeners();
        }
    });
    LeaveGuard(number)
}

impl Drop for LeaveGuard {
    fn drop(&mut self) {
        let none = GUARDS.with_borrow_mut(|guards| {
            guards.retain(|(number, _)| *number != self.0);
            guards.is_empty()
        });
        if none {
            LISTENING.take();
        }
    }
}

/// Whether the page may be left: asks, if something on it was not sent.
pub(crate) fn may_leave() -> bool {
    if !has_unsent() {
        return true;
    }
    let agreed = window().confirm_with_message(&told(QUESTION)).unwrap_or(true);
    if agreed {
        let_go();
    }
    agreed
}

/// Nobody is asked for a moment: the page is left by what was agreed to, or with all that was typed.
pub fn let_go() {
    if !GUARDS.with_borrow(Vec::is_empty) && !LET_GO.replace(true) {
        spawn_local(async {
            stream::wait(LEAVING).await;
            LET_GO.set(false);
        });
    }
}

fn has_unsent() -> bool {
    let guards = GUARDS.with_borrow(Clone::clone);
    !LET_GO.get() && guards.iter().any(|(_, unsent)| unsent())
}

/// Listens to the history from now on: before the router does, since a window calls its listeners in the
/// order in which they came, whether they capture or not.
pub(crate) fn start() {
    // It listens as long as the page lives.
    std::mem::forget(Listener::new(window().into(), "popstate", on_history));
}

fn listeners() -> Vec<Listener> {
    vec![
        Listener::new(window().into(), "beforeunload", |event| {
            if has_unsent() {
                event.prevent_default();
                // Chromium before 119 wants this as well.
                let _ = js_sys::Reflect::set(event, &"returnValue".into(), &JsValue::TRUE);
            }
        }),
        Listener::new(document().into(), "click", on_click),
    ]
}

/// A click on a link that the router would follow. Others load a document.
fn on_click(event: &Event) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
    let Some(to) = link.as_ref().and_then(links::destination) else { return };
    let plain = event.dyn_ref::<MouseEvent>().is_some_and(links::is_plain);
    if plain && is_elsewhere(&to) && !may_leave() {
        event.prevent_default();
    }
}

/// Back or forward, within the document. The browser has gone there already; the router has not heard
/// of it yet.
fn on_history(event: &Event) {
    let there = window().location().pathname().unwrap_or_default();
    if !is_elsewhere(&there) || may_leave() {
        return;
    }
    event.stop_immediate_propagation();
    // What stays in view is the latest step of the history from now on.
    if let Ok(history) = window().history() {
        let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&page::shown()));
    }
}

/// Whether it is another page: another query string, or a fragment, leaves the forms where they are.
fn is_elsewhere(address: &str) -> bool {
    page::path_of(address) != page::path_of(&page::shown())
}

/// A listener that hears of an event before the router does; until it is dropped.
struct Listener {
    target: EventTarget,
    event: &'static str,
    callback: Closure<dyn Fn(Event)>,
}

impl Listener {
    fn new(target: EventTarget, event: &'static str, listen: fn(&Event)) -> Self {
        let callback = Closure::<dyn Fn(Event)>::new(move |event: Event| listen(&event));
        let options = AddEventListenerOptions::new();
        options.set_capture(true);
        let function = callback.as_ref().unchecked_ref();
        let _ = target.add_event_listener_with_callback_and_add_event_listener_options(
            event, function, &options,
        );
        Listener { target, event, callback }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let function = self.callback.as_ref().unchecked_ref();
        let _ =
            self.target.remove_event_listener_with_callback_and_bool(self.event, function, true);
    }
}
