//! The components that a page is written with.

mod checks;
mod client_scripts;
mod copies;
mod each;
mod each_row;
mod each_signal;
mod field_issues;
mod form;
mod form_issues;
mod form_message;
mod guarded;
pub(crate) mod labels;
mod loaded;
mod page_boundary;
mod steps;
mod submit_button;
mod unsent;

pub use client_scripts::*;
pub(crate) use copies::Copies;
pub use each::*;
pub use each_row::*;
pub use each_signal::*;
pub use field_issues::*;
pub use form::*;
pub use form_issues::*;
pub(crate) use form_message::FormMessage;
pub use guarded::*;
pub use loaded::*;
pub use page_boundary::*;
pub use steps::*;
pub use submit_button::*;
