//! The page driver: one way to render a document, for a GET as for the answer to a POST.

mod cached;
mod compress;
mod context;
mod data_block;
mod driver;
mod hashes;
mod kept;
mod negotiate;

pub use cached::PageCache;
pub(crate) use cached::{Pages, answer as answer_kept};
pub use context::PageContext;
pub(crate) use driver::{PageState, SignIn, read, render};
pub(crate) use kept::tell;
