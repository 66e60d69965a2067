//! The ids that an action had before are written wrongly.

use formwork::{ActionCx, ActionResult, action};

#[action(public, id = "close", was = "close")]
async fn close(_: ActionCx) -> ActionResult<()> {
    Ok(())
}

#[action(public, was = tickets::paint, was = "paint it", was = "x", was = "x")]
async fn paint(_: ActionCx) -> ActionResult<()> {
    Ok(())
}

fn main() {}
