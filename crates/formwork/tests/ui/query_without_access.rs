//! The query doesn't say who may read it.

use formwork::{QueryResult, query};

#[query(tags("posts"))]
async fn posts() -> QueryResult<u64> {
    Ok(1)
}

fn main() {
    let _ = posts();
}
