//! A body of fields, read as a form with every shape of field: it ends in a form or in issues.
#![no_main]

use formwork::prelude::*;
use formwork_core::{Entries, Form as _};
use libfuzzer_sys::fuzz_target;

#[derive(Form, Validate, Clone, Debug)]
struct Profile {
    #[garde(length(chars, min = 1, max = 20))]
    name: String,
    #[garde(range(min = 1, max = 5))]
    copies: u8,
    #[garde(skip)]
    urgent: bool,
    #[garde(skip)]
    days: Option<u32>,
    #[garde(dive)]
    address: Address,
    #[garde(dive)]
    phones: Vec<Phone>,
}

#[derive(Form, Validate, Clone, Debug)]
struct Address {
    #[garde(length(chars, max = 40))]
    street: String,
}

#[derive(Form, Validate, Clone, Debug)]
struct Phone {
    #[garde(length(chars, min = 1, max = 20))]
    number: String,
    #[garde(skip)]
    kind: Kind,
}

#[derive(FormChoice, Clone, Copy, PartialEq, Debug)]
enum Kind {
    Home,
    Work,
}

fuzz_target!(|body: &[u8]| {
    let Some(entries) = formwork_axum::fuzzing::fields(body) else { return };
    if let Ok(form) = Profile::parse(&entries) {
        // What was read can be written, and read again.
        let mut again = Entries::default();
        form.write("", &mut again);
        assert!(Profile::parse(&again).is_ok(), "{form:?} {again:?}");
    }
});
