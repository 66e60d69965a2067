//! Searches: forms with `method="get"`, and the query string that they make as a typed value.

mod search_form;
mod use_search;

pub use search_form::*;
pub use use_search::{Search, use_search};
