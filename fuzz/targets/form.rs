//! A body of fields, read as a form with every shape of field: it ends in a form or in issues.
#![no_main]

use formwork::prelude::*;
use formwork_core::{
    Entries, Lookup, RowChange,
    wire::{self, Button},
};
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
    let Some(mut entries) = formwork_axum::fuzzing::fields(body) else { return };
    if let Some(text) = entries.last(wire::ACTION)
        && let Some(button) = Button::parse(text)
    {
        assert_eq!(button.to_string(), text);
    }
    // The button that adds, takes away or moves a row.
    let change = entries.last(wire::ROWS).map(str::to_owned);
    if let Some(change) = change.as_deref().and_then(RowChange::parse) {
        let list = Profile::FIELDS.iter().any(|field| field.name == change.list());
        let on = change.apply_to(&mut entries, Profile::FIELDS);
        assert!(on.is_none() || list, "{change}: a row of what is no list");
        let keys = Lookup::new(&entries).keys(change.list()).len();
        assert!(keys <= formwork_core::path::MAX_ROWS, "{change}: {keys} rows");
    }
    if let Ok(form) = Profile::parse(&entries) {
        // What was read can be written, and read again.
        let mut again = Entries::default();
        form.write("", &mut again);
        assert!(Profile::parse(&again).is_ok(), "{form:?} {again:?}");
    }
});
