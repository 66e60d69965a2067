//! A page names a field that the form doesn't have.

use formwork::prelude::*;
use leptos::prelude::*;

#[derive(Form, Validate)]
struct Address {
    #[garde(skip)]
    city: String,
}

#[derive(Form, Validate)]
struct Profile {
    #[garde(dive)]
    address: Address,
}

#[action(public)]
async fn save(_cx: ActionCx, _form: Profile) -> ActionResult<()> {
    Ok(())
}

#[component]
fn Page() -> impl IntoView {
    let fields = use_action_state(Save).fields();
    view! { <input {..fields.address.town.input()}/> }
}

fn main() {}
