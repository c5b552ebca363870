//! Periods of the calendar of a zone: hours, days, weeks, months, quarters, years.
//!
//! ```
//! use ulid_engine::{calendar::Step, timestamp::TimeZone};
//!
//! let day: Step = "day".parse()?;
//! let berlin = TimeZone::get("Europe/Berlin")?;
//! // on 26 October 2025 the clocks went back
//! let ms = "2025-10-26T12:00:00Z".parse::<ulid_engine::Timestamp>()?.ms().cast_signed();
//! let period = day.period(ms, &berlin);
//! assert_eq!(period.end - period.start, 25 * 3_600_000);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod fill;

pub use fill::{Filled, fill};

use std::{ops::Range, str::FromStr};

use crate::timestamp::{TimeZone, utc_ms, wall_clock_ms};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// The Monday before the first day of 1970.
const MONDAY_DAYS: i64 = -3;

/// How long periods are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// So many milliseconds, which divide a day, counted from midnight.
    Clock(i64),
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday, as ISO 8601 has it.
    Week,
    /// So many months, which divide a year: 1, 3 or 12.
    Months(i64),
}

/// A text that names no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no period of a calendar; give second, minute, hour, day, week, month, quarter or year, or a part of a day such as 15m, 1h or 6h"
)]
pub struct UnknownStep(String);

impl FromStr for Step {
    type Err = UnknownStep;

    fn from_str(text: &str) -> Result<Step, UnknownStep> {
        let lower = text.trim().to_ascii_lowercase();
        let unknown = || UnknownStep(text.to_owned());
        let digits = lower.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = lower.split_at(digits);
        let count: i64 = match count {
            "" => 1,
            count => count.parse().map_err(|_| unknown())?,
        };
        let unit = unit.trim();
        let clock = |unit_ms: i64| {
            let ms = count
                .checked_mul(unit_ms)
                .filter(|ms| *ms > 0 && DAY_MS % ms == 0);
            ms.map(|ms| {
                if ms == DAY_MS {
                    Step::Day
                } else {
                    Step::Clock(ms)
                }
            })
        };
        let single = |step| (count == 1).then_some(step);
        let step = match unit {
            "ms" => clock(1),
            "s" | "sec" | "second" | "seconds" => clock(1000),
            "m" | "min" | "minute" | "minutes" => clock(60_000),
            "h" | "hr" | "hour" | "hours" => clock(HOUR_MS),
            "d" | "day" | "days" => single(Step::Day),
            "w" | "wk" | "week" | "weeks" => single(Step::Week),
            "mo" | "month" | "months" => single(Step::Months(1)),
            "q" | "quarter" | "quarters" => single(Step::Months(3)),
            "y" | "yr" | "year" | "years" => single(Step::Months(12)),
            _ => None,
        };
        step.ok_or_else(unknown)
    }
}

impl Step {
    /// The period that a time falls into, in milliseconds since 1970: its begin, and the begin of the next. Of a night in
    /// which clocks go back, both hours that they show are periods of their own.
    #[must_use]
    pub fn period(self, ms: i64, zone: &TimeZone) -> Range<i64> {
        let ms = within_years(ms);
        let shown = wall_clock_ms(ms, zone);
        let (start, end) = self.shown(shown);
        // The parts of an hour pass in every zone as they do in any other.
        if let Step::Clock(step) = self
            && HOUR_MS % step == 0
        {
            return ms - (shown - start)..ms + (end - shown);
        }
        utc_ms(start, zone)..utc_ms(end, zone)
    }

    /// The period by what the wall clock shows.
    fn shown(self, shown: i64) -> (i64, i64) {
        let day = shown.div_euclid(DAY_MS);
        match self {
            Step::Clock(step) => {
                let start = shown.div_euclid(step) * step;
                (start, start + step)
            }
            Step::Day => (day * DAY_MS, (day + 1) * DAY_MS),
            Step::Week => {
                let monday = (day - MONDAY_DAYS).div_euclid(7) * 7 + MONDAY_DAYS;
                (monday * DAY_MS, (monday + 7) * DAY_MS)
            }
            Step::Months(count) => {
                let count = count.clamp(1, 12);
                let first = month_of(day).div_euclid(count) * count;
                let start = |month| first_day(month) * DAY_MS;
                (start(first), start(first + count))
            }
        }
    }

    /// The period that begins at a time, as people write it: `2026-01-01`, `2026-01`, `2026-Q1`, `2026`,
    /// `2026-01-01T09:00+01:00`.
    #[must_use]
    pub fn label(self, start_ms: i64, zone: &TimeZone) -> String {
        let start_ms = within_years(start_ms);
        let shown = wall_clock_ms(start_ms, zone);
        let day = shown.div_euclid(DAY_MS);
        let month = month_of(day);
        let year = month.div_euclid(12);
        let in_year = month.rem_euclid(12) + 1;
        let in_month = day - first_day(month) + 1;
        match self {
            Step::Months(12) => format!("{year:04}"),
            Step::Months(3) => format!("{year:04}-Q{}", (in_year + 2) / 3),
            Step::Months(_) => format!("{year:04}-{in_year:02}"),
            Step::Day | Step::Week => format!("{year:04}-{in_year:02}-{in_month:02}"),
            Step::Clock(step) => {
                let clock = clock_label(shown.rem_euclid(DAY_MS), step);
                let offset = offset_label((shown - start_ms) / 60_000);
                format!("{year:04}-{in_year:02}-{in_month:02}T{clock}{offset}")
            }
        }
    }
}

/// A time whose date can be calculated: the nearest of some ten million years.
fn within_years(ms: i64) -> i64 {
    const END_MS: i64 = 1 << 58;
    ms.clamp(-END_MS, END_MS)
}

/// A number that a calendar or a clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarPart {
    /// Hour of the day, 0 to 23.
    Hour,
    /// Day of the week, 1 for Monday to 7 for Sunday.
    Weekday,
    /// Week of the year, 1 to 53, as ISO 8601 counts: the first has the year's first Thursday.
    Week,
    /// Month of the year, 1 to 12.
    Month,
    /// Year.
    Year,
}

impl CalendarPart {
    /// The number at a time, in milliseconds since 1970.
    #[must_use]
    pub fn of(self, ms: i64, zone: &TimeZone) -> i64 {
        let shown = wall_clock_ms(within_years(ms), zone);
        let day = shown.div_euclid(DAY_MS);
        let month = month_of(day);
        let weekday = (day - MONDAY_DAYS).rem_euclid(7) + 1;
        match self {
            CalendarPart::Hour => shown.rem_euclid(DAY_MS) / HOUR_MS,
            CalendarPart::Weekday => weekday,
            CalendarPart::Week => {
                let thursday = day - weekday + 4;
                let january = month_of(thursday).div_euclid(12) * 12;
                (thursday - first_day(january)) / 7 + 1
            }
            CalendarPart::Month => month.rem_euclid(12) + 1,
            CalendarPart::Year => month.div_euclid(12),
        }
    }

    /// Its name in the query language.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            CalendarPart::Hour => "hour",
            CalendarPart::Weekday => "weekday",
            CalendarPart::Week => "week",
            CalendarPart::Month => "month",
            CalendarPart::Year => "year",
        }
    }
}

/// A time of day to the precision that periods of so many milliseconds need.
fn clock_label(ms: i64, step: i64) -> String {
    let (minutes, seconds) = (ms / 60_000, ms / 1000 % 60);
    let clock = format!("{:02}:{:02}", minutes / 60, minutes % 60);
    match step {
        step if step % 60_000 == 0 => clock,
        step if step % 1000 == 0 => format!("{clock}:{seconds:02}"),
        _ => format!("{clock}:{seconds:02}.{:03}", ms % 1000),
    }
}

fn offset_label(minutes: i64) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    match minutes.abs() {
        0 => "Z".to_owned(),
        minutes => format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60),
    }
}

/// The month that a day lies in, counted from that of year 0. Days are counted from 1970; the way is that of Howard
/// Hinnant's "chrono-compatible low-level date algorithms", with years that begin in March.
fn month_of(day: i64) -> i64 {
    let from_march = day + 719_468;
    let era = from_march.div_euclid(146_097);
    let of_era = from_march.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    (era * 400 + year) * 12 + month + 2
}

/// The first day of a month, as [`month_of`] counts both.
fn first_day(month: i64) -> i64 {
    let from_march = month - 2;
    let (year, month) = (from_march.div_euclid(12), from_march.rem_euclid(12));
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use jiff::{Unit, civil};
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    #[test]
    fn times_at_the_ends_of_64_bits_have_a_date() {
        for ms in [i64::MIN, i64::MAX] {
            for zone in [TimeZone::UTC, zone("Europe/Berlin")] {
                assert!(matches!(CalendarPart::Week.of(ms, &zone), 1..=53));
                for step in [Step::Clock(60_000), Step::Day, Step::Week, Step::Months(3)] {
                    let period = step.period(ms, &zone);
                    assert!(period.start < period.end);
                    assert!(!step.label(period.start, &zone).is_empty());
                }
            }
        }
    }

    fn labels(step: Step, from: &str, to: &str, zone: &TimeZone) -> Vec<String> {
        let ms = |text: &str| text.parse::<crate::Timestamp>().unwrap().ms().cast_signed();
        let (mut at, end) = (ms(from), ms(to));
        let mut labels = Vec::new();
        while at < end {
            let period = step.period(at, zone);
            labels.push(step.label(period.start, zone));
            at = period.end;
        }
        labels
    }

    #[test]
    fn both_hours_of_an_autumn_night_are_there_and_none_of_a_gap_in_spring() {
        let berlin = zone("Europe/Berlin");
        let hour = Step::Clock(HOUR_MS);
        assert_eq!(
            labels(
                hour,
                "2025-10-25T23:30:00Z",
                "2025-10-26T02:30:00Z",
                &berlin
            ),
            [
                "2025-10-26T01:00+02:00",
                "2025-10-26T02:00+02:00",
                "2025-10-26T02:00+01:00",
                "2025-10-26T03:00+01:00"
            ]
        );
        assert_eq!(
            labels(
                hour,
                "2025-03-30T00:30:00Z",
                "2025-03-30T02:00:00Z",
                &berlin
            ),
            ["2025-03-30T01:00+01:00", "2025-03-30T03:00+02:00"]
        );
        let quarter_day = Step::Clock(6 * HOUR_MS);
        assert_eq!(
            labels(
                quarter_day,
                "2025-10-25T22:00:00Z",
                "2025-10-26T11:00:00Z",
                &berlin
            ),
            ["2025-10-26T00:00+02:00", "2025-10-26T06:00+01:00"]
        );
    }

    #[test]
    fn periods_begin_where_the_calendar_has_them() {
        let kolkata = zone("Asia/Kolkata");
        for (step, first) in [
            ("15m", "2026-05-21T05:30+05:30"),
            ("hour", "2026-05-21T05:00+05:30"),
            ("day", "2026-05-21"),
            ("week", "2026-05-18"),
            ("month", "2026-05"),
            ("quarter", "2026-Q2"),
            ("year", "2026"),
        ] {
            let step: Step = step.parse().unwrap();
            let found = labels(
                step,
                "2026-05-21T00:00:01Z",
                "2026-05-21T00:00:02Z",
                &kolkata,
            );
            assert_eq!(found, [first]);
        }
        for wrong in [
            "7h",
            "2d",
            "fortnight",
            "0h",
            "",
            "-1h",
            "99999999999999999999h",
        ] {
            assert!(wrong.parse::<Step>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn periods_are_those_of_jiff(
            ms in -60_000_000_000_i64..250_000_000_000_000,
            name in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/Havana", "Asia/Kathmandu", "Pacific/Apia"]),
        ) {
            let zone = zone(name);
            let at = jiff::Timestamp::from_millisecond(ms).unwrap().to_zoned(zone.clone());
            let start_of = |date: civil::Date| {
                date.to_zoned(zone.clone()).unwrap().timestamp().as_millisecond()
            };
            let date = at.date();
            let monday = date.checked_sub(jiff::Span::new().days(date.weekday().to_monday_zero_offset())).unwrap();
            let quarter = civil::date(date.year(), (date.month() - 1) / 3 * 3 + 1, 1);
            prop_assert_eq!(Step::Day.period(ms, &zone).start, start_of(date));
            prop_assert_eq!(Step::Week.period(ms, &zone).start, start_of(monday));
            prop_assert_eq!(Step::Months(1).period(ms, &zone).start, start_of(date.first_of_month()));
            prop_assert_eq!(Step::Months(3).period(ms, &zone).start, start_of(quarter));
            prop_assert_eq!(Step::Months(12).period(ms, &zone).start, start_of(date.first_of_year()));
            prop_assert_eq!(Step::Day.label(ms, &zone), date.to_string());
            let week = date.iso_week_date();
            for (part, expected) in [
                (CalendarPart::Hour, i64::from(at.hour())),
                (CalendarPart::Weekday, i64::from(date.weekday().to_monday_one_offset())),
                (CalendarPart::Week, i64::from(week.week())),
                (CalendarPart::Month, i64::from(date.month())),
                (CalendarPart::Year, i64::from(date.year())),
            ] {
                prop_assert_eq!(part.of(ms, &zone), expected);
            }
            let day = Step::Day.period(ms, &zone);
            prop_assert!(day.contains(&ms));
            prop_assert_eq!(day.end, start_of(date.tomorrow().unwrap()));
            let second = at.round(jiff::ZonedRound::new().smallest(Unit::Second).mode(jiff::RoundMode::Floor)).unwrap();
            prop_assert_eq!(Step::Clock(1000).period(ms, &zone).start, second.timestamp().as_millisecond());
        }
    }
}
