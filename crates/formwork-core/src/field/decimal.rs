//! Numbers with a decimal point, exactly as they were written: prices, say.

use std::{cmp::Ordering, fmt, str::FromStr};

use garde::rules::range::{Bounds, OutOfBounds};

use super::FormValue;
use crate::{Constraints, Mistake, Shape};

/// A decimal number of up to 18 digits before the point and 18 after it, with the places that it was
/// written with: `1.50` stays `1.50`, and equals `1.5`.
///
/// It is a value to read, compare and pass on, not one to compute with: `to_string` is what a crate
/// for that, or a database, takes.
///
/// ```
/// use formwork_core::Decimal;
/// let price: Decimal = "1.50".parse().unwrap();
/// assert_eq!(price.to_string(), "1.50");
/// assert!(price > "1.499999999999999999".parse().unwrap());
/// assert_eq!(price.scaled(2), Some(150));
/// ```
#[derive(Clone, Copy)]
pub struct Decimal {
    /// In units of 10⁻¹⁸.
    units: i128,
    places: u8,
}

const PLACES: usize = 18;
const ONE: i128 = 1_000_000_000_000_000_000;

impl Decimal {
    /// The number times 10 to the power of `places`, if that is a whole number: the cents of a
    /// price, with two places.
    pub fn scaled(self, places: u8) -> Option<i128> {
        let unit = 10_i128.pow((PLACES as u32).checked_sub(u32::from(places))?);
        (self.units % unit == 0).then_some(self.units / unit)
    }
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Self {
        Decimal { units: i128::from(whole) * ONE, places: 0 }
    }
}

/// A text that is no decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADecimal;

impl fmt::Display for NotADecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number of up to 18 digits before and after the point")
    }
}

impl std::error::Error for NotADecimal {}

impl FromStr for Decimal {
    type Err = NotADecimal;

    fn from_str(text: &str) -> Result<Self, NotADecimal> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return Err(NotADecimal),
            None => (digits, ""),
        };
        let whole_digits = whole.trim_start_matches('0').len();
        let all = whole.bytes().chain(fraction.bytes());
        if whole.is_empty() || whole_digits > PLACES || fraction.len() > PLACES {
            return Err(NotADecimal);
        }
        let mut units: i128 = 0;
        for digit in all.chain(std::iter::repeat_n(b'0', PLACES - fraction.len())) {
            if !digit.is_ascii_digit() {
                return Err(NotADecimal);
            }
            units = units * 10 + i128::from(digit - b'0');
        }
        let units = if negative { -units } else { units };
        Ok(Decimal { units, places: fraction.len() as u8 })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:019}", self.units.unsigned_abs());
        let (whole, fraction) = digits.split_at(digits.len() - PLACES);
        let sign = if self.units < 0 { "-" } else { "" };
        let point = if self.places == 0 { "" } else { "." };
        write!(f, "{sign}{whole}{point}{}", &fraction[..usize::from(self.places)])
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.units == other.units
    }
}

impl Eq for Decimal {}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.units.cmp(&other.units)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::hash::Hash for Decimal {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.units.hash(state);
    }
}

impl FormValue for Decimal {
    const SHAPE: Shape = Shape::new("decimal");
    // Without limits: a browser compares fewer digits.
    const CONSTRAINTS: Constraints =
        Constraints { input_type: "number", required: true, step: "any", ..Constraints::ANY };

    fn placeholder() -> Self {
        Decimal::from(0)
    }

    fn from_text(text: &str) -> Result<Self, Mistake> {
        text.trim_ascii().parse().map_err(|NotADecimal| Mistake::NotANumber)
    }

    fn to_text(&self) -> String {
        self.to_string()
    }
}

impl Bounds for Decimal {
    type Size = Self;
    const MIN: Self = Decimal { units: i128::MIN, places: 0 };
    const MAX: Self = Decimal { units: i128::MAX, places: 0 };

    fn validate_bounds(&self, least: Self, greatest: Self) -> Result<(), OutOfBounds> {
        super::time::in_bounds(self, &least, &greatest)
    }
}
