//! Widths of histogram buckets: each is made of whole buckets of the next finer one.

use crate::Timestamp;

const DAY_MS: u64 = 86_400_000;

/// How much time a bucket covers. Days and longer ones are those of the calendar in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Width {
    Millisecond,
    TenMilliseconds,
    HundredMilliseconds,
    Second,
    TenSeconds,
    Minute,
    TenMinutes,
    Hour,
    SixHours,
    Day,
    Month,
    Year,
    Decade,
    Century,
}

impl Width {
    /// All widths, from the finest.
    pub const ALL: [Width; 14] = [
        Width::Millisecond,
        Width::TenMilliseconds,
        Width::HundredMilliseconds,
        Width::Second,
        Width::TenSeconds,
        Width::Minute,
        Width::TenMinutes,
        Width::Hour,
        Width::SixHours,
        Width::Day,
        Width::Month,
        Width::Year,
        Width::Decade,
        Width::Century,
    ];

    /// The next coarser width; nothing above a century.
    #[must_use]
    pub fn coarser(self) -> Option<Width> {
        Width::ALL.get(self as usize + 1).copied()
    }

    /// The next finer width; nothing below a millisecond.
    #[must_use]
    pub fn finer(self) -> Option<Width> {
        (self as usize)
            .checked_sub(1)
            .and_then(|index| Width::ALL.get(index).copied())
    }

    /// The bucket that holds a time: its first millisecond, and the first behind it.
    pub(super) fn around(self, time: Timestamp) -> std::ops::Range<u64> {
        let ms = time.ms();
        let clock = |length: u64| {
            let start = ms - ms % length;
            start..start + length
        };
        let years = |count: u64| {
            let (year, _) = month_of(ms / DAY_MS);
            let first = year - year % count;
            first_day(first, 1) * DAY_MS..first_day(first + count, 1) * DAY_MS
        };
        match self {
            Width::Millisecond => clock(1),
            Width::TenMilliseconds => clock(10),
            Width::HundredMilliseconds => clock(100),
            Width::Second => clock(1_000),
            Width::TenSeconds => clock(10_000),
            Width::Minute => clock(60_000),
            Width::TenMinutes => clock(600_000),
            Width::Hour => clock(3_600_000),
            Width::SixHours => clock(6 * 3_600_000),
            Width::Day => clock(DAY_MS),
            Width::Month => {
                let (year, month) = month_of(ms / DAY_MS);
                let (next_year, next_month) = if month == 12 {
                    (year + 1, 1)
                } else {
                    (year, month + 1)
                };
                first_day(year, month) * DAY_MS..first_day(next_year, next_month) * DAY_MS
            }
            Width::Year => years(1),
            Width::Decade => years(10),
            Width::Century => years(100),
        }
    }
}

/// Days from 0000-03-01, the begin of the years that the arithmetic below counts in, to 1970-01-01.
const DAYS_BEFORE_1970: u64 = 719_468;
const DAYS_OF_400_YEARS: u64 = 146_097;

/// Year and month of a day since 1970, after Howard Hinnant, "chrono-compatible low-level date algorithms": years begin
/// in March, so that the leap day is their last.
fn month_of(day: u64) -> (u64, u64) {
    let day = day + DAYS_BEFORE_1970;
    let (period, day) = (day / DAYS_OF_400_YEARS, day % DAYS_OF_400_YEARS);
    let year_of_period = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_period + year_of_period / 4 - year_of_period / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let year = period * 400 + year_of_period;
    match month_from_march {
        0..=9 => (year, month_from_march + 3),
        _ => (year + 1, month_from_march - 9),
    }
}

/// The first day of a month, in days since 1970; the first of all for the months before. By the same source.
fn first_day(year: u64, month: u64) -> u64 {
    let (year, month_from_march) = match month {
        3.. => (year, month - 3),
        _ => (year - 1, month + 9),
    };
    let (period, year) = (year / 400, year % 400);
    let day_of_year = (153 * month_from_march + 2) / 5;
    let days = period * DAYS_OF_400_YEARS + year * 365 + year / 4 - year / 100 + day_of_year;
    days.saturating_sub(DAYS_BEFORE_1970)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::timestamp::InZone;

    fn check(width: Width, time: &str, start: &str, end: &str) {
        let ms = |text: &str| text.parse::<Timestamp>().unwrap().ms();
        let bucket = width.around(time.parse().unwrap());
        assert_eq!(bucket, ms(start)..ms(end), "{width:?} of {time}");
    }

    #[test]
    fn buckets_follow_clock_and_calendar() {
        let time = "2024-02-29T23:59:59.987Z";
        check(Width::Millisecond, time, time, "2024-02-29T23:59:59.988Z");
        check(
            Width::HundredMilliseconds,
            time,
            "2024-02-29T23:59:59.900Z",
            "2024-03-01",
        );
        check(Width::SixHours, time, "2024-02-29T18:00", "2024-03-01");
        check(Width::Day, time, "2024-02-29", "2024-03-01");
        check(Width::Month, time, "2024-02", "2024-03");
        check(Width::Month, "2023-12-31", "2023-12", "2024-01");
        check(Width::Year, time, "2024", "2025");
        check(Width::Decade, time, "2020", "2030");
        check(Width::Century, time, "2000", "2100");
        check(Width::Century, "1999-12-31", "1970", "2000");
        check(Width::Year, "+10888-07-01", "+10888-01-01", "+10889-01-01");
    }

    proptest! {
        #[test]
        fn months_are_those_of_the_calendar(ms in 0..=Timestamp::MAX.ms()) {
            let time = Timestamp::from_ms(ms).unwrap();
            let civil = time.in_zone(&crate::timestamp::TimeZone::UTC);
            let (year, month) = month_of(ms / DAY_MS);
            prop_assert_eq!((year, month), (civil.year as u64, civil.month() as u64));
        }

        #[test]
        fn a_bucket_is_made_of_whole_finer_ones(ms in 0..=Timestamp::MAX.ms()) {
            let time = Timestamp::from_ms(ms).unwrap();
            for width in Width::ALL {
                let bucket = width.around(time);
                prop_assert!(bucket.contains(&ms));
                if let Some(finer) = width.finer() {
                    let first = finer.around(Timestamp::from_ms(bucket.start).unwrap());
                    prop_assert_eq!(first.start, bucket.start);
                    if let Ok(end) = Timestamp::from_ms(bucket.end) {
                        prop_assert_eq!(finer.around(end).start, bucket.end);
                    }
                }
            }
        }
    }
}
