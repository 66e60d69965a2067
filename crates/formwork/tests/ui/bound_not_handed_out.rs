//! A component names an action that has bound values, instead of what a query handed out.

use formwork::{ActionCx, ActionResult, Bound, action, use_action_state};

#[action(public)]
async fn rename_ticket(_: ActionCx, ticket: Bound<u64>) -> ActionResult<u64> {
    Ok(*ticket)
}

fn main() {
    use_action_state(RenameTicket);
}
