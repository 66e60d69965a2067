//! The query has parameters that can't travel, or another context.

use formwork::{ActionCx, QueryCx, QueryResult, query};

#[query(public)]
async fn search(text: &str, (from, to): (u64, u64)) -> QueryResult<u64> {
    Ok(text.len() as u64 + from + to)
}

#[query(public)]
async fn late(id: u64, _: QueryCx) -> QueryResult<u64> {
    Ok(id)
}

#[query(public)]
async fn writes(_: ActionCx) -> QueryResult<u64> {
    Ok(1)
}

fn main() {}
