//! The time of a ULID on the wall clock of a zone.
//!
//! jiff knows the zones, up to the year 9999; for the nine centuries past it the calendar's period helps: 400 Gregorian
//! years are a whole number of weeks, so a later time is moved back by whole periods, read, and its year moved on again.

pub use jiff::tz::TimeZone;
pub use ulid_core::timestamp::*;

use std::fmt;

use jiff::{
    SignedDuration,
    civil::{DateTime, date},
    tz::Offset,
};

const PERIOD_YEARS: i32 = 400;
const PERIOD_MS: i64 = 146_097 * 86_400_000;
/// The last millisecond that jiff can place in every time zone.
const LAST_MS: i64 = 253_402_207_200_999;

/// A time as the wall clock of a zone shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Civil {
    /// The year, up to 10889.
    pub year: i32,
    /// Everything below the year; its own year is off by whole periods.
    in_period: DateTime,
    offset_seconds: i32,
}

/// A name that is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no time zone; give UTC, local, a name such as Europe/Berlin, or an offset such as +02:00"
)]
pub struct UnknownZone(String);

/// A zone by its name: `UTC`, `local`, one of the zone database, or an offset as `+02:00`, `-0330`, `+2`.
///
/// # Errors
///
/// [`UnknownZone`] for a name that the zone database does not know.
pub fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    match name.trim() {
        "" | "UTC" | "utc" | "Z" | "z" => Ok(TimeZone::UTC),
        "local" => Ok(TimeZone::system()),
        name => offset(name)
            .map(TimeZone::fixed)
            .or_else(|| TimeZone::get(name).ok())
            .ok_or_else(|| UnknownZone(name.to_owned())),
    }
}

/// An offset from UTC: a sign, hours, and minutes with a colon before them or without.
fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() > 2 => digits.split_at_checked(digits.len() - 2)?,
        None => (digits, "0"),
    };
    let number = |text: &str, most: i32| {
        let is_number = matches!(text.len(), 1..=2) && text.bytes().all(|b| b.is_ascii_digit());
        let number: i32 = text.parse().ok().filter(|_| is_number)?;
        (number <= most).then_some(number)
    };
    let (hours, minutes) = (number(hours, 23)?, number(minutes, 59)?);
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

/// A time beside the wall clocks of zones.
pub trait InZone: Sized {
    /// The wall clock of a zone at this time.
    #[must_use]
    fn in_zone(self, zone: &TimeZone) -> Civil;

    /// Reads a time as [`Timestamp`] does from text; a text without an offset is the wall clock of `zone`.
    ///
    /// # Errors
    ///
    /// [`TimestampError`] for a text that is no time, and for times outside of a ULID's range.
    fn parse_in(text: &str, zone: &TimeZone) -> Result<Self, TimestampError>;
}

impl InZone for Timestamp {
    fn in_zone(self, zone: &TimeZone) -> Civil {
        let ms = i64::try_from(self.ms()).unwrap_or(LAST_MS);
        let periods = periods_past(ms, LAST_MS);
        let moved = jiff::Timestamp::from_millisecond(ms - periods * PERIOD_MS);
        let years = i32::try_from(periods).unwrap_or(0) * PERIOD_YEARS;
        let zoned = moved.unwrap_or(jiff::Timestamp::MAX).to_zoned(zone.clone());
        Civil::new(zoned.datetime(), years, zoned.offset())
    }

    fn parse_in(text: &str, zone: &TimeZone) -> Result<Timestamp, TimestampError> {
        Timestamp::parse_with(text, |wall_clock_ms| utc_ms(wall_clock_ms, zone))
    }
}

/// Whole periods that a time is moved back by, so that it is no later than the last one.
fn periods_past(ms: i64, last_ms: i64) -> i64 {
    if ms > last_ms {
        (ms - last_ms - 1) / PERIOD_MS + 1
    } else {
        0
    }
}

/// The time that the wall clock of a zone shows, both in milliseconds since 1970.
pub(crate) fn wall_clock_ms(ms: i64, zone: &TimeZone) -> i64 {
    let periods = periods_past(ms, LAST_MS);
    let moved = jiff::Timestamp::from_millisecond(ms - periods * PERIOD_MS);
    // Outside of what jiff can place, which is outside of a ULID's range too, no zone matters.
    moved.map_or(ms, |moved| {
        ms + i64::from(zone.to_offset(moved).seconds()) * 1000
    })
}

/// The time at which the wall clock of a zone shows one, both in milliseconds since 1970. Of a time that it shows twice
/// the first is taken, and one that it leaves out is read as before the change.
pub(crate) fn utc_ms(wall_clock_ms: i64, zone: &TimeZone) -> i64 {
    let periods = periods_past(wall_clock_ms, LAST_MS);
    let moved = SignedDuration::from_millis(wall_clock_ms - periods * PERIOD_MS);
    let instant = date(1970, 1, 1)
        .at(0, 0, 0, 0)
        .checked_add(moved)
        .and_then(|shown| shown.to_zoned(zone.clone()))
        .map(|zoned| zoned.timestamp().as_millisecond());
    // Outside of what jiff can place, which is outside of a ULID's range too, no zone matters.
    instant.map_or(wall_clock_ms, |ms| ms + periods * PERIOD_MS)
}

/// Distance of the clock of a zone from UTC, in seconds, at a time in milliseconds since 1970.
#[must_use]
pub fn offset_at(ms: i64, zone: &TimeZone) -> i32 {
    seconds(wall_clock_ms(ms, zone) - ms)
}

/// Distance of the clock of a zone from UTC, in seconds, where it shows a time, in milliseconds since it showed 1970.
#[must_use]
pub fn offset_of_wall_clock(wall_clock_ms: i64, zone: &TimeZone) -> i32 {
    seconds(wall_clock_ms - utc_ms(wall_clock_ms, zone))
}

/// Whole seconds of an offset.
fn seconds(ms: i64) -> i32 {
    i32::try_from(ms / 1_000).unwrap_or_default()
}

impl Civil {
    fn new(in_period: DateTime, years: i32, offset: Offset) -> Civil {
        Civil {
            year: i32::from(in_period.year()) + years,
            in_period,
            offset_seconds: offset.seconds(),
        }
    }

    /// Month of the year, 1 to 12.
    #[must_use]
    pub fn month(&self) -> i8 {
        self.in_period.month()
    }

    /// Day of the month, 1 to 31.
    #[must_use]
    pub fn day(&self) -> i8 {
        self.in_period.day()
    }

    /// Hour of the day, 0 to 23.
    #[must_use]
    pub fn hour(&self) -> i8 {
        self.in_period.hour()
    }

    /// Distance from UTC, in seconds, positive to the east.
    #[must_use]
    pub fn offset_seconds(&self) -> i32 {
        self.offset_seconds
    }

    /// The clock alone, without date and offset: `05:31:50.655`.
    #[must_use]
    pub fn time_of_day(&self) -> String {
        let at = self.in_period;
        format!(
            "{:02}:{:02}:{:02}.{:03}",
            at.hour(),
            at.minute(),
            at.second(),
            at.millisecond()
        )
    }

    /// The date alone: `2016-07-30`, `+10889-08-02`.
    #[must_use]
    pub fn date(&self) -> String {
        let sign = if self.year > 9999 { "+" } else { "" };
        format!(
            "{sign}{:04}-{:02}-{:02}",
            self.year,
            self.month(),
            self.day()
        )
    }
}

impl fmt::Display for Civil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.offset_seconds / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
        f.pad(&format!(
            "{}T{}{sign}{hours:02}:{minutes:02}",
            self.date(),
            self.time_of_day()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_ms(ms).unwrap()
    }

    #[test]
    fn zones_are_known_by_name() {
        assert_eq!(zone("UTC"), Ok(TimeZone::UTC));
        assert!(zone("Europe/Berlin").is_ok_and(|zone| zone.iana_name() == Some("Europe/Berlin")));
        for (text, shown) in [
            ("+02:00", "2016-07-31T01:54:10.259+02:00"),
            ("-0330", "2016-07-30T20:24:10.259-03:30"),
            ("+5", "2016-07-31T04:54:10.259+05:00"),
            ("+0545", "2016-07-31T05:39:10.259+05:45"),
        ] {
            let zone = zone(text).unwrap();
            assert_eq!(
                at(1_469_922_850_259).in_zone(&zone).to_string(),
                shown,
                "{text}"
            );
        }
        for text in ["+", "+24:00", "+1:2:3", "+12:60", "+-2", "+02:", "2", "+é2"] {
            assert_eq!(zone(text), Err(UnknownZone(text.to_owned())), "{text}");
        }
        assert_eq!(
            zone("Mars/Olympus"),
            Err(UnknownZone("Mars/Olympus".to_owned()))
        );
    }

    /// Berlin was an hour ahead in 1969, and is two in summer.
    #[test]
    fn offsets_are_known_before_1970_and_where_a_clock_shows_a_time_twice() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for (ms, offset) in [
            (-1, 3_600),
            (1_719_828_000_000, 7_200),
            (281_474_976_710_655, 7_200),
        ] {
            assert_eq!(offset_at(ms, &berlin), offset, "{ms}");
            assert_eq!(offset_of_wall_clock(ms, &berlin), offset, "{ms}");
        }
        // 2024-10-27T02:30, of which the first is taken
        assert_eq!(offset_of_wall_clock(1_729_996_200_000, &berlin), 7_200);
    }

    #[test]
    fn zones_show_their_wall_clock() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let cases = [
            (1_469_922_850_259, "2016-07-31T01:54:10.259+02:00"),
            (281_474_976_710_655, "+10889-08-02T07:31:50.655+02:00"),
        ];
        for (ms, text) in cases {
            assert_eq!(at(ms).in_zone(&berlin).to_string(), text);
            assert_eq!(text.parse(), Ok(at(ms)));
        }
        assert_eq!(
            Timestamp::parse_in("2016-07-31T01:54:10.259", &berlin),
            Ok(at(1_469_922_850_259))
        );
    }
}
