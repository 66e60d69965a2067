//! What is bound is read in the browser's half.

use formwork::prelude::*;

#[action(public)]
async fn rename_ticket(_: ActionCx, _ticket: Bound<u64>) -> ActionResult<()> {
    Ok(())
}

pub fn read(handed_out: BoundAction<RenameTicket>) -> (u64, String) {
    let ticket: u64 = *handed_out; //~ E0614
    let _ = handed_out.into_inner(); //~ E0599
    (ticket, handed_out.sealed) //~ E0616
}

fn main() {}
