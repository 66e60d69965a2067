//! Which build this page is of, and whether the server answers with another one by now.
//!
//! Every response says its build. Once it is another than this page's, the next page that the visitor
//! goes to is loaded as a document, and so are the client's files. Nothing happens by itself: what is
//! being typed stays. During a deploy the document may come from an instance of the old build again;
//! then it is not tried once more for a minute, so that a page that can't be brought up to date costs
//! one document, and not one for each navigation.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use web_sys::Storage;

use crate::dom::{now, window};

/// Where it is kept which build was asked for, and when: `BUILD MILLISECONDS`.
const ASKED_FOR: &str = "formwork-build";
/// How long it is not asked for again.
const PAUSE: u64 = 60_000;
/// What a server without client files says.
const NONE: &str = "none";
/// Another build that has not said which one it is.
const UNNAMED: &str = "another";

thread_local! {
    static OWN: RefCell<String> = RefCell::default();
    static OTHER: RefCell<Option<String>> = RefCell::default();
    static UNREADABLE: Cell<bool> = const { Cell::new(false) };
    static TOLD: RefCell<Vec<Rc<dyn Fn()>>> = RefCell::default();
}

/// Takes the build of the document.
pub(crate) fn start(build: String) {
    OWN.set(build);
}

/// Takes what a response says: its header [`BUILD_HEADER`](formwork_core::wire::BUILD_HEADER).
pub(crate) fn note(said: Option<String>) {
    let Some(said) = said else { return };
    let unknown = |build: &str| build.is_empty() || build == NONE;
    if OWN.with_borrow(|own| *own == said || unknown(own)) || unknown(&said) {
        return;
    }
    learn(said);
}

fn learn(build: String) {
    if OTHER.replace(Some(build)).is_none() {
        for tell in TOLD.with_borrow(Clone::clone) {
            tell();
        }
    }
}

/// Whether the server has answered with another build than this page's.
pub fn is_new_build() -> bool {
    OTHER.with_borrow(Option::is_some)
}

/// A value that has come is of another build's type, and what was shown before stays. It may have come
/// as an event, which has no headers to say of which build it is.
pub fn note_unreadable() {
    UNREADABLE.set(true);
    if !is_new_build() {
        learn(UNNAMED.to_owned());
    }
}

/// Whether something on this page can't be brought up to date any more.
pub(crate) fn has_unreadable() -> bool {
    UNREADABLE.get()
}

/// Calls this when it does so for the first time.
pub fn on_new_build(tell: impl Fn() + 'static) {
    TOLD.with_borrow_mut(|told| told.push(Rc::new(tell)));
}

/// Whether the page that the visitor goes to now is to be loaded as a document.
pub(crate) fn wants_document() -> bool {
    let Some(other) = OTHER.with_borrow(Clone::clone) else { return false };
    // Without a place to remember it there is no saying whether it was tried.
    let Some(storage) = storage() else { return false };
    let asked = storage.get_item(ASKED_FOR).ok().flatten().unwrap_or_default();
    let lately = asked.split_once(' ').is_some_and(|(build, at)| {
        build == other && at.parse::<u64>().is_ok_and(|at| now().saturating_sub(at) < PAUSE)
    });
    !lately && storage.set_item(ASKED_FOR, &format!("{other} {}", now())).is_ok()
}

/// What lives as long as the tab, if the browser lets us.
pub(crate) fn storage() -> Option<Storage> {
    window().session_storage().ok().flatten()
}
