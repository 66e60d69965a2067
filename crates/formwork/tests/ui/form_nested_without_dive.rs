//! The rules of a struct in the form would not be checked, and what garde dives into is no form.

use formwork::{Form, FormChoice};
use garde::Validate;

#[derive(Form, Validate)]
struct Address {
    #[garde(length(min = 1))]
    city: String,
}

#[derive(Form, Validate)]
struct Profile {
    #[garde(skip)]
    address: Address,
    #[garde(skip)]
    others: Vec<Address>,
}

#[derive(FormChoice, Clone, Copy, PartialEq)]
enum Topic {
    News,
}

#[derive(Form, Validate)]
struct Interests {
    #[garde(dive)]
    topics: Vec<Topic>,
}

fn main() {}
