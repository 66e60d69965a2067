//! An input for one text at what is a file, a struct or rows.

use formwork::{Form, Upload};
use garde::Validate;

#[derive(Form, Validate)]
struct Desk {
    #[garde(skip)]
    floor: i8,
}

#[derive(Form, Validate)]
struct Profile {
    #[garde(skip)]
    #[field(type = "hidden")]
    photo: Option<Upload>,
    #[garde(dive)]
    #[field(type = "text")]
    desk: Desk,
    #[garde(dive)]
    #[field(type = "hidden")]
    desks: Vec<Desk>,
}

fn main() {}
