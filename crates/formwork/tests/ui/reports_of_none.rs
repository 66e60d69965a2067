//! A component asks what an action reports that reports nothing.

use formwork::{ActionCx, ActionResult, action, use_action_state};

#[action(public)]
async fn tidy_up(_: ActionCx) -> ActionResult<()> {
    Ok(())
}

fn main() {
    use_action_state(TidyUp).latest_report();
}
