//! The names that fields had before are written wrongly.

use formwork::Form;
use garde::Validate;

#[derive(Form, Validate)]
struct NewTicket {
    #[garde(skip)]
    #[field(was = "title")]
    title: String,
    #[garde(skip)]
    #[field(was = "title", was = "text")]
    body: String,
    #[garde(skip)]
    #[field(was = "text", was = "_note", was)]
    note: String,
}

fn main() {}
