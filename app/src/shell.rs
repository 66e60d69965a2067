//! The document, and the application in it: which page stands at which path.

use formwork::{connect_router, prelude::*};
use leptos::{config::LeptosOptions, prelude::*};
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    components::{Redirect, Route, Router, Routes},
    path,
};

use crate::{
    error_page::{ErrorPage, NothingHere},
    imports::ImportPage,
    incidents::ReportPage,
    layout::Layout,
    profile::ProfilePage,
    session::SignInPage,
    tickets::{EditTicketPage, NewTicketPage, TicketPage, TicketsPage},
};

/// The document.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" type="image/svg+xml" href="/favicon.svg"/>
                <link rel="stylesheet" href="/pkg/helpdesk.css"/>
                <AutoReload options=options.clone()/>
                <ClientScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

// guide: app
/// The application.
#[component]
pub fn App() -> impl IntoView {
    provide_formwork();
    provide_meta_context();
    view! {
        <Title formatter=|page: String| format!("{page} · Help desk")/>
        <Router>
            <Connection/>
            <Layout>
                <PageBoundary fallback=|error| view! { <ErrorPage error/> }>
                    <Routes fallback=NothingHere>
                        <Route path=path!("/") view=|| view! { <Redirect path="/tickets"/> }/>
                        <Route path=path!("/sign-in") view=SignInPage/>
                        <Route path=path!("/profile") view=ProfilePage/>
                        <Route path=path!("/tickets") view=TicketsPage/>
                        <Route path=path!("/tickets/new") view=NewTicketPage/>
                        <Route path=path!("/tickets/import") view=ImportPage/>
                        <Route path=path!("/tickets/:id") view=TicketPage/>
                        <Route path=path!("/tickets/:id/edit") view=EditTicketPage/>
                        <Route path=path!("/incidents/new") view=ReportPage/>
                    </Routes>
                </PageBoundary>
            </Layout>
        </Router>
    }
}
// guide: end

/// Lets actions redirect through the router; it has to stand inside of it.
#[component]
fn Connection() -> impl IntoView {
    connect_router();
}
