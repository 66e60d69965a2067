//! The form is a struct without `Form`.

use formwork::{ActionCx, ActionResult, action};

struct NewTicket {
    title: String,
}

#[action(public)]
async fn open(_: ActionCx, form: NewTicket) -> ActionResult<String> {
    Ok(form.title)
}

fn main() {}
