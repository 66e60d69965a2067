//! The enum of choices lacks what a choice needs.

use formwork::FormChoice;

#[derive(FormChoice)]
enum Priority {
    Low,
    High,
}

fn main() {}
