//! What stands around a handler is given the context and the handler.

use formwork::prelude::*;

async fn timed(cx: ActionCx) -> ActionResult<()> {
    drop(cx);
    Ok(())
}

#[action(public, wrap = timed)]
async fn pay(_cx: ActionCx) -> ActionResult<()> {
    Ok(())
}

fn main() {}
