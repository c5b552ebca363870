//! Milliseconds to dates and back. jiff knows the calendar and the zones, up to the year 9999; for the nine centuries
//! past it the calendar's period helps: 400 Gregorian years are a whole number of weeks, so a later time is moved back
//! by whole periods, read, and its year moved on again.

use std::{fmt, str::FromStr};

use jiff::{
    civil::DateTime,
    tz::{Offset, TimeZone},
};

use super::{Timestamp, TimestampError};

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

impl Timestamp {
    /// The wall clock of a zone at this time.
    #[must_use]
    pub fn in_zone(self, zone: &TimeZone) -> Civil {
        let (moved, years) = self.in_reach();
        let zoned = moved.to_zoned(zone.clone());
        Civil::new(zoned.datetime(), years, zoned.offset())
    }

    fn in_utc(self) -> Civil {
        let (moved, years) = self.in_reach();
        Civil::new(Offset::UTC.to_datetime(moved), years, Offset::UTC)
    }

    /// The time, moved back by whole periods until jiff can place it, and how many years that is.
    fn in_reach(self) -> (jiff::Timestamp, i32) {
        let ms = i64::try_from(self.ms()).unwrap_or(LAST_MS);
        let periods = if ms > LAST_MS {
            (ms - LAST_MS - 1) / PERIOD_MS + 1
        } else {
            0
        };
        let moved = jiff::Timestamp::from_millisecond(ms - periods * PERIOD_MS);
        let years = i32::try_from(periods).unwrap_or(0) * PERIOD_YEARS;
        (moved.unwrap_or(jiff::Timestamp::MAX), years)
    }
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

    /// Writes a year of four digits, and all below it, into the places of a text of this form.
    fn write(&self, year: u16, text: &mut [u8; 24]) {
        let at = self.in_period;
        let mut put = |place: usize, number: u16| {
            text[place] = b'0' + (number / 10) as u8;
            text[place + 1] = b'0' + (number % 10) as u8;
        };
        let ms = at.millisecond().unsigned_abs();
        put(0, year / 100);
        put(2, year % 100);
        put(5, at.month().unsigned_abs().into());
        put(8, at.day().unsigned_abs().into());
        put(11, at.hour().unsigned_abs().into());
        put(14, at.minute().unsigned_abs().into());
        put(17, at.second().unsigned_abs().into());
        put(20, ms / 10);
        text[22] = b'0' + (ms % 10) as u8;
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

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.in_utc();
        let mut text = *b"0000-00-00T00:00:00.000Z";
        if let Ok(year @ 0..=9999) = u16::try_from(civil.year) {
            civil.write(year, &mut text);
            return f.pad(str::from_utf8(&text).unwrap_or_default());
        }
        f.pad(&format!("{}T{}Z", civil.date(), civil.time_of_day()))
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads RFC 3339 to any precision: a year, month, day, hour, minute, second or fraction, in UTC unless an offset
    /// follows. What is left out is its first moment.
    fn from_str(text: &str) -> Result<Timestamp, TimestampError> {
        Timestamp::parse_in(text, &TimeZone::UTC)
    }
}

impl Timestamp {
    /// Reads a time as [`FromStr`] does; a text without an offset is the wall clock of `zone`.
    ///
    /// # Errors
    ///
    /// [`TimestampError`] for a text that is no time, and for times outside of a ULID's range.
    pub fn parse_in(text: &str, zone: &TimeZone) -> Result<Timestamp, TimestampError> {
        let syntax = |reason: &dyn fmt::Display| TimestampError::Syntax {
            text: text.into(),
            reason: reason.to_string(),
        };
        let trimmed = text.trim();
        let (sign, digits) = match trimmed.strip_prefix('+') {
            Some(rest) => ("+", rest),
            None => ("", trimmed),
        };
        let year_len = digits.bytes().take_while(u8::is_ascii_digit).count();
        let (year, rest) = digits.split_at(year_len);
        let expected = if sign.is_empty() { 4..=4 } else { 4..=6 };
        if !expected.contains(&year_len) {
            return Err(syntax(&"it does not begin with a year of four digits"));
        }
        let year: i32 = year.parse().map_err(|error| syntax(&error))?;
        let periods = (year - 9999 + PERIOD_YEARS).max(0) / PERIOD_YEARS;
        let full = complete(&format!("{:04}", year - periods * PERIOD_YEARS), rest);
        let moved = instant(&full, zone).map_err(|error| syntax(&error))?;
        let ms = i128::from(moved.as_millisecond()) + i128::from(periods) * i128::from(PERIOD_MS);
        Ok(Timestamp::from_ms(ms)?)
    }
}

/// Fills up a prefix of `YYYY-MM-DDThh:mm:ss` with its first moment.
fn complete(year: &str, rest: &str) -> String {
    const FIRST: &str = "0000-01-01T00:00:00";
    let mut text = format!("{year}{rest}");
    let prefix_of_time = match text.len() {
        4 | 7 | 10 => true,
        // hour and minute need their colon to be told from an offset
        13 | 16 => text
            .as_bytes()
            .get(10)
            .is_some_and(|&b| matches!(b, b'T' | b't' | b' ')),
        _ => false,
    };
    if prefix_of_time && text.is_ascii() {
        text.push_str(&FIRST[text.len()..]);
    }
    text
}

fn instant(text: &str, zone: &TimeZone) -> Result<jiff::Timestamp, jiff::Error> {
    match text.parse::<jiff::Timestamp>() {
        Ok(instant) => Ok(instant),
        Err(error) => match text.parse::<DateTime>() {
            Ok(civil) if !text.ends_with(['Z', 'z']) => {
                Ok(civil.to_zoned(zone.clone())?.timestamp())
            }
            _ => Err(error),
        },
    }
}
