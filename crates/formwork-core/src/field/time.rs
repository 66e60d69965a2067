//! Dates and times as a browser's controls write them (HTML standard §2.3.5), without a time zone:
//! which one is meant, only the application knows.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use garde::rules::range::{Bounds, OutOfBounds};

use super::FormValue;
use crate::{Constraints, Mistake, Shape};

/// A day of the Gregorian calendar, from the year 1 to 9999: `2026-11-21`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    month: Month,
    day: u8,
}

/// A month of a year: `2026-11`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    month: u8,
}

/// A time of day, to the millisecond: `09:30`, `09:30:15` or `09:30:15.250`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    milliseconds: u32,
}

/// A date and a time of day: `2026-11-21T09:30`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDateTime {
    /// The day.
    pub date: Date,
    /// The time of day.
    pub time: Time,
}

impl Month {
    /// The month of a year, if there is one.
    pub const fn new(year: u16, month: u8) -> Option<Self> {
        if year == 0 || year > 9999 || month == 0 || month > 12 {
            return None;
        }
        Some(Month { year, month })
    }

    /// From 1 to 9999.
    pub const fn year(self) -> u16 {
        self.year
    }

    /// From 1 to 12.
    pub const fn month(self) -> u8 {
        self.month
    }

    /// How many days it has.
    pub const fn days(self) -> u8 {
        match self.month {
            2 if self.year.is_multiple_of(if self.year.is_multiple_of(100) { 400 } else { 4 }) => {
                29
            }
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}

impl Date {
    /// The day of a month, if there is one.
    ///
    /// ```
    /// use formwork_core::Date;
    /// assert_eq!(Date::new(2028, 2, 29).unwrap().to_string(), "2028-02-29");
    /// assert_eq!(Date::new(2026, 2, 29), None);
    /// ```
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        match Month::new(year, month) {
            Some(month) if day > 0 && day <= month.days() => Some(Date { month, day }),
            _ => None,
        }
    }

    /// From 1 to 9999.
    pub const fn year(self) -> u16 {
        self.month.year
    }

    /// From 1 to 12.
    pub const fn month(self) -> u8 {
        self.month.month
    }

    /// From 1 to 31.
    pub const fn day(self) -> u8 {
        self.day
    }
}

impl Time {
    /// A time of day, if there is one.
    pub const fn new(hour: u8, minute: u8, second: u8, millisecond: u16) -> Option<Self> {
        if hour > 23 || minute > 59 || second > 59 || millisecond > 999 {
            return None;
        }
        let seconds = hour as u32 * 3600 + minute as u32 * 60 + second as u32;
        Some(Time { milliseconds: seconds * 1000 + millisecond as u32 })
    }

    /// From 0 to 23.
    pub const fn hour(self) -> u8 {
        (self.milliseconds / 3_600_000) as u8
    }

    /// From 0 to 59.
    pub const fn minute(self) -> u8 {
        (self.milliseconds / 60_000 % 60) as u8
    }

    /// From 0 to 59.
    pub const fn second(self) -> u8 {
        (self.milliseconds / 1000 % 60) as u8
    }

    /// From 0 to 999.
    pub const fn millisecond(self) -> u16 {
        (self.milliseconds % 1000) as u16
    }
}

/// A number of exactly so many digits.
fn digits(text: &str, width: usize) -> Option<u16> {
    let sound = text.len() == width && text.bytes().all(|byte| byte.is_ascii_digit());
    if sound { text.parse().ok() } else { None }
}

fn small(text: &str) -> Option<u8> {
    digits(text, 2).and_then(|number| number.try_into().ok())
}

fn month(text: &str) -> Option<Month> {
    let (year, month) = text.split_once('-')?;
    Month::new(digits(year, 4)?, small(month)?)
}

fn date(text: &str) -> Option<Date> {
    let (of, day) = text.rsplit_once('-')?;
    let of = month(of)?;
    Date::new(of.year, of.month, small(day)?)
}

fn time(text: &str) -> Option<Time> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute) = (small(parts.next()?)?, small(parts.next()?)?);
    let Some(rest) = parts.next() else { return Time::new(hour, minute, 0, 0) };
    let (second, fraction) = rest.split_once('.').unwrap_or((rest, "0"));
    let scale = match fraction.len() {
        1 => 100,
        2 => 10,
        _ => 1,
    };
    let fraction = digits(fraction, fraction.len().clamp(1, 3))?;
    Time::new(hour, minute, small(second)?, fraction * scale)
}

fn date_time(text: &str) -> Option<LocalDateTime> {
    let (of_date, of_time) = text.split_once(['T', ' '])?;
    Some(LocalDateTime { date: date(of_date)?, time: time(of_time)? })
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:02}", self.month, self.day)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.hour(), self.minute())?;
        match (self.second(), self.millisecond()) {
            (0, 0) => Ok(()),
            (second, 0) => write!(f, ":{second:02}"),
            (second, millisecond) => write!(f, ":{second:02}.{millisecond:03}"),
        }
    }
}

impl fmt::Display for LocalDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)
    }
}

/// What a rule of garde's, `range(min = …, max = …)`, asks.
pub(super) fn in_bounds<T: PartialOrd>(
    value: &T,
    least: &T,
    greatest: &T,
) -> Result<(), OutOfBounds> {
    if value < least {
        Err(OutOfBounds::Lower)
    } else if value > greatest {
        Err(OutOfBounds::Upper)
    } else {
        Ok(())
    }
}

/// A text that is no such date or time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotATime;

impl fmt::Display for NotATime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not written as the HTML standard writes dates and times")
    }
}

impl std::error::Error for NotATime {}

const FIRST: Date = Date { month: Month { year: 1, month: 1 }, day: 1 };
const LAST: Date = Date { month: Month { year: 9999, month: 12 }, day: 31 };
const MIDNIGHT: Time = Time { milliseconds: 0 };
const LATEST: Time = Time { milliseconds: 86_399_999 };

macro_rules! times {
    ($($name:ident $read:ident $kind:literal $say:literal $example:literal $range:expr;)*) => {$(
        impl FormValue for $name {
            const SHAPE: Shape = Shape::new($kind);
            const CONSTRAINTS: Constraints = Constraints {
                input_type: $kind,
                required: true,
                ordered: true,
                // Times have steps of a minute otherwise.
                step: if $kind.len() == 4 && $kind.as_bytes()[0] == b'd' { "" } else { "any" },
                ..Constraints::ANY
            };

            fn placeholder() -> Self {
                *Self::RANGE.start()
            }

            fn from_text(text: &str) -> Result<Self, Mistake> {
                text.trim_ascii().parse().map_err(|NotATime| match text.trim_ascii() {
                    "" => Mistake::Missing,
                    _ => Mistake::NotWritten { kind: $say, example: $example },
                })
            }

            fn to_text(&self) -> String {
                self.to_string()
            }
        }

        impl $name {
            const RANGE: RangeInclusive<Self> = $range;
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotATime;

            fn from_str(text: &str) -> Result<Self, NotATime> {
                $read(text).ok_or(NotATime)
            }
        }

        impl Bounds for $name {
            type Size = Self;
            const MIN: Self = *Self::RANGE.start();
            const MAX: Self = *Self::RANGE.end();

            fn validate_bounds(&self, least: Self, greatest: Self) -> Result<(), OutOfBounds> {
                in_bounds(self, &least, &greatest)
            }
        }
    )*};
}

times! {
    Date date "date" "a date" "2026-11-21" FIRST..=LAST;
    Month month "month" "a month" "2026-11" FIRST.month..=LAST.month;
    Time time "time" "a time" "09:30" MIDNIGHT..=LATEST;
    LocalDateTime date_time "datetime-local" "a date and a time" "2026-11-21T09:30"
        LocalDateTime { date: FIRST, time: MIDNIGHT }..=LocalDateTime { date: LAST, time: LATEST };
}
