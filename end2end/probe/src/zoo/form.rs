//! The form: a field for every rule that becomes a constraint, and for those that must not.

use std::{borrow::Cow, collections::BTreeSet};

use formwork::{
    Color, Date, Decimal, Email, FormValue, LocalDateTime, Mistake, Month, Shape, Time, WebAddress,
    prelude::*,
};

const FOUR: usize = 4;

/// Its names are those of `values.rs` as well.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Zoo {
    #[garde(length(chars, min = 2, max = 5))]
    pub(crate) chars: String,
    #[garde(length(chars, min = 1, max = FOUR))]
    #[field(type = "search")]
    pub(crate) chars_of_const: String,
    #[garde(length(bytes, min = 4, max = 9))]
    #[field(type = "tel")]
    pub(crate) bytes: String,
    #[garde(length(min = 4, max = 9))]
    pub(crate) simple: String,
    #[garde(length(utf16, min = 2, max = 4))]
    pub(crate) utf16: String,
    #[garde(length(chars, min = 3, max = 6))]
    pub(crate) optional: Option<String>,
    #[garde(length(chars, min = 1, max = 6))]
    #[field(secret)]
    pub(crate) secret: String,
    #[garde(ascii)]
    pub(crate) ascii: String,
    #[garde(alphanumeric)]
    pub(crate) alphanumeric: String,
    #[garde(prefix("a.*"))]
    pub(crate) prefix: String,
    #[garde(suffix("]é"))]
    pub(crate) suffix: String,
    #[garde(contains("&&"))]
    pub(crate) contains: String,
    #[garde(length(max = 30))]
    pub(crate) email: Email,
    #[garde(length(max = 20))]
    #[field(type = "text")]
    pub(crate) email_as_text: Email,
    #[garde(skip)]
    pub(crate) address: WebAddress,
    #[garde(skip)]
    pub(crate) color: Color,
    #[garde(prefix("a"), length(max = 4))]
    pub(crate) nick: Nick,
    #[garde(skip)]
    pub(crate) score: Option<Score>,
    #[garde(range(min = 3, max = 200))]
    pub(crate) small: u8,
    #[garde(range(min = 3, max = 200))]
    #[field(type = "range")]
    pub(crate) slider: u8,
    #[garde(range(min = -0.25, max = 2.5))]
    #[field(type = "range")]
    pub(crate) fine_slider: f64,
    #[garde(range(min = -5))]
    pub(crate) signed: i32,
    #[garde(range(min = -7, max = 100))]
    #[field(type = "text")]
    pub(crate) number_as_text: i16,
    #[garde(inner(range(max = 9)))]
    pub(crate) some: Option<u32>,
    #[garde(range(max = 18_446_744_073_709_551_610))]
    pub(crate) wide: u64,
    #[garde(range(min = -9_007_199_254_740_993))]
    pub(crate) signed_wide: i64,
    #[garde(skip)]
    pub(crate) widest: i128,
    #[garde(skip)]
    pub(crate) size: usize,
    #[garde(range(min = 0.1, max = 2.5))]
    pub(crate) float: f64,
    #[garde(range(min = 0.1))]
    pub(crate) single: f32,
    #[garde(range(min = Decimal::from(-2)))]
    pub(crate) decimal: Decimal,
    #[garde(range(min = day(1999, 12, 31), max = day(2028, 2, 29)))]
    pub(crate) date: Date,
    #[garde(skip)]
    pub(crate) month: Month,
    #[garde(range(max = ten_in_the_evening()))]
    pub(crate) time: Time,
    #[garde(skip)]
    pub(crate) moment: LocalDateTime,
    #[garde(length(chars, max = 5))]
    #[field(type = "hidden")]
    pub(crate) hidden: String,
    #[garde(length(chars, min = 2, max = 5))]
    pub(crate) text: String,
    #[garde(length(utf16, max = 6))]
    pub(crate) units_of_text: String,
    #[garde(length(bytes, max = 12))]
    pub(crate) bytes_of_text: Option<String>,
    #[garde(skip)]
    pub(crate) tick: bool,
    #[garde(skip)]
    pub(crate) radio: Beast,
    #[garde(skip)]
    pub(crate) perhaps_radio: Option<Beast>,
    #[garde(skip)]
    pub(crate) select: Beast,
    #[garde(skip)]
    pub(crate) perhaps_select: Option<Beast>,
    #[garde(length(min = 1, max = 2))]
    pub(crate) ticks: Vec<Beast>,
    #[garde(length(min = 1, max = 2))]
    pub(crate) selects: BTreeSet<Beast>,
    #[garde(dive)]
    pub(crate) cage: Cage,
    #[garde(dive)]
    pub(crate) perhaps_cage: Option<Cage>,
    #[garde(length(max = 3), dive)]
    pub(crate) animals: Vec<Animal>,
    #[garde(skip)]
    #[field(accept = "image/png", max_size = "2 kB")]
    pub(crate) picture: Option<Upload>,
    #[garde(skip)]
    #[field(accept = ".csv, image/*", max_size = "1 kB", max_files = 3, max_total = "2 kB")]
    pub(crate) files: Vec<Upload>,
}

/// A struct of fields.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Cage {
    #[garde(length(chars, min = 1, max = 6))]
    pub(crate) name: String,
    #[garde(range(min = -3, max = 40))]
    pub(crate) floor: i8,
}

/// A row.
#[derive(Form, Validate, Clone, Debug)]
pub(crate) struct Animal {
    #[garde(length(chars, min = 1, max = 3))]
    pub(crate) name: String,
    #[garde(range(max = 8))]
    pub(crate) legs: u8,
    #[garde(skip)]
    pub(crate) kinds: Vec<Beast>,
}

/// A choice.
#[derive(FormChoice, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Beast {
    Ant,
    Bee,
    #[choice(value = "c & d")]
    Cat,
}

/// A newtype that is not what was typed: without the spaces, in lower case.
#[derive(Clone, Debug)]
pub(crate) struct Nick(String);

impl FormValue for Nick {
    const SHAPE: Shape = Shape::new("nick");

    fn placeholder() -> Self {
        Nick(String::new())
    }

    fn from_text(text: &str) -> Result<Self, Mistake> {
        Ok(Nick(text.trim().to_lowercase()))
    }

    fn to_text(&self) -> String {
        self.0.clone()
    }
}

impl garde::rules::AsStr for Nick {
    fn as_str(&self) -> &str {
        &self.0
    }
}

impl garde::rules::length::HasSimpleLength for Nick {
    fn length(&self) -> usize {
        self.0.len()
    }
}

/// A newtype with the control of the type in it.
#[derive(Clone, Debug)]
pub(crate) struct Score(u16);

impl FormValue for Score {
    const SHAPE: Shape = Shape::new("score");
    const CONSTRAINTS: formwork::Constraints = <u16 as FormValue>::CONSTRAINTS;

    fn placeholder() -> Self {
        Score(0)
    }

    fn from_text(text: &str) -> Result<Self, Mistake> {
        let score = u16::from_text(text)?;
        match score {
            0..=20 => Ok(Score(score)),
            _ => Err(Mistake::Said(Cow::Borrowed("Twenty at most"))),
        }
    }

    fn to_text(&self) -> String {
        self.0.to_string()
    }
}

fn day(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).unwrap_or_else(Date::placeholder)
}

fn ten_in_the_evening() -> Time {
    Time::new(22, 0, 0, 0).unwrap_or_else(Time::placeholder)
}
