//! The posts in memory: the newest hundred.

use std::{
    collections::VecDeque,
    sync::{Arc, RwLock},
};

use crate::posts::{NewPost, Post};

/// How many posts are kept.
const KEPT: usize = 100;

/// The posts; clones share them.
#[derive(Clone)]
pub struct Store(Arc<RwLock<VecDeque<Post>>>);

impl Store {
    /// A guestbook with a hundred posts.
    pub fn seeded() -> Self {
        let post = |id| Post {
            id,
            title: format!("Post number {id}").into(),
            body: format!("The text of post {id}. It was here when the guestbook was opened.")
                .into(),
        };
        Store(Arc::new(RwLock::new((1..=KEPT as u64).rev().map(post).collect())))
    }

    /// The newest hundred posts, newest first.
    pub(crate) fn newest(&self) -> Vec<Post> {
        self.0.read().expect("no writer panics").iter().cloned().collect()
    }

    /// Adds a post, and drops the oldest when there are too many.
    pub(crate) fn add(&self, post: NewPost) -> u64 {
        let mut posts = self.0.write().expect("no writer panics");
        let id = posts.front().map_or(0, |newest| newest.id) + 1;
        posts.push_front(Post { id, title: post.title.into(), body: post.body.into() });
        posts.truncate(KEPT);
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_are_kept_newest_first_with_rising_ids() {
        let store = Store::seeded();
        let id = store.add(NewPost { title: "t".into(), body: "b".into() });
        let posts = store.newest();
        assert_eq!((posts.len(), posts[0].id, posts[99].id), (100, id, 2));
        assert!(posts.is_sorted_by(|a, b| a.id > b.id));
    }
}
