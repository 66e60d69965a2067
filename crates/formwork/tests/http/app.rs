//! The application under test: small pages, each with the means to go wrong in its own way.

mod desk;
mod doings;
mod views;

pub use desk::{Desk, Ticket};
pub use doings::*;
pub use views::{CurrentUser, shell};

use axum::{Extension, Router};
use formwork::{Config, Site};
use leptos::config::LeptosOptions;

/// The pages, as a router would be told of them.
const PAGES: &[&str] = &[
    "/",
    "/tickets/{id}",
    "/rows",
    "/buttons",
    "/doings",
    "/slow",
    "/failing",
    "/members",
    "/broken",
    "/always-broken",
];

/// The application's routes, without the request boundary.
pub fn routes(config: Config, desk: &Desk) -> Router {
    let options = LeptosOptions::builder()
        .output_name("under-test")
        .site_root("target/site/under-test")
        .build();
    let site = Site::with(options, config, shell).expect("the application starts");
    site.routes(PAGES).layer(Extension(desk.clone()))
}
