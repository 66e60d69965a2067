//! The document, and which page stands at which path.

use formwork::{connect_router, prelude::*};
use leptos::{config::LeptosOptions, prelude::*};
use leptos_router::{
    components::{Route, Router, Routes},
    hooks::use_params_map,
    path,
};

use crate::{
    boundaries::BoundariesPage,
    breaks::BreaksPage,
    effects::EffectsPage,
    keeping::KeepingPage,
    languages::LanguagesPage,
    led::{LedPage, TherePage},
    many::ManyPage,
    parts::PartsPage,
    side_by_side::SideBySidePage,
    who::{HomePage, WhoPage},
    zoo::ZooPage,
};

/// The document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <title>"Under test"</title>
                <link rel="icon" href="data:,"/>
                <ClientScripts options/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_formwork();
    view! {
        <Router>
            <Connection/>
            <PageBoundary fallback=|error| view! { <p role="alert">{error.message}</p> }>
                <Routes fallback=|| "Nothing here.">
                    <Route path=path!("/") view=HomePage/>
                    <Route path=path!("/who") view=WhoPage/>
                    <Route path=path!("/many/:room") view=ManyPage/>
                    <Route path=path!("/parts/:room") view=PartsPage/>
                    <Route path=path!("/side-by-side/:room") view=SideBySidePage/>
                    <Route path=path!("/breaks") view=BreaksPage/>
                    <Route path=path!("/led/:room") view=LedPage/>
                    <Route path=path!("/led/:room/there") view=TherePage/>
                    <Route path=path!("/languages") view=LanguagesPage/>
                    <Route path=path!("/keeping") view=KeepingPage/>
                    <Route path=path!("/zoo") view=ZooPage/>
                    <Route path=path!("/effects/:room") view=EffectsPage/>
                    <Route path=path!("/boundaries/:room") view=BoundariesPage/>
                </Routes>
            </PageBoundary>
            <nav><a href="/">"Away"</a></nav>
        </Router>
    }
}

/// Lets actions redirect through the router; it has to stand inside of it.
#[component]
fn Connection() -> impl IntoView {
    connect_router();
}

/// The room that the address names.
pub(crate) fn room() -> String {
    use_params_map().with_untracked(|params| params.get("room")).unwrap_or_default()
}
