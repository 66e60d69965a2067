//! A page shows every step.

use formwork::prelude::*;

#[derive(Form, Validate, Clone)]
struct What {
    #[garde(length(min = 1))]
    story: String,
}

#[derive(Wizard, Validate, Clone)]
struct Report {
    #[garde(dive)]
    what: What,
    #[garde(dive)]
    more: What,
}

#[action(public)]
async fn send_report(cx: ActionCx, form: Report) -> ActionResult<()> {
    Ok(())
}

fn title() -> &'static str {
    match use_action_state(SendReport).step() {
        ReportStep::What => "What happened",
    }
}

fn main() {}
