//! The guard is a type without `Guard`.

use formwork::{ActionCx, ActionResult, action};

struct Member;

#[action(guard = Member)]
async fn close(_: ActionCx<Member>) -> ActionResult<()> {
    Ok(())
}

fn main() {}
