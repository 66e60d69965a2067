//! What no page gives back stands in the last step only.

use formwork::prelude::*;

#[derive(Form, Validate, Clone)]
struct Secret {
    #[garde(skip)]
    #[field(secret)]
    pin: String,
}

#[derive(Form, Validate, Clone)]
struct Nested {
    #[garde(dive)]
    secrets: Vec<Secret>,
}

#[derive(Form, Validate, Clone)]
struct Picture {
    #[garde(skip)]
    file: Option<Upload>,
}

#[derive(Wizard, Validate, Clone)]
struct Report {
    #[garde(dive)]
    nested: Nested,
    #[garde(dive)]
    picture: Picture,
    #[garde(dive)]
    #[field(secret)]
    hidden: Option<Picture>,
    #[garde(dive)]
    last: Secret,
}

fn main() {}
