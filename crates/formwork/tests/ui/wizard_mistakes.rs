//! What is no step, and steps that can't be asked sometimes.

use formwork::prelude::*;

#[derive(Form, Validate, Clone)]
struct What {
    #[garde(length(min = 1))]
    story: String,
}

#[derive(Wizard, Validate, Clone)]
struct Report {
    #[garde(dive)]
    #[step(when = is_asked)]
    what: What,
    #[garde(skip)]
    title: String,
    #[garde(dive)]
    more: Vec<What>,
    #[garde(dive)]
    #[step(if = is_asked, wen = is_asked, when, when = is_asked, when = is_asked)]
    sometimes: What,
    #[garde(dive)]
    #[step(when = is_asked)]
    last: Option<What>,
}

fn is_asked(_: &Report) -> bool {
    true
}

#[derive(Wizard, Validate, Clone)]
struct Alone {
    #[garde(dive)]
    what: What,
}

#[derive(Wizard, Clone)]
enum Steps {
    What(What),
}

fn main() {}
