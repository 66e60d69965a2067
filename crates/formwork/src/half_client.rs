//! The browser's answers to what components ask; `half_server.rs` has the server's.

pub(crate) use formwork_client::{
    Readable, dispatch, note_click, on_submit, page_error, peek, posted, read, set_navigate,
    submission_id, watch,
};

/// Whether effects run and events come.
pub(crate) const IN_BROWSER: bool = true;

pub(crate) fn note_posted_shown() {}
