//! The action fails with what is no error.

use formwork::{ActionCx, action};

#[action(public)]
async fn close(_: ActionCx) -> Result<u64, String> {
    Err("text is no error".to_owned())
}

fn main() {}
