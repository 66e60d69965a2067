//! A member's profile: how to reach them, and what they want to hear of.

mod edit;
mod phones;

#[cfg(feature = "ssr")]
pub(crate) use edit::Profile;
pub(crate) use edit::ProfilePage;
