//! A tag names an argument that the query doesn't have.

use formwork::{QueryResult, query};

#[query(public, tags("tickets", "ticket:{ticket}"))]
async fn ticket(id: u64) -> QueryResult<u64> {
    Ok(id)
}

#[query(public, tags("ticket:{numbr}"))]
async fn comments(number: u64) -> QueryResult<u64> {
    Ok(number)
}

fn main() {
    let _ = ticket(1);
}
