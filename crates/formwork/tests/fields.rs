//! `docs/FIELDS.md` says how each type is read; here it is taken at its word, cell by cell.

use std::{collections::BTreeSet, fmt::Debug};

use formwork::{
    Color, Constraints, Date, Decimal, Email, Entries, FormField, FormValue, Issues, LocalDateTime,
    Lookup, Mistake, Month, Shape, Structure, Time, WebAddress, prelude::*,
};

const TABLES: &str = include_str!("../../../docs/FIELDS.md");

/// The enum of the examples.
#[derive(FormChoice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    News,
    Billing,
}

/// The newtype of the examples.
#[derive(Debug)]
struct Country(String);

impl FormValue for Country {
    const SHAPE: Shape = Shape::new("country");

    fn placeholder() -> Self {
        Country("XX".to_owned())
    }

    fn from_text(text: &str) -> Result<Self, Mistake> {
        let letters = text.trim().to_ascii_uppercase();
        let sound = letters.len() == 2 && letters.bytes().all(|byte| byte.is_ascii_alphabetic());
        sound.then_some(Country(letters)).ok_or(Mistake::said("Enter two letters"))
    }

    fn to_text(&self) -> String {
        self.0.clone()
    }
}

/// The struct of the examples.
#[derive(Form, Validate, Debug)]
struct Desk {
    #[garde(skip)]
    town: String,
    #[garde(skip)]
    floor: Option<i8>,
    #[garde(skip)]
    #[field(name = "open")]
    is_open: bool,
}

/// The rows of the examples.
#[derive(Form, Validate, Debug)]
struct Phone {
    #[garde(skip)]
    number: u16,
}

/// A type of the tables.
struct Type {
    name: &'static str,
    read: fn(&Entries) -> (String, Issues),
    constraints: Constraints,
    structure: Structure,
}

macro_rules! types {
    ($($ty:ty)*) => {
        &[$(Type {
            name: stringify!($ty),
            read: read::<$ty>,
            constraints: <$ty as FormField>::CONSTRAINTS,
            structure: <$ty as FormField>::STRUCTURE,
        }),*]
    };
}

const TYPES: &[Type] = types! {
    String Email WebAddress Color u8 u16 u32 i8 i16 i32 u64 u128 usize i64 i128 isize f32 f64 Decimal
    bool Date Month Time LocalDateTime Topic Country Option<u8> Option<String> Option<Topic>
    Option<Country> Vec<Topic> Vec<u8> Option<Vec<u8>> BTreeSet<Topic> Desk Option<Desk> Vec<Phone>
};

/// What was read, as `{:?}` shows it. What is written of it reads the same.
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

impl Type {
    fn named(name: &str) -> &'static Self {
        TYPES.iter().find(|ty| ty.name == name).unwrap_or_else(|| panic!("no type {name}"))
    }

    /// What is read of these entries, or `None` if there is an issue.
    fn reads(&self, values: &[&str]) -> Option<String> {
        let entries = values.iter().map(|value| ("f".to_owned(), (*value).to_owned())).collect();
        let (value, issues) = (self.read)(&entries);
        issues.is_empty().then_some(value)
    }

    /// The type whose row says it where this one's says "as `T`".
    fn inner(&self) -> Option<&'static Type> {
        let (_, rest) = self.name.split_once('<')?;
        Some(Type::named(rest.strip_suffix('>')?))
    }

    /// Its row in the first table.
    fn row(&self) -> Vec<&'static str> {
        let kind = match (self.name, self.structure) {
            ("Topic", _) => "FormChoice",
            ("Country", _) => "FormValue",
            ("Desk", _) => "derive(Form, Validate)",
            (name, _) if name.starts_with("Option<") => "Option<T>",
            (_, Structure::Rows(_)) => "Vec` of structs",
            (name, _) if name.starts_with("Vec<") => "Vec<T>",
            (name, _) if name.starts_with("BTreeSet<") => "BTreeSet<T>",
            (name, _) => name,
        };
        let whole = format!("`{kind}`");
        let is_it =
            |cell: &str| cell.contains(if kind == self.name { whole.as_str() } else { kind });
        let row = rows("| type | control |").into_iter().find(|row| is_it(row[0]));
        row.unwrap_or_else(|| panic!("no row: {}", self.name))
    }

    /// A cell of its row, or of that of the type within.
    fn cell(&self, at: usize) -> &'static str {
        match self.row()[at] {
            "as `T`" => self.inner().expect("a type within").cell(at),
            cell => cell,
        }
    }

    fn samples(&self) -> Vec<String> {
        quoted(self.cell(SUCH_AS)).into_iter().map(text).collect()
    }
}

// The columns, after that of the type.
const CONTROL: usize = 1;
const SUCH_AS: usize = 2;
const EMPTY: usize = 3;
const SPACES: usize = 4;
const SEVERAL: usize = 5;
const CASE: usize = 6;
const LINE_BREAK: usize = 7;
const TIME_ZONE: usize = 8;

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

/// A JSON string.
fn text(json: &str) -> String {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// The types that are read of entries of one name, with two texts that each takes.
fn of_one_name() -> impl Iterator<Item = (&'static Type, String, String)> {
    TYPES.iter().filter(|ty| !ty.structure.nests()).map(|ty| {
        let [one, other] = &ty.samples()[..] else { panic!("two samples: {}", ty.name) };
        assert!(
            ty.reads(&[one]).is_some() && ty.reads(&[one]) != ty.reads(&[other]),
            "{}",
            ty.name
        );
        (ty, one.clone(), other.clone())
    })
}

#[test]
fn every_example_is_true() {
    let examples = rows("| type | sent | read |");
    assert!(examples.len() > 90, "{}", examples.len());
    for example in examples {
        let [ty, sent, expect] = example[..] else { panic!("three cells: {example:?}") };
        let mut entries = Entries::default();
        let mut name = "f".to_owned();
        for quoted in quoted(sent) {
            // `.town` `"Lisbon"`: a part of it.
            if quoted.starts_with('"') {
                entries.push(name.as_str(), text(quoted));
            } else {
                name = format!("f{quoted}");
            }
        }
        assert_eq!(entries.is_empty(), sent == "absent", "{example:?}");
        let (value, issues) = (Type::named(quoted(ty)[0]).read)(&entries);
        let at = |path: &str| path.strip_prefix('f').filter(|at| !at.is_empty()).map(str::to_owned);
        let told: Vec<_> = issues
            .iter()
            .map(|issue| match at(&issue.path) {
                Some(at) => format!("issue at `{at}`: {}", issue.message),
                None => format!("issue: {}", issue.message),
            })
            .collect();
        match expect.starts_with("issue") {
            true => assert_eq!(told, [expect], "{example:?}"),
            false => {
                assert_eq!(
                    (value.as_str(), &told[..]),
                    (quoted(expect)[0], &[][..]),
                    "{example:?}"
                );
            }
        }
    }
}

#[test]
fn every_type_has_examples_and_every_row_a_type() {
    let examples = rows("| type | sent | read |");
    for ty in TYPES {
        let of_it = |example: &Vec<&str>| quoted(example[0])[0] == ty.name;
        assert!(examples.iter().any(of_it), "no example: {}", ty.name);
    }
    for row in rows("| type | control |") {
        assert_eq!(row.len(), 10, "{row:?}");
        assert!(TYPES.iter().any(|ty| ty.row() == row), "no type: {row:?}");
    }
}

#[test]
fn the_control() {
    for ty in TYPES {
        let (cell, constraints) = (ty.cell(CONTROL), ty.constraints);
        let sound = match (quoted(cell).first(), ty.structure) {
            (Some(&"<select>"), _) => constraints.choice,
            (Some(&"<select multiple>"), _) => constraints.multiple,
            (Some(&"<fieldset>"), Structure::Group(_)) => constraints.input_type.is_empty(),
            (None, Structure::Rows(_)) => cell == "rows",
            (Some(input_type), _) => *input_type == constraints.input_type,
            (None, _) => false,
        };
        assert!(sound, "{}: {cell}, {constraints:?}", ty.name);
    }
}

#[test]
fn empty_or_absent() {
    for ty in TYPES {
        let cell = ty.cell(EMPTY);
        for sent in [&[][..], &[""], &["", ""]] {
            let read = ty.reads(sent);
            match cell {
                "an issue" | "its own" => assert_eq!(read, None, "{} {sent:?}", ty.name),
                // Of a struct the entry of its own name says nothing.
                "as its fields" => assert_eq!(
                    read,
                    Some(r#"Desk { town: "", floor: None, is_open: false }"#.into())
                ),
                cell => assert_eq!(read.as_deref(), Some(quoted(cell)[0]), "{} {sent:?}", ty.name),
            }
        }
    }
}

#[test]
fn spaces_around_it() {
    for (ty, one, _) in of_one_name() {
        let bare = ty.reads(&[&one]);
        for spaced in [format!(" {one}"), format!("{one}\t"), format!("\n {one}\r\n")] {
            let read = ty.reads(&[&spaced]);
            let sound = match ty.cell(SPACES) {
                "stay" => read.is_some() && read != bare,
                "ignored" | "its own" => read == bare,
                cell => cell == "an issue" && read.is_none(),
            };
            assert!(sound, "{} {spaced:?}: {read:?}", ty.name);
        }
    }
}

#[test]
fn several_of_its_name() {
    for (ty, one, other) in of_one_name() {
        let read = ty.reads(&[&one, &other, &one]);
        let inner = || ty.inner().expect("of what");
        let each = |value: &str| inner().reads(&[value]).expect("sound");
        let (first, second) = match ty.cell(SEVERAL) {
            "the last" | "its own" => {
                assert_eq!(read, ty.reads(&[&one]), "{}", ty.name);
                assert_eq!(
                    ty.reads(&["\u{1}", &one]),
                    read,
                    "{}: before it, nothing counts",
                    ty.name
                );
                continue;
            }
            _ if ty.name.starts_with("Option<") => continue,
            _ => (each(&one), each(&other)),
        };
        let expect = match ty.cell(SEVERAL) {
            "each, in order" => format!("[{first}, {second}, {first}]"),
            "each once, sorted" => {
                let sorted = BTreeSet::from([first.as_str(), second.as_str()]);
                // Of the choices of the examples, the second is the first by name.
                let sorted: Vec<_> = sorted.into_iter().rev().collect();
                format!("{{{}}}", sorted.join(", "))
            }
            cell => panic!("{}: {cell}", ty.name),
        };
        assert_eq!(read, Some(expect), "{}", ty.name);
    }
}

#[test]
fn the_other_case() {
    for (ty, one, _) in of_one_name() {
        let swap = |c: char| match c.is_ascii_lowercase() {
            true => c.to_ascii_uppercase(),
            false => c.to_ascii_lowercase(),
        };
        let swapped: String = one.chars().map(swap).collect();
        let (bare, read) = (ty.reads(&[&one]), ty.reads(&[&swapped]));
        let sound = match ty.cell(CASE) {
            "stays" => read.is_some() && read != bare,
            "ignored" | "its own" => swapped != one && read == bare,
            "an issue" => read.is_none(),
            cell => cell == "–" && swapped == one,
        };
        assert!(sound, "{} {swapped:?}: {read:?}", ty.name);
    }
}

#[test]
fn a_line_break_within_it() {
    for (ty, one, _) in of_one_name() {
        for line_break in ["\r\n", "\r", "\n"] {
            let broken = |by: &str| format!("{}{by}{}", &one[..1], &one[1..]);
            let read = ty.reads(&[&broken(line_break)]);
            match ty.cell(LINE_BREAK) {
                r"becomes `\n`" => {
                    assert!(read.is_some() && read == ty.reads(&[&broken("\n")]), "{}", ty.name);
                    assert!(!read.unwrap_or_default().contains(r"\r"), "{}", ty.name);
                }
                cell => {
                    assert!(matches!(cell, "an issue" | "its own"), "{}: {cell}", ty.name);
                    assert_eq!(read, None, "{} {line_break:?}", ty.name);
                }
            }
        }
    }
}

#[test]
fn a_time_zone_behind_it() {
    for (ty, one, _) in of_one_name() {
        let is_time =
            ["date", "month", "time", "datetime-local"].contains(&ty.constraints.input_type);
        match ty.cell(TIME_ZONE) {
            "an issue" => {
                assert!(is_time, "{}", ty.name);
                for zone in ["Z", "+01:00", " UTC", "[Europe/Lisbon]"] {
                    assert_eq!(ty.reads(&[&(one.clone() + zone)]), None, "{} {zone}", ty.name);
                }
            }
            cell => assert!(matches!(cell, "–" | "its own") && !is_time, "{}: {cell}", ty.name),
        }
    }
}
