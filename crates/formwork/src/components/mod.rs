//! The components that a page is written with.

mod client_scripts;
mod field_issues;
mod form;
mod form_message;
mod page_boundary;
mod submit_button;

pub use client_scripts::*;
pub use field_issues::*;
pub use form::*;
pub(crate) use form_message::FormMessage;
pub use page_boundary::*;
pub use submit_button::*;
