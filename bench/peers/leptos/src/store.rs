//! The posts in memory: the newest hundred, as our guestbook keeps them.

use std::{
    collections::VecDeque,
    sync::{LazyLock, RwLock},
};

use crate::posts::Post;

/// How many posts are kept.
const KEPT: usize = 100;

static POSTS: LazyLock<RwLock<VecDeque<Post>>> = LazyLock::new(|| {
    let post = |id| Post {
        id,
        title: format!("Post number {id}"),
        body: format!("The text of post {id}. It was here when the guestbook was opened."),
    };
    RwLock::new((1..=KEPT as u64).rev().map(post).collect())
});

/// The newest hundred posts, newest first.
pub(crate) fn newest() -> Vec<Post> {
    POSTS.read().expect("no writer panics").iter().cloned().collect()
}

/// Adds a post, and drops the oldest when there are too many.
pub(crate) fn add(title: String, body: String) -> u64 {
    let mut posts = POSTS.write().expect("no writer panics");
    let id = posts.front().map_or(0, |newest| newest.id) + 1;
    posts.push_front(Post { id, title, body });
    posts.truncate(KEPT);
    id
}
