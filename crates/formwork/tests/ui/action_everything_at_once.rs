//! Every mistake at once: all of them are reported.

use formwork::action;

#[action(id = "no spaces", limits(3))]
fn open<T>(form: T) -> T {
    form
}

fn main() {
    let _ = Open;
}
