//! A rule that can't apply to the type of its field.

use formwork::Form;
use garde::Validate;

#[derive(Form, Validate)]
struct Profile {
    #[garde(range(min = 1))]
    name: String,
    #[garde(length(chars, min = 1))]
    age: u8,
}

fn main() {}
