//! The help desk: Formwork's reference application, all of it but the two `main`s.
//!
//! A folder is a noun, a file in it a verb. A file has both halves of what it does: the form or
//! query, the handler that runs on the server, and the component that a visitor sees.

mod error_page;
mod imports;
mod incidents;
mod layout;
pub mod model;
mod pending_note;
mod profile;
pub mod session;
mod shell;
#[cfg(feature = "ssr")]
pub mod store;
mod tickets;
mod undo;

pub use shell::{App, shell};
