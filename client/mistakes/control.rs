//! No mistake: what client code does with what a query handed out. The other files differ in one
//! thing each, so that what is refused there is that thing.

use formwork::prelude::*;

#[action(public)]
async fn rename_ticket(_: ActionCx, _ticket: Bound<u64>) -> ActionResult<()> {
    Ok(())
}

/// Compiles.
pub fn shown(handed_out: BoundAction<RenameTicket>) -> bool {
    let form = use_action_state(handed_out);
    form.succeeded()
}

fn main() {}
