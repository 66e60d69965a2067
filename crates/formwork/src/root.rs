//! The root of an application: what every page has, and where hydration begins.

use formwork_core::{Draft, Drafts, ErrorKind, Posted, PublicError};
use leptos::prelude::*;

use crate::{half, hooks};

/// The error page that is shown instead of the page, if any.
#[derive(Clone)]
pub(crate) struct PageError(pub(crate) ArcRwSignal<Option<PublicError>>);

/// What was entered and has no place on the page, until the visitor goes elsewhere.
#[derive(Clone, Default)]
pub(crate) struct Notices {
    /// A submission of a form that the page does not have.
    pub(crate) gone: ArcRwSignal<Option<Posted>>,
    /// What was typed before the document was loaded anew, as names and values.
    pub(crate) left: ArcRwSignal<Vec<(String, String)>>,
    /// What else is to be said of that.
    pub(crate) said: ArcRwSignal<Vec<&'static str>>,
}

/// Secrets and files had been entered.
const LEFT_OUT: &str =
    "Passwords and files that you had entered were not kept. Enter them again before you send.";
/// Something was sent from the page, and did not go out.
const UNSENT: &str = "This page has changed before everything that you sent could go out. What you had \
     entered is still here: check it and send it once more.";

/// Something was sent from the page, and had no answer.
const UNSURE: &str = "Something that you sent from this page had no answer, so it may be done. What you had \
     entered is still here: look before you send it once more.";

/// Something was sent from the page, and was answered when it had been left.
const REFUSED: &str = "Something that you sent from this page was not done. What you had entered is still \
     here: check it and send it once more.";

/// The same of another page.
const ELSEWHERE: &str = "Something that you sent from a page before this one was not done, or had no answer. \
     Go back there: for five minutes, what you had entered is filled in again.";

thread_local! {
    static NOTICES: std::cell::RefCell<Notices> = std::cell::RefCell::default();
    /// In the browser, the application's own: submissions end outside of any component.
    static PAGE_ERROR: std::cell::RefCell<Option<PageError>> =
        const { std::cell::RefCell::new(None) };
}

/// Prepares a page; call it first in the root component.
pub fn provide_formwork() {
    let error = PageError(ArcRwSignal::new(half::page_error()));
    let is_gone = |posted: &Posted| {
        posted.outcome.error.as_ref().is_some_and(|error| error.kind == ErrorKind::Gone)
    };
    let gone = ArcRwSignal::new(half::posted().filter(is_gone));
    let notices = Notices { gone, ..Notices::default() };
    if half::IN_BROWSER {
        PAGE_ERROR.set(Some(error.clone()));
        NOTICES.set(notices.clone());
        // By then the page is hydrated, and what stands in a `Suspend` is there as well.
        half::on_drafts(restore_drafts);
    }
    provide_context(error);
    provide_context(notices);
}

/// Fills in what is kept of this page: typed before its document was loaded anew, or sent from it and not
/// done. What has no place on it any more is shown to be copied.
fn restore_drafts() {
    let Drafts { forms, left_out, unsent, unsure, refused, elsewhere } = half::take_drafts();
    let mut left = Vec::new();
    for (at, draft) in forms.iter().enumerate() {
        let is_it = |other: &Draft| (&other.action, &other.form) == (&draft.action, &draft.form);
        // A form has place for what was typed in it last.
        let has_place = !forms[at + 1..].iter().any(is_it);
        let over = if has_place { hooks::restore(draft.clone()) } else { draft.entries.clone() };
        left.extend(over.into_iter().filter(|(_, value)| !value.is_empty()));
    }
    let said = [
        (left_out, LEFT_OUT),
        (unsent, UNSENT),
        (unsure, UNSURE),
        (refused, REFUSED),
        (elsewhere, ELSEWHERE),
    ];
    let said: Vec<_> = said.into_iter().filter_map(|(so, text)| so.then_some(text)).collect();
    NOTICES.with_borrow(|notices| {
        if !left.is_empty() {
            notices.left.update(|before| before.extend(left));
        }
        if !said.is_empty() {
            notices.said.update(|before| {
                before.retain(|text| !said.contains(text));
                before.extend(said);
            });
        }
    });
}

/// Forgets the notices: the visitor is elsewhere.
#[allow(dead_code, reason = "without the feature `router` nobody goes elsewhere within a document")]
pub(crate) fn forget_notices() {
    NOTICES.with_borrow(|Notices { gone, left, said }| {
        if gone.with_untracked(Option::is_some) {
            gone.set(None);
        }
        if !left.with_untracked(Vec::is_empty) {
            left.set(Vec::new());
        }
        if !said.with_untracked(Vec::is_empty) {
            said.set(Vec::new());
        }
    });
}

/// Shows the application's error page from now on, until the visitor goes elsewhere; or the page
/// again. Whether that is another state than before.
pub(crate) fn show_page_error(error: Option<PublicError>) -> bool {
    if let Some(PageError(signal)) = PAGE_ERROR.with_borrow(Clone::clone)
        && signal.with_untracked(Option::is_some) | error.is_some()
    {
        signal.set(error);
        return true;
    }
    false
}
