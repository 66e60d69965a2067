//! The action has options that don't exist.

use formwork::{ActionCx, ActionResult, action};

struct Member;

#[action(gaurd = Member)]
async fn close(_: ActionCx<Member>) -> ActionResult<()> {
    Ok(())
}

#[action(public, colour = "red")]
async fn paint(_: ActionCx) -> ActionResult<()> {
    Ok(())
}

fn main() {}
