//! What is said of files, misspelt.

use formwork::{Form, Upload};
use garde::Validate;

#[derive(Form, Validate)]
struct Photo {
    #[garde(skip)]
    #[field(accept = "png, image", max_size = "5", max_files = 3)]
    many: Vec<Upload>,
    #[garde(skip)]
    #[field(accept = ".png", accept = ".jpg", maxsize = "1 MB")]
    one: Upload,
    #[garde(skip)]
    #[field(max_total = "20", max_total = "20 MB")]
    all: Vec<Upload>,
}

fn main() {}
