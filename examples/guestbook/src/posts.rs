//! What the guestbook reads and writes.

use std::sync::Arc;

use formwork::prelude::*;
use serde::{Deserialize, Serialize};

// guide: post
/// One entry of the guestbook. Its texts are shared by everyone who reads it, not copied for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// Rises with every post.
    pub id: u64,
    /// Its title.
    pub title: Arc<str>,
    /// Its text.
    pub body: Arc<str>,
}
// guide: end

// guide: form
/// What a visitor fills in.
#[derive(Form, Validate, Clone, Debug)]
pub struct NewPost {
    /// 1–200 characters.
    #[garde(length(chars, min = 1, max = 200))]
    pub title: String,
    /// 1–10,000 characters.
    #[garde(length(chars, min = 1, max = 10_000))]
    pub body: String,
}
// guide: end

// guide: query
/// The newest hundred posts, newest first.
#[query(public, tags("posts"))]
pub async fn posts(cx: QueryCx) -> QueryResult<Vec<Post>> {
    Ok(cx.state::<crate::store::Store>().newest())
}
// guide: end

// guide: action
/// Adds a post.
#[action(public)]
pub async fn add_post(cx: ActionCx, form: NewPost) -> ActionResult<u64> {
    let id = cx.state::<crate::store::Store>().add(form);
    cx.update_tag("posts");
    Ok(id)
}
// guide: end
