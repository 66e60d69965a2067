//! A bound value is made by the name of its field.

use formwork::Bound;

fn main() {
    let _ = Bound::<u64> { 0: 7 };
}
