//! The browser's half of Formwork: submission, stream, queries and navigation.
//!
//! It knows the DOM and the wire, and nothing of Leptos: what a submission comes to is told to an
//! [`Observer`](formwork_core::Observer), and a query's new value to a [`watch`]er. File names mirror the server's half.

mod build;
mod dom;
mod drafts;
mod labels;
mod languages;
mod links;
mod navigate;
mod page;
mod query;
mod reload;
mod search;
mod steps;
mod submit;
mod touched;
mod unsent;
mod view_transition;

pub use build::{is_new_build, note_unreadable, on_new_build};
pub use drafts::{on_drafts, take_drafts};
pub use labels::warn_of_unlabelled;
pub use languages::learn_languages;
pub use navigate::set_navigate;
pub use page::{hydrated, page_error, page_shown, posted, resume, start};
pub use query::{LIVE, Live, Readable, Watch, peek, read, refresh, watch};
pub use search::{Asked, after, asked_by, is_here, on_search, read_again};
pub use steps::{go_to_step, on_history, step_in_history, step_shown};
pub use submit::{
    Filled, Job, allow_files, dispatch, later, load_new_build, note_click, on_submit,
    submission_id, was_typed_in, with_field,
};
pub use touched::{holds_other, is_touched, reset};
pub use unsent::{LeaveGuard, guard_leave, let_go};
