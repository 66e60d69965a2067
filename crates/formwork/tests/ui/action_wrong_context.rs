//! The context is not for the guard that the action declares, or isn't there.

use formwork::{ActionCx, ActionResult, action};

struct Member;

#[action(guard = Member)]
async fn close(_: ActionCx) -> ActionResult<()> {
    Ok(())
}

#[action(public)]
async fn open(_: ActionCx<Member>) -> ActionResult<()> {
    Ok(())
}

#[action(guard = Member)]
async fn missing() -> ActionResult<()> {
    Ok(())
}

fn main() {}
