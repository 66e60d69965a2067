//! The server's half of Formwork: the submission pipeline, the page driver, queries and the seal.
//!
//! Applications use it through the `formwork` crate with the feature `ssr`.

mod action;
mod bound;
mod boundary;
mod build_id;
mod cache;
mod command;
mod compressed;
mod config;
mod cookies;
mod cx;
mod destination;
mod developer;
mod effects;
mod failure;
mod flash;
mod forwarded;
mod fresh;
#[doc(hidden)]
pub mod fuzzing;
mod guard;
mod headers;
mod hex;
mod hooks;
mod leptos_seam;
mod limits;
mod manifest;
mod observe;
mod origin;
mod page;
mod paths;
mod plain;
mod query;
mod refusal;
mod reports;
mod resume;
mod revalidate;
mod seal;
mod shutdown;
mod site;
#[allow(dead_code, reason = "live queries come next")]
mod store;
mod submit;
#[doc(hidden)]
pub mod testing;
mod upload;
mod urlencoded;
mod view;
mod wrap;

pub use action::{ActionDef, Declared, ServerAction};
pub use bound::{Binding, Bound};
pub use boundary::{RequestBoundary, RequestBoundaryService};
pub use command::command;
pub use config::{Config, ConfigError};
pub use cx::{ActionCx, QueryCx};
pub use effects::is_local_path;
pub use guard::{Guard, GuardCx, Public};
pub use hooks::{Failure, RefusedSubmission};
pub use leptos_seam::is_listing_routes;
pub use limits::{Limits, Throttle};
pub use page::{PageCache, PageContext};
pub use plain::{Row, is_plain};
pub use query::{QueryDef, ServerQuery};
pub use reports::Reports;
pub use revalidate::Revalidate;
pub use site::{Site, StartError};
pub use store::{Life, StoreError};
pub use upload::UploadFile;
pub use view::RequestView;
pub use wrap::Next;

/// A random submission id: 128 bits in hexadecimal.
pub fn submission_id() -> String {
    failure::random_hex::<16>()
}

#[doc(hidden)]
pub use bound::opened;
#[doc(no_inline)]
pub use cookie;
#[doc(no_inline)]
pub use http;
#[doc(hidden)]
pub use inventory;
