//! Fields have options that don't exist, or values that browsers don't know.

use formwork::Form;
use garde::Validate;

#[derive(Form, Validate)]
#[form(preflight = "no", chekcs)]
struct SignIn {
    #[garde(skip)]
    #[field(nmae = "e-mail")]
    email: String,
    #[garde(skip)]
    #[field(hidden)]
    password: String,
    #[garde(skip)]
    #[field(autocomplete = "curent-password", inputmode = "digits")]
    code: String,
}

fn main() {}
