//! The frame of every page: the skip link, the header and the place where the page goes.

use formwork::prelude::*;
use leptos::prelude::*;
use leptos_router::components::A;

use crate::{
    session::{SignOutButton, viewer},
    tickets::OpenCount,
};

/// The frame of every page.
#[component]
pub(crate) fn Layout(
    /// The page.
    children: Children,
) -> impl IntoView {
    view! {
        // `external`: the browser follows it itself and moves the focus, which a router doesn't.
        <a class="skip-link" href="#main" rel="external">"Skip to the content"</a>
        <Header/>
        <NewBuild/>
        <main id="main" tabindex="-1">{children()}</main>
    }
}

// guide: new-build
/// Proposes to load the help desk anew once it has been deployed; nothing of it happens by itself.
#[component]
fn NewBuild() -> impl IntoView {
    let new_build = use_new_build();
    let banner = move || {
        new_build.get().then(|| {
            view! {
                <p class="notice">
                    "There is a new version of the help desk. "
                    <button type="button" class="secondary" on:click=move |_| new_build.load()>
                        "Load it"
                    </button>
                </p>
            }
        })
    };
    view! { <div role="status">{banner}</div> }.into_any()
}
// guide: end

#[component]
fn Header() -> impl IntoView {
    let viewer = use_query(viewer);
    view! {
        <header class="site-header">
            <a class="brand" href="/tickets">"Help desk"</a>
            <Loaded query=viewer failed=Box::new(|_| visitor()) let:viewer>
                {move || match viewer.get() {
                    Some(viewer) => view! {
                        <nav aria-label="Main">
                            <A href="/tickets" exact=true>"Tickets" <OpenCount/></A>
                            <A href="/tickets/new">"New ticket"</A>
                            <A href="/profile">"Profile"</A>
                        </nav>
                        <SignOutButton viewer/>
                    }
                    .into_any(),
                    None => visitor(),
                }}
            </Loaded>
        </header>
    }
}

/// For who has not signed in. Whatever else went wrong, signing in is what can be done about it.
fn visitor() -> AnyView {
    view! { <nav aria-label="Main"><A href="/sign-in">"Sign in"</A></nav> }.into_any()
}
