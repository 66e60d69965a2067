//! The choices are no plain enum, or two are the same.

use formwork::FormChoice;

#[derive(FormChoice, Clone, Copy, PartialEq)]
enum Contact {
    Email,
    Phone(u64),
}

#[derive(FormChoice, Clone, Copy, PartialEq)]
struct Priority {
    level: u8,
}

#[derive(FormChoice, Clone, Copy, PartialEq)]
enum Status {
    Open,
    #[choice(value = "open")]
    Reopened,
    #[choice(valeu = "done")]
    Closed,
}

fn main() {}
