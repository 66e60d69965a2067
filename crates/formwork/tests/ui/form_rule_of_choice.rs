//! A rule about texts at a choice.

use formwork::{Form, FormChoice};
use garde::Validate;

#[derive(FormChoice, Clone, Copy, PartialEq)]
enum Topic {
    News,
    Billing,
}

#[derive(Form, Validate)]
struct Profile {
    #[garde(length(min = 1))]
    topic: Option<Topic>,
}

fn main() {}
