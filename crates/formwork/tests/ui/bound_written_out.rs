//! A bound value is written out, or taken out of what a component was handed.

use formwork::{ActionCx, ActionResult, Bound, BoundAction, action};

#[action(public)]
async fn rename_ticket(_: ActionCx, ticket: Bound<u64>) -> ActionResult<u64> {
    Ok(*ticket)
}

fn shown(handed_out: BoundAction<RenameTicket>) -> u64 {
    let _ = handed_out.sealed;
    *handed_out
}

fn main() {
    let _ = shown;
}
