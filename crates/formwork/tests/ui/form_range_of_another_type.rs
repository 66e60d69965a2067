//! A rule about a range at what has no order, or is several.

use formwork::{Email, Form, Upload};
use garde::Validate;

#[derive(Form, Validate)]
struct Profile {
    #[garde(range(min = 1))]
    email: Email,
    #[garde(range(min = 1, max = 3))]
    numbers: Vec<u8>,
    #[garde(range(max = 1_000_000))]
    photo: Option<Upload>,
}

fn main() {}
