//! Redirects through `leptos_router`.

use leptos::prelude::*;
use leptos_router::{
    hooks::{use_location, use_navigate},
    location::{BrowserUrl, LocationProvider},
};

use crate::{half, hooks, root};

/// Sends redirects through the router, and leaves an error page when the visitor goes elsewhere.
/// Call it in a component inside `<Router>`.
pub fn connect_router() {
    if !half::IN_BROWSER {
        return;
    }
    let navigate = use_navigate();
    half::set_navigate(move |path| navigate(path, Default::default()));
    let location = use_location();
    let address = use_context::<BrowserUrl>();
    Effect::new(move |before: Option<String>| {
        // Read and not only tracked: a memo that nobody has read notices no change.
        let path = location.pathname.get();
        half::page_shown(location.search.with(|search| match search.as_str() {
            "" => path.clone(),
            search => format!("{path}?{search}"),
        }));
        if before.as_ref().is_some_and(|before| *before != path) {
            hooks::forget_outcomes();
            root::forget_notices();
        }
        if before.is_some() && root::show_page_error(None) {
            // The address bar waits for the `<Routes>`, and the error page stood in their place.
            if let Some(address) = &address {
                address.ready_to_complete();
            }
        }
        path
    });
}
