//! The action declares two guards.

use formwork::{ActionCx, ActionResult, action};

struct Member;
struct Admin;

#[action(guard = Member, guard = Admin)]
async fn close(_: ActionCx<Member>) -> ActionResult<()> {
    Ok(())
}

#[action(public, guard = Admin)]
async fn open(_: ActionCx) -> ActionResult<()> {
    Ok(())
}

fn main() {}
