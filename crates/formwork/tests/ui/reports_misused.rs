//! What an action reports while it runs is declared wrongly.

use formwork::{ActionCx, ActionResult, Reports, action};

#[action(public)]
async fn unpack(_: ActionCx, _reports: Reports) -> ActionResult<()> {
    Ok(())
}

#[action(public, idempotent)]
async fn pack(_: ActionCx, _reports: Reports<u32>) -> ActionResult<()> {
    Ok(())
}

#[action(public)]
async fn carry(_: ActionCx, _reports: &Reports<u32>, _more: Reports<String>) -> ActionResult<()> {
    Ok(())
}

fn main() {}
