//! What is shared by everyone must be for everyone, and say for how long.

use formwork::prelude::*;

struct Member;

impl Guard for Member {
    async fn check(_: &GuardCx) -> Result<Self, ActionError> {
        Ok(Member)
    }
}

#[query(guard = Member, cache(minutes = 5))]
async fn inbox(_cx: QueryCx<Member>) -> QueryResult<u8> {
    Ok(1)
}

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
