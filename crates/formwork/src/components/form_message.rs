//! What concerns a form as a whole: why it was refused, and a connection that failed.

use formwork_core::ErrorKind;
use leptos::prelude::*;

use super::Copies;
use crate::{half, hooks::Scope, words::told};

const INTERRUPTED: &str =
    "The connection failed before the server answered. What you entered is still here.";
const OFFLINE: &str = "You are offline. What you sent is kept here, and is sent by itself when you are \
     online again.";

/// Shown inside every `<Form>`, and empty until there is something to say.
#[component]
pub(crate) fn FormMessage(scope: Scope) -> impl IntoView {
    if untrack(|| scope.outcome()).is_some() {
        half::note_posted_shown();
    }
    let refused = move || {
        let outcome = scope.outcome()?;
        let error = outcome.error.clone()?;
        let whole: Vec<String> = scope.issues_at("");
        // Issues at fields speak for themselves; a form-level one replaces the general sentence.
        let text = match error.kind {
            ErrorKind::Invalid if !whole.is_empty() => whole.join(" "),
            // All is mended.
            ErrorKind::Invalid if scope.issues().is_empty() => return None,
            _ => told(error.message.clone()).into_owned(),
        };
        Some(view! {
            <div class="summary" role="alert">
                <p>{text}</p>
                {error.digest.map(|digest| view! { <p>{told("Reference:")} " " <code>{digest}</code></p> })}
            </div>
        })
    };
    // It stays when what the alert says has been mended.
    let left = move || {
        let entries = scope.left();
        (!entries.is_empty()).then(|| {
            view! {
                <div class="left-over">
                    <p>{told("What this form has no place for is shown here to copy.")}</p>
                    <Copies entries/>
                </div>
            }
        })
    };
    let interrupted = move || {
        scope.interrupted().then(|| {
            view! {
                <div class="connection" role="alert">
                    <p>{told(INTERRUPTED)}</p>
                    <button type="button" on:click=move |_| scope.retry()>{told("Retry")}</button>
                </div>
            }
        })
    };
    let offline = move || {
        scope.offline().then(|| {
            view! {
                <div class="connection" role="status">
                    <p>{told(OFFLINE)}</p>
                </div>
            }
        })
    };
    view! {
        {refused}
        {left}
        {offline}
        {interrupted}
    }
}
