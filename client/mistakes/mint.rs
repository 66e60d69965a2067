//! A bound value is made in the browser's half.

use formwork::prelude::*;

#[action(public)]
async fn rename_ticket(_: ActionCx, _ticket: Bound<u64>) -> ActionResult<()> {
    Ok(())
}

pub fn minted() -> BoundAction<RenameTicket> {
    let _ = RenameTicket::bind(7); //~ E0599
    BoundAction::from_server("sealed".to_owned(), "key".to_owned()) //~ E0599
}

fn main() {}
