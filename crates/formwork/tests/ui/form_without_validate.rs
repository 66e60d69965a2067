//! The form has no rules.

use formwork::Form;

#[derive(Form)]
struct NewTicket {
    title: String,
}

fn main() {}
