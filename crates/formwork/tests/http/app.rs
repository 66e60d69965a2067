//! The application under test: small pages, each with the means to go wrong in its own way.

mod bindings;
pub mod cached;
mod desk;
mod doings;
mod guarded;
mod limited;
mod profile;
mod renamed;
mod signing;
mod survey;
mod unpacking;
mod uploads;
mod views;
mod voyage;

pub use bindings::SUCCESSOR;
pub use cached::*;
pub use desk::{Desk, Ticket};
pub use doings::*;
pub use guarded::*;
pub use limited::*;
pub use profile::*;
pub use signing::with_sessions;
pub use survey::Ask;
pub use uploads::*;
pub use views::{CurrentUser, shell};
pub use voyage::Book;

use std::time::Duration;

use axum::Router;
use formwork::{Config, Life, PageCache, Site};
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
    "/profile",
    "/wishes",
    "/reports",
    "/own-headers",
    "/guarded",
    "/guarded/{id}",
    "/notes",
    "/room",
    "/elsewhere",
    "/news",
    "/news/{id}",
    "/patient",
    "/twice",
    "/remarks",
    "/lounge",
    "/kept/{what}",
    "/kept-long/{what}",
    "/kept-elsewhere",
    "/kept-elsewhere/{what}",
    "/gallery",
    "/voyage",
    "/survey",
    "/unpacking",
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
    let site = Site::with_keys(options, config, keys, shell).expect("the application starts");
    let (second, hour) = (Life::seconds(1), Duration::from_secs(3600));
    site.cache_page("/kept/{what}", Life::minutes(5))
        .cache_page("/kept-long/{what}", second.stale(hour))
        .cache_page("/kept-elsewhere", PageCache::from(second).shared_for(hour))
        .cache_page("/kept-elsewhere/{what}", PageCache::from(Life::minutes(5)).shared_for(hour))
}

pub fn pages(site: &Site, desk: &Desk) -> Router {
    site.clone().state(desk.clone()).routes(PAGES)
}
