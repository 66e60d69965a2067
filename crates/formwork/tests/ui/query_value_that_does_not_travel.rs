//! The query answers something that can't be sent to a browser.

use formwork::{QueryResult, query};

#[derive(Clone, PartialEq)]
struct Ticket {
    title: String,
}

#[query(public)]
async fn ticket(id: u64) -> QueryResult<Ticket> {
    Ok(Ticket { title: id.to_string() })
}

fn main() {}
