//! The action doesn't return a result.

use formwork::{ActionCx, action};

#[action(public)]
async fn close(_: ActionCx) {}

#[action(public)]
async fn open(_: ActionCx) -> Option<u64> {
    None
}

fn main() {}
