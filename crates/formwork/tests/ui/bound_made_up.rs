//! A bound value is made or taken apart by hand.

use formwork::{ActionCx, ActionResult, Bound, action};

#[action(public)]
async fn rename_ticket(_: ActionCx, ticket: Bound<u64>) -> ActionResult<u64> {
    let Bound(id) = ticket;
    Ok(id)
}

fn main() {
    let _ = Bound(7);
    let _: Bound<u64> = 7.into();
}
