//! Days to dates and back, in the Gregorian calendar before and after its time, by the methods of Howard Hinnant's
//! `chrono-compatible low-level date algorithms`: years begin in March, so that the leap day is the last, and 400 of them
//! are a whole number of days.

pub(super) const DAY_MS: i64 = 86_400_000;
const PERIOD_DAYS: i64 = 146_097;
const PERIOD_YEARS: i64 = 400;
/// Days from 0000-03-01 to 1970-01-01.
const EPOCH: i64 = 719_468;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    /// 1 to 12.
    pub(super) month: i64,
    /// 1 to 31.
    pub(super) day: i64,
}

impl Date {
    /// The date of a day, counted from 1970-01-01.
    pub(super) fn of_day(day: i64) -> Date {
        let day = day + EPOCH;
        let (period, day) = (day.div_euclid(PERIOD_DAYS), day.rem_euclid(PERIOD_DAYS));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        // Months of 30.6 days, from March.
        let month = (5 * day + 2) / 153;
        let is_next_year = i64::from(month >= 10);
        Date {
            year: PERIOD_YEARS * period + year + is_next_year,
            month: month + 3 - 12 * is_next_year,
            day: day - (153 * month + 2) / 5 + 1,
        }
    }

    /// The day, counted from 1970-01-01.
    #[cfg(feature = "alloc")]
    pub(super) fn to_day(self) -> i64 {
        let is_next_year = i64::from(self.month <= 2);
        let year = self.year - is_next_year;
        let (period, year) = (year.div_euclid(PERIOD_YEARS), year.rem_euclid(PERIOD_YEARS));
        let month = self.month - 3 + 12 * is_next_year;
        let day = (153 * month + 2) / 5 + self.day - 1;
        period * PERIOD_DAYS + 365 * year + year / 4 - year / 100 + day - EPOCH
    }

    /// Days of its month.
    #[cfg(feature = "alloc")]
    pub(super) fn days_of_month(self) -> i64 {
        let is_leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        match self.month {
            2 => 28 + i64::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        }
    }
}
