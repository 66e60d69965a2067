//! Whether a step is asked is said by a function of the form.

use formwork::prelude::*;

#[derive(Form, Validate, Clone)]
struct What {
    #[garde(length(min = 1))]
    story: String,
}

#[derive(Wizard, Validate, Clone)]
struct Report {
    #[garde(dive)]
    what: What,
    #[garde(dive)]
    #[step(when = is_long)]
    more: Option<What>,
    #[garde(dive)]
    #[step(when = not_there)]
    most: Option<What>,
    #[garde(dive)]
    last: What,
}

fn is_long(what: &What) -> bool {
    what.story.len() > 9
}

fn main() {}
