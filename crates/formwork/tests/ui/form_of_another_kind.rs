//! The form is no struct with named fields of its own.

use formwork::Form;
use garde::Validate;

#[derive(Form)]
enum Priority {
    Low,
    High,
}

#[derive(Form, Validate)]
struct Title(#[garde(skip)] String);

#[derive(Form, Validate)]
struct Borrowed<'a> {
    #[garde(skip)]
    title: &'a str,
}

fn main() {}
