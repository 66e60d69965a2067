//! A tag names an argument that can't be written.

use formwork::{QueryResult, query};

#[query(public, tags("pages", "page:{page}"))]
async fn page(page: Option<u64>) -> QueryResult<u64> {
    Ok(page.unwrap_or_default())
}

fn main() {}
