//! Imports: tickets that come in a file, many at once.

mod import;
#[cfg(feature = "ssr")]
mod rows;

pub(crate) use import::ImportPage;
