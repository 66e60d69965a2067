//! A bound value is altered in the browser's half.

use formwork::prelude::*;

#[action(public)]
async fn rename_ticket(_: ActionCx, _ticket: Bound<u64>) -> ActionResult<()> {
    Ok(())
}

pub fn altered(handed_out: BoundAction<RenameTicket>) -> BoundAction<RenameTicket> {
    BoundAction { sealed: "of another".to_owned(), ..handed_out } //~ E0451
}

fn main() {}
