//! The page driver: one way to render a document, for a GET as for the answer to a POST.

mod context;
mod data_block;
mod driver;

pub use context::PageContext;
pub(crate) use driver::{PageState, render};
