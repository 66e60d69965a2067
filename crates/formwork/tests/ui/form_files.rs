//! What is for files at other fields, and what files can't be.

use formwork::{Form, Upload};
use garde::Validate;

#[derive(Form, Validate)]
struct Elsewhere {
    #[garde(skip)]
    #[field(accept = "image/png")]
    name: String,
    #[garde(skip)]
    #[field(max_size = "5 MB")]
    age: u8,
    #[garde(skip)]
    #[field(max_files = 3)]
    photo: Upload,
    #[garde(skip)]
    #[field(secret)]
    key: Option<Upload>,
    #[garde(skip)]
    #[field(max_total = "5 MB")]
    scan: Option<Upload>,
    #[garde(skip)]
    #[field(max_total = "5 MB")]
    names: Vec<String>,
}

fn main() {}
