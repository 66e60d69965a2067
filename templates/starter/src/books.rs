//! What the application reads and writes.

use formwork::prelude::*;
use serde::{Deserialize, Serialize};

/// A book on the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// Rises with every book.
    pub id: u64,
    /// Its title.
    pub title: String,
    /// Why it is worth reading; may be empty.
    pub reason: String,
}

/// What a visitor fills in. The rules hold on the server; the browser is told them, too.
#[derive(Form, Validate, Clone, Debug)]
pub struct NewBook {
    /// 1–100 characters.
    #[garde(length(chars, min = 1, max = 100))]
    pub title: String,
    /// At most 500 characters.
    #[garde(length(chars, max = 500))]
    pub reason: String,
}

/// Reads: all books, newest first. `public` says who may, `tags` what it depends on.
#[query(public, tags("books"))]
pub async fn books(cx: QueryCx) -> QueryResult<Vec<Book>> {
    Ok(cx.state::<crate::shelf::Shelf>().newest_first())
}

/// Writes: adds a book. The body stays on the server; only its name reaches the browser.
#[action(public)]
pub async fn add_book(cx: ActionCx, form: NewBook) -> ActionResult<u64> {
    let id = cx.state::<crate::shelf::Shelf>().add(form);
    // Whoever shows what depends on the tag gets the new list, in the same response.
    cx.update_tag("books");
    Ok(id)
}
