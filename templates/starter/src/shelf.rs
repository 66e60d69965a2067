//! The books, in memory: they are gone when the server ends. Put your database in place of this.

use std::sync::{Arc, PoisonError, RwLock};

use crate::books::{Book, NewBook};

/// The books; clones share them.
#[derive(Clone, Default)]
pub struct Shelf(Arc<RwLock<Vec<Book>>>);

impl Shelf {
    /// All books, newest first.
    pub(crate) fn newest_first(&self) -> Vec<Book> {
        let books = self.0.read().unwrap_or_else(PoisonError::into_inner);
        books.iter().rev().cloned().collect()
    }

    /// Adds a book, and says which it is.
    pub(crate) fn add(&self, book: NewBook) -> u64 {
        let mut books = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let id = books.len() as u64 + 1;
        books.push(Book { id, title: book.title, reason: book.reason });
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_book_comes_first() {
        let shelf = Shelf::default();
        for title in ["Dune", "Emma"] {
            shelf.add(NewBook { title: title.into(), reason: String::new() });
        }
        let books = shelf.newest_first();
        let titles: Vec<&str> = books.iter().map(|book| book.title.as_str()).collect();
        assert_eq!(titles, ["Emma", "Dune"]);
    }
}
