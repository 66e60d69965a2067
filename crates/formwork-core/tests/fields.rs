//! `docs/FIELDS.md` says how each type is read; here it is taken at its word.

use std::{collections::BTreeSet, fmt::Debug};

use formwork_core::*;

const TABLES: &str = include_str!("../../../docs/FIELDS.md");

/// The enum of the examples; `#[derive(FormChoice)]` writes the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    News,
    Billing,
}

impl FormValue for Topic {
    const SHAPE: Shape = Shape::new("choice");
    const CONSTRAINTS: Constraints = Constraints::CHOICE;

    fn placeholder() -> Self {
        Topic::News
    }

    fn from_text(text: &str) -> Result<Self, Mistake> {
        match text {
            "news" => Ok(Topic::News),
            "billing" => Ok(Topic::Billing),
            "" => Err(Mistake::NotChosen),
            _ => Err(Mistake::NotAChoice),
        }
    }

    fn to_text(&self) -> String {
        format!("{self:?}").to_lowercase()
    }
}

/// A type of the table: how it reads, and the type of its control.
type Read = fn(&Entries) -> (String, Issues);

macro_rules! types {
    ($($ty:ty)*) => {
        &[$((stringify!($ty), read::<$ty> as Read, <$ty as FormField>::CONSTRAINTS.input_type)),*]
    };
}

const TYPES: &[(&str, Read, &str)] = types! {
    String Email WebAddress Color u8 u16 u32 i8 i16 i32 u64 u128 usize i64 i128 isize f32 f64 Decimal
    bool Date Month Time LocalDateTime Topic Option<u8> Option<String> Option<Topic> Vec<Topic> Vec<u8>
    Option<Vec<u8>> BTreeSet<Topic>
};

fn read<T: FormField + Debug>(entries: &Entries) -> (String, Issues) {
    let mut issues = Issues::default();
    let value = T::read(&Lookup::new(entries), "f", &mut issues);
    if issues.is_empty() {
        let mut written = Entries::default();
        value.write("f", &mut written);
        let again = T::read(&Lookup::new(&written), "f", &mut issues);
        assert_eq!(format!("{again:?}"), format!("{value:?}"), "written as {written:?}");
        assert!(issues.is_empty(), "{written:?}: {issues:?}");
    }
    (format!("{value:?}"), issues)
}

/// The cells of a table's rows, below its header.
fn rows(header: &str) -> Vec<Vec<&'static str>> {
    let mut lines = TABLES.lines().skip_while(|line| !line.starts_with(header)).skip(2);
    let rows = lines.by_ref().take_while(|line| line.starts_with('|'));
    rows.map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// What stands in backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

#[test]
fn every_example_is_true() {
    let examples = rows("| type | sent | read |");
    assert!(examples.len() > 80, "{}", examples.len());
    for example in examples {
        let [ty, sent, expect] = example[..] else { panic!("three cells: {example:?}") };
        let name = quoted(ty)[0];
        let read = TYPES.iter().find(|(known, ..)| *known == name);
        let (_, read, _) = read.unwrap_or_else(|| panic!("no type {name}"));
        let mut entries = Entries::default();
        for value in quoted(sent) {
            entries.push("f", serde_json::from_str::<String>(value).expect(value));
        }
        assert_eq!(entries.is_empty(), sent == "absent", "{example:?}");
        let (value, issues) = read(&entries);
        let messages: Vec<_> = issues.iter().map(|issue| issue.message.as_str()).collect();
        match expect.strip_prefix("issue: ") {
            Some(message) => assert_eq!(messages, [message], "{example:?}"),
            None => {
                assert_eq!(
                    (value.as_str(), &messages[..]),
                    (quoted(expect)[0], &[][..]),
                    "{example:?}"
                );
            }
        }
    }
}

#[test]
fn every_type_has_a_row_and_examples_and_the_control_that_the_row_says() {
    let types = rows("| type | control |");
    let examples = rows("| type | sent | read |");
    for (name, _, input) in TYPES {
        assert!(
            examples.iter().any(|example| quoted(example[0])[0] == *name),
            "no example: {name}"
        );
        let wraps = ["Option<", "Vec<", "BTreeSet<", "Topic"].iter().any(|w| name.starts_with(w));
        if wraps {
            continue;
        }
        let row = types.iter().find(|row| quoted(row[0]).contains(name));
        let row = row.unwrap_or_else(|| panic!("no row: {name}"));
        assert_eq!(quoted(row[1]), [*input], "{name}");
    }
}
