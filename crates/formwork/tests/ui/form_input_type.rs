//! Inputs of types that can't hold the values of their fields.

use formwork::{Form, FormChoice};
use garde::Validate;

#[derive(FormChoice, Clone, Copy, PartialEq)]
enum Topic {
    News,
}

#[derive(Form, Validate)]
struct Profile {
    #[garde(skip)]
    #[field(type = "range")]
    name: String,
    #[garde(skip)]
    #[field(type = "email")]
    address: String,
    #[garde(skip)]
    #[field(type = "tel")]
    age: u8,
    #[garde(skip)]
    #[field(type = "hidden")]
    topics: Vec<Topic>,
}

fn main() {}
