//! Redirects through `leptos_router`.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_navigate};

use crate::{half, root};

/// Sends redirects through the router, and leaves an error page when the visitor goes elsewhere.
/// Call it in a component inside `<Router>`.
pub fn connect_router() {
    if !half::IN_BROWSER {
        return;
    }
    let navigate = use_navigate();
    half::set_navigate(move |path| navigate(path, Default::default()));
    let location = use_location();
    Effect::new(move |before: Option<()>| {
        location.pathname.track();
        location.search.track();
        leptos::logging::log!("EFFECT {before:?} {}", location.pathname.get());
        if before.is_some() {
            root::show_page_error(None);
        }
    });
}
