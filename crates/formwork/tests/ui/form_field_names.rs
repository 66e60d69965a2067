//! Fields have names that a form can't have.

use formwork::Form;
use garde::Validate;

#[derive(Form, Validate)]
struct NewTicket {
    #[garde(skip)]
    _action: String,
    #[garde(skip)]
    #[field(name = "")]
    title: String,
    #[garde(skip)]
    #[field(name = "_body")]
    text: String,
    #[garde(skip)]
    #[field(name = "tag")]
    label: String,
    #[garde(skip)]
    tag: String,
}

fn main() {}
