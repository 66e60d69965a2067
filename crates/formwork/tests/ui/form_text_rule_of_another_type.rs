//! Rules about texts at what is none.

use formwork::{Form, Time};
use garde::Validate;

#[derive(Form, Validate)]
struct Profile {
    #[garde(ascii)]
    age: Option<u8>,
    #[garde(inner(inner(alphanumeric)))]
    numbers: Option<Vec<u8>>,
    #[garde(contains("x"))]
    names: Vec<String>,
    #[garde(prefix("0"))]
    at: Time,
    #[garde(required)]
    name: String,
    #[garde(dive)]
    tags: Vec<String>,
}

fn main() {}
