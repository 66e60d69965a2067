//! A rule about a length at what has none, or is counted in another way.

use std::collections::BTreeSet;

use formwork::{Date, Decimal, Email, Form, Upload};
use garde::Validate;

#[derive(Form, Validate)]
struct Profile {
    #[garde(length(max = 10))]
    born: Date,
    #[garde(length(min = 1))]
    photo: Upload,
    #[garde(length(max = 3))]
    price: Option<Decimal>,
    #[garde(length(chars, max = 30))]
    email: Email,
    #[garde(length(chars, max = 3))]
    numbers: BTreeSet<u8>,
}

fn main() {}
