//! What stands instead of a page that can't be shown, and beside what could not be read.

use formwork::{ErrorKind, prelude::*};
use leptos::prelude::*;
use leptos_meta::Title;

use crate::session::SignInForm;

/// The error page.
#[component]
pub(crate) fn ErrorPage(
    /// Why there is no page.
    error: PublicError,
) -> impl IntoView {
    let title = match error.kind {
        ErrorKind::NotFound => "Page not found",
        ErrorKind::Unauthorized => "Please sign in",
        ErrorKind::Forbidden => "You may not do that",
        ErrorKind::Internal | ErrorKind::Unavailable => "Something went wrong",
        _ => "That did not work",
    };
    view! {
        <Title text=title/>
        <section class="error-page">
            <p class="meta">"Error " {error.kind.status()}</p>
            <h1>{title}</h1>
            <p>{error.message}</p>
            {error.digest.map(|digest| view! { <p>"Reference: " <code>{digest}</code></p> })}
            // guide: sign-in
            {if error.kind == ErrorKind::Unauthorized {
                view! { <div class="sign-in"><SignInForm/></div> }.into_any()
            } else {
                view! { <a class="button" href="/tickets">"To the tickets"</a> }.into_any()
            }}
            // guide: end
        </section>
    }
}

/// The error page for an address without a page.
#[component]
pub(crate) fn NothingHere() -> impl IntoView {
    let error = ActionError::not_found("There is nothing at this address.").public(None);
    view! { <ErrorPage error/> }
}

/// Stands in for data that could not be read, on a page that is otherwise fine.
pub(crate) fn unreadable(error: PublicError) -> AnyView {
    view! {
        <div class="summary" role="alert">
            <p>{error.message}</p>
            {error.digest.map(|digest| view! { <p>"Reference: " <code>{digest}</code></p> })}
        </div>
    }
    .into_any()
}
