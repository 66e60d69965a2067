//! What it costs to read and validate a form of ten fields, flat and nested, sound and not.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use formwork::{Date, Decimal, Email, Entries, prelude::*};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Ten fields of as many kinds.
#[derive(Form, Validate, Clone, Debug)]
struct Order {
    #[garde(length(chars, min = 1, max = 80))]
    name: String,
    #[garde(skip)]
    email: Email,
    #[garde(length(chars, max = 2_000))]
    note: String,
    #[garde(range(min = 1, max = 99))]
    pieces: u8,
    #[garde(range(min = Decimal::from(0)))]
    price: Decimal,
    #[garde(skip)]
    day: Date,
    #[garde(skip)]
    gift: bool,
    #[garde(length(chars, min = 2))]
    code: Option<String>,
    #[garde(skip)]
    way: Way,
    #[garde(length(max = 3))]
    extras: Vec<Way>,
}

#[derive(FormChoice, Clone, Copy, PartialEq, Debug)]
enum Way {
    Post,
    Courier,
}

/// Ten rows of a struct.
#[derive(Form, Validate, Clone, Debug)]
struct List {
    #[garde(length(max = 20), dive)]
    rows: Vec<Row>,
}

#[derive(Form, Validate, Clone, Debug)]
struct Row {
    #[garde(length(chars, min = 1, max = 80))]
    name: String,
}

fn entries(pairs: &[(&str, &str)]) -> Entries {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn forms(criterion: &mut Criterion) {
    let sound = entries(&[
        ("name", "Ann Lee"),
        ("email", "ann@example.org"),
        ("note", "Ring twice.\r\nThank you!"),
        ("pieces", "3"),
        ("price", "19.90"),
        ("day", "2026-11-21"),
        ("gift", "on"),
        ("code", ""),
        ("way", "courier"),
        ("extras", "post"),
        ("extras", "courier"),
    ]);
    assert!(Order::parse(&sound).is_ok());
    criterion.bench_function("ten fields, sound", |b| b.iter(|| Order::parse(black_box(&sound))));

    let wrong = entries(&[("name", ""), ("email", "ann"), ("pieces", "0"), ("code", "x")]);
    assert_eq!(Order::parse(&wrong).expect_err("wrong").len(), 7);
    criterion.bench_function("ten fields, seven issues", |b| {
        b.iter(|| Order::parse(black_box(&wrong)));
    });

    let rows: Entries = (0..10).map(|n| (format!("rows[r{n}].name"), format!("Row {n}"))).collect();
    assert_eq!(List::parse(&rows).expect("sound").rows.len(), 10);
    criterion.bench_function("ten rows of one field", |b| b.iter(|| List::parse(black_box(&rows))));
}

criterion_group!(benches, forms);
criterion_main!(benches);
