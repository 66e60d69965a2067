//! Dates in plain arithmetic, so that no calendar library travels to the browser.

/// The time as people read it, in UTC: `21 Nov 2026, 14:05`.
///
/// ```
/// assert_eq!(app::model::format_date(1_795_269_900), "21 Nov 2026, 14:05");
/// ```
#[must_use]
pub fn format_date(unix_seconds: i64) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let Utc { year, month, day, hour, minute, .. } = Utc::from_unix(unix_seconds);
    format!("{day} {} {year}, {hour:02}:{minute:02}", MONTHS[month as usize - 1])
}

/// The time as `<time datetime>` wants it: `2026-11-21T14:05:00Z`.
///
/// ```
/// assert_eq!(app::model::iso_date(1_795_269_900), "2026-11-21T14:05:00Z");
/// ```
#[must_use]
pub fn iso_date(unix_seconds: i64) -> String {
    let Utc { year, month, day, hour, minute, second } = Utc::from_unix(unix_seconds);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// A moment in the proleptic Gregorian calendar; `month` and `day` count from 1.
struct Utc {
    year: i64,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
}

impl Utc {
    /// Howard Hinnant's `civil_from_days`, <https://howardhinnant.github.io/date_algorithms.html>:
    /// in years that begin in March the leap day comes last, so month lengths are one linear formula.
    fn from_unix(unix_seconds: i64) -> Self {
        const DAYS_FROM_MARCH_OF_YEAR_0: i64 = 719_468;
        const DAYS_IN_400_YEARS: i64 = 146_097;

        let second_of_day = unix_seconds.rem_euclid(86_400) as u32;
        let days = unix_seconds.div_euclid(86_400) + DAYS_FROM_MARCH_OF_YEAR_0;
        let era = days.div_euclid(DAYS_IN_400_YEARS);
        let day_of_era = days.rem_euclid(DAYS_IN_400_YEARS);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };

        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: month as u32,
            day: (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32,
            hour: second_of_day / 3_600,
            minute: second_of_day / 60 % 60,
            second: second_of_day % 60,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments() {
        // By `date -u -d @SECONDS`.
        for (unix_seconds, read, iso) in [
            (0, "1 Jan 1970, 00:00", "1970-01-01T00:00:00Z"),
            (-1, "31 Dec 1969, 23:59", "1969-12-31T23:59:59Z"),
            (951_782_399, "28 Feb 2000, 23:59", "2000-02-28T23:59:59Z"),
            (951_782_400, "29 Feb 2000, 00:00", "2000-02-29T00:00:00Z"),
            (1_709_164_800, "29 Feb 2024, 00:00", "2024-02-29T00:00:00Z"),
            (1_795_269_907, "21 Nov 2026, 14:05", "2026-11-21T14:05:07Z"),
            (4_107_542_399, "28 Feb 2100, 23:59", "2100-02-28T23:59:59Z"),
            (4_107_542_400, "1 Mar 2100, 00:00", "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(format_date(unix_seconds), read);
            assert_eq!(iso_date(unix_seconds), iso);
        }
    }

    #[test]
    fn every_day_of_800_years_follows_the_one_before() {
        let mut before = Utc::from_unix(-86_400);
        for day in 0..292_194 {
            let now = Utc::from_unix(day * 86_400);
            let expected = if now.day > 1 {
                (before.year, before.month, before.day + 1)
            } else if now.month > 1 {
                assert!(before.day >= 28);
                (before.year, before.month + 1, 1)
            } else {
                assert_eq!((before.month, before.day), (12, 31));
                (before.year + 1, 1, 1)
            };
            assert_eq!((now.year, now.month, now.day), expected);
            before = now;
        }
    }
}
