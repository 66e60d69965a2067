//! Steps of a form that has none, and a form in steps as a part of another.

use formwork::prelude::*;

#[derive(Form, Validate, Clone)]
struct What {
    #[garde(length(min = 1))]
    story: String,
}

#[action(public)]
async fn tell(cx: ActionCx, form: What) -> ActionResult<()> {
    Ok(())
}

#[derive(Wizard, Validate, Clone)]
struct Report {
    #[garde(dive)]
    what: What,
    #[garde(dive)]
    more: What,
}

#[derive(Form, Validate, Clone)]
struct Outer {
    #[garde(dive)]
    report: Report,
}

fn main() {
    use leptos::prelude::*;
    let _ = view! { <StepList state=use_action_state(Tell)/> };
}
