//! The action holds what can't move between threads across an `await`.

use std::rc::Rc;

use formwork::{ActionCx, ActionResult, action};

#[action(public)]
async fn close(_: ActionCx) -> ActionResult<u64> {
    let count = Rc::new(1);
    std::future::ready(()).await;
    Ok(*count)
}

fn main() {}
