//! Days to dates and back, in the Gregorian calendar before and after its time, by the methods of Howard Hinnant's
//! `chrono-compatible low-level date algorithms`: years begin in March, so that the leap day is the last, and 400 of them
//! are a whole number of days.

pub(super) const DAY_MS: i64 = 86_400_000;
/// Days of 400 years.
const PERIOD_DAYS: i64 = 146_097;
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
    /// The date of a day, counted from 1970-01-01, which is one of a ULID's 48 bits of milliseconds.
    ///
    /// Few multiplications and no division by a number that is not known, after Neri and Schneider, `Euclidean affine functions
    /// and their application to calendar algorithms` (2022), for long lists are made of dates.
    pub(super) fn of_day(day: u32) -> Date {
        let n = 4 * (day + EPOCH as u32) + 3;
        let (century, of_century) = (n / PERIOD_DAYS as u32, n % PERIOD_DAYS as u32);
        let product = 2_939_745 * u64::from(of_century | 3);
        let year = 100 * century + (product >> 32) as u32;
        let day_of_year = product as u32 / 2_939_745 / 4;
        let n = 2_141 * day_of_year + 197_913;
        let is_next_year = u32::from(day_of_year >= 306);
        Date {
            year: i64::from(year + is_next_year),
            month: i64::from((n >> 16) - 12 * is_next_year),
            day: i64::from((n & 0xffff) / 2_141 + 1),
        }
    }

    /// The day, counted from 1970-01-01.
    #[cfg(feature = "alloc")]
    pub(super) fn to_day(self) -> i64 {
        const PERIOD_YEARS: i64 = 400;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_of_each_ulid_follows_the_one_before() {
        const LAST_DAY: u32 = ((1_u64 << 48) / DAY_MS as u64) as u32;
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for number in 0..=LAST_DAY {
            assert_eq!(Date::of_day(number), Date { year, month, day }, "{number}");
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let days = match month {
                2 => 28 + i64::from(is_leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > days {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        assert_eq!(year, 10_889);
    }
}
