//! Fields have options that don't exist.

use formwork::Form;
use garde::Validate;

#[derive(Form, Validate)]
struct SignIn {
    #[garde(skip)]
    #[field(nmae = "e-mail")]
    email: String,
    #[garde(skip)]
    #[field(hidden)]
    password: String,
}

fn main() {}
