//! The action doesn't say who may run it.

use formwork::{ActionCx, ActionResult, action};

#[action]
async fn sign_out(cx: ActionCx) -> ActionResult<()> {
    let _ = cx;
    Ok(())
}

fn main() {
    let _ = SignOut;
}
