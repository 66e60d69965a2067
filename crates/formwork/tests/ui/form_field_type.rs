//! A field has a type that a form can't hold.

use formwork::Form;
use garde::Validate;

struct Money(u64);

#[derive(Form, Validate)]
struct Donation {
    #[garde(skip)]
    amount: Money,
    #[garde(skip)]
    extra: Option<Money>,
}

fn main() {}
