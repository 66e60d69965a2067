//! The application under test: small pages, each with the means to go wrong in its own way.

mod bindings;
mod desk;
mod doings;
mod limited;
mod views;

pub use bindings::SUCCESSOR;
pub use desk::{Desk, Ticket};
pub use doings::*;
pub use limited::*;
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
    "/bound",
    "/mine",
    "/brief",
    "/limited",
    "/own-headers",
];

/// Where the client's files would be.
pub const FILES: &str = "target/site/under-test";

/// The application's routes, without the request boundary.
pub fn routes(config: Config, desk: &Desk) -> Router {
    pages(&site(config, None), desk)
}

/// The application with these settings and this key ring; `None` for the one of development.
pub fn site(config: Config, keys: Option<&str>) -> Site {
    let options = LeptosOptions::builder().output_name("under-test").site_root(FILES).build();
    Site::with_keys(options, config, keys, shell).expect("the application starts")
}

pub fn pages(site: &Site, desk: &Desk) -> Router {
    site.routes(PAGES).layer(Extension(desk.clone()))
}
