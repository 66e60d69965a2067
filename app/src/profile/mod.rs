//! A member's profile: how to reach them, and what they want to hear of.

mod edit;
mod phones;

pub(crate) use edit::{Profile, ProfilePage};
