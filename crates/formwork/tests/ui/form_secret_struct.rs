//! A struct that is declared secret as a whole.

use formwork::Form;
use garde::Validate;

#[derive(Form, Validate)]
struct Card {
    #[garde(skip)]
    number: String,
}

#[derive(Form, Validate)]
struct Payment {
    #[garde(dive)]
    #[field(secret)]
    card: Card,
}

fn main() {}
