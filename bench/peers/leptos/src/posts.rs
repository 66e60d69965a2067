//! What the guestbook reads and writes.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// One entry of the guestbook.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// Rises with every post.
    pub id: u64,
    /// Its title.
    pub title: String,
    /// Its text.
    pub body: String,
}

/// The newest hundred posts, newest first.
#[server]
pub async fn posts() -> Result<Vec<Post>, ServerFnError> {
    Ok(crate::store::newest())
}

/// Adds a post.
#[server]
pub async fn add_post(title: String, body: String) -> Result<u64, ServerFnError> {
    if !(1..=200).contains(&title.chars().count()) {
        return Err(ServerFnError::new("The title has to have 1 to 200 characters."));
    }
    if !(1..=10_000).contains(&body.chars().count()) {
        return Err(ServerFnError::new("The text has to have 1 to 10,000 characters."));
    }
    Ok(crate::store::add(title, body))
}
