//! The action takes two forms.

use formwork::{ActionCx, ActionResult, action};

#[action(public)]
async fn open(_: ActionCx, form: (), title: String) -> ActionResult<String> {
    let () = form;
    Ok(title)
}

fn main() {}
