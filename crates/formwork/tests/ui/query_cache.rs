//! What is kept must say for how long.

use formwork::prelude::*;

#[query(public, cache)]
async fn posts() -> QueryResult<u8> {
    Ok(1)
}

#[query(public, cache(minuts = 5))]
async fn news() -> QueryResult<u8> {
    Ok(1)
}

#[query(public, cache(minutes = 5, stale = "ten minutes", expire = "1 day"))]
async fn weather() -> QueryResult<u8> {
    Ok(1)
}

fn main() {}
