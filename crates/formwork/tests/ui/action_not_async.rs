//! The action isn't `async`.

use formwork::{ActionCx, ActionResult, action};

#[action(public)]
fn close(_: ActionCx) -> ActionResult<()> {
    std::future::ready(()).await;
    Ok(())
}

fn main() {}
