//! Text to time: RFC 3339 to any precision.

use alloc::{
    format,
    string::{String, ToString},
};
use core::{error, fmt, str::FromStr};

use super::{
    OutOfRange, Timestamp,
    calendar::{DAY_MS, Date},
};

/// A text that is no time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimestampError {
    /// Neither RFC 3339 nor a shorter prefix of it.
    Syntax {
        /// The text that was read.
        text: String,
        /// The fault.
        reason: String,
    },
    /// A time before 1970 or after the year 10889.
    OutOfRange(OutOfRange),
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimestampError::Syntax { text, reason } => write!(
                f,
                "{text:?} is no time: {reason}; write it as 2025-03-01T12:00:00.000Z, or a prefix such as 2025-03"
            ),
            TimestampError::OutOfRange(error) => error.fmt(f),
        }
    }
}

impl error::Error for TimestampError {}

impl From<OutOfRange> for TimestampError {
    fn from(error: OutOfRange) -> TimestampError {
        TimestampError::OutOfRange(error)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads RFC 3339 to any precision: a year, month, day, hour, minute, second or fraction, in UTC unless an offset
    /// follows. What is left out is its first moment.
    fn from_str(text: &str) -> Result<Timestamp, TimestampError> {
        Timestamp::parse_with(text, |wall_clock_ms| wall_clock_ms)
    }
}

impl Timestamp {
    /// Reads a time as [`FromStr`] does; a text without an offset is the time of a wall clock, in milliseconds since it
    /// showed 1970-01-01T00:00, which `to_utc` turns into those since it was 1970 in UTC.
    ///
    /// # Errors
    ///
    /// [`TimestampError`] for a text that is no time, and for times outside of a ULID's range.
    pub fn parse_with(
        text: &str,
        to_utc: impl FnOnce(i64) -> i64,
    ) -> Result<Timestamp, TimestampError> {
        let written = read(text.trim()).map_err(|reason| TimestampError::Syntax {
            text: text.into(),
            reason,
        })?;
        let utc_ms = match written.offset_ms {
            Some(offset) => written.wall_clock_ms - offset,
            None => to_utc(written.wall_clock_ms),
        };
        Ok(Timestamp::from_ms(utc_ms)?)
    }
}

/// A time as it is written.
struct Written {
    /// Milliseconds since the clock showed 1970-01-01T00:00.
    wall_clock_ms: i64,
    /// Offset of the clock from UTC, if the text says it.
    offset_ms: Option<i64>,
}

/// The rest of a text.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    /// Takes a character off, if it is one of these.
    fn take(&mut self, wanted: &[char]) -> Option<char> {
        let next = self.0.chars().next().filter(|next| wanted.contains(next))?;
        self.0 = &self.0[next.len_utf8()..];
        Some(next)
    }

    /// Digits at the begin.
    fn digits(&self) -> usize {
        self.0.bytes().take_while(u8::is_ascii_digit).count()
    }

    /// Takes two digits off, which are this.
    fn two(&mut self, what: &str, first: i64, last: i64) -> Result<i64, String> {
        if self.digits() < 2 {
            return Err(format!("its {what} has not two digits"));
        }
        let (digits, rest) = self.0.split_at(2);
        self.0 = rest;
        let number: i64 = digits.parse().unwrap_or_default();
        if (first..=last).contains(&number) {
            Ok(number)
        } else {
            Err(format!(
                "its {what} is {digits}, which is not {first} to {last}"
            ))
        }
    }

    /// Tells if another part follows, by its separator or, in the compact form, by its two digits.
    fn follows(&mut self, separator: char) -> bool {
        self.take(&[separator]).is_some() || self.digits() >= 2
    }
}

fn read(text: &str) -> Result<Written, String> {
    let mut rest = Rest(text);
    let date = read_date(&mut rest)?;
    let has_day = text.len() - rest.0.len() > "2025-03".len();
    let (mut of_day_ms, mut offset_ms) = (0, None);
    if has_day && rest.take(&['T', 't', ' ']).is_some() {
        of_day_ms = read_time_of_day(&mut rest)?;
        offset_ms = read_offset(&mut rest)?;
    }
    match rest.0.chars().next() {
        Some(found) => Err(format!("{found:?} does not belong to it")),
        None => Ok(Written {
            wall_clock_ms: date.to_day() * DAY_MS + of_day_ms,
            offset_ms,
        }),
    }
}

/// A year, with its month and day where they are written.
fn read_date(rest: &mut Rest<'_>) -> Result<Date, String> {
    let is_expanded = rest.take(&['+']).is_some();
    let digits = rest.digits();
    let expected = if is_expanded { 4..=6 } else { 4..=4 };
    if !expected.contains(&digits) {
        return Err("it does not begin with a year of four digits".to_string());
    }
    let (year, after) = rest.0.split_at(digits);
    rest.0 = after;
    let mut date = Date {
        year: year.parse().unwrap_or_default(),
        month: 1,
        day: 1,
    };
    if rest.take(&['-']).is_some() {
        date.month = rest.two("month", 1, 12)?;
        if rest.take(&['-']).is_some() {
            date.day = rest.two("day", 1, date.days_of_month())?;
        }
    }
    Ok(date)
}

/// Milliseconds since the day began.
fn read_time_of_day(rest: &mut Rest<'_>) -> Result<i64, String> {
    let hour = rest.two("hour", 0, 23)?;
    let (mut minute, mut second, mut ms) = (0, 0, 0);
    if rest.follows(':') {
        minute = rest.two("minute", 0, 59)?;
        if rest.follows(':') {
            // A leap second is the last one of its minute.
            second = rest.two("second", 0, 60)?.min(59);
            ms = read_fraction(rest)?;
        }
    }
    Ok(((hour * 60 + minute) * 60 + second) * 1_000 + ms)
}

/// Whole milliseconds of a fraction of a second, which may have up to nine digits.
fn read_fraction(rest: &mut Rest<'_>) -> Result<i64, String> {
    if rest.take(&['.', ',']).is_none() {
        return Ok(0);
    }
    let digits = rest.digits();
    if !(1..=9).contains(&digits) {
        return Err("its fraction of a second has not one to nine digits".to_string());
    }
    let (fraction, after) = rest.0.split_at(digits);
    rest.0 = after;
    let digit = |place: usize| {
        let byte = fraction.as_bytes().get(place).copied().unwrap_or(b'0');
        i64::from(byte - b'0')
    };
    Ok(digit(0) * 100 + digit(1) * 10 + digit(2))
}

/// Offset of the clock from UTC, in milliseconds, if it is written; a zone in brackets behind it says no more.
fn read_offset(rest: &mut Rest<'_>) -> Result<Option<i64>, String> {
    if rest.take(&['Z', 'z']).is_some() {
        skip_brackets(rest);
        return Ok(Some(0));
    }
    let Some(sign) = rest.take(&['+', '-']) else {
        return Ok(None);
    };
    let hours = rest.two("offset's hours", 0, 25)?;
    let (mut minutes, mut seconds) = (0, 0);
    if rest.follows(':') {
        minutes = rest.two("offset's minutes", 0, 59)?;
        if rest.follows(':') {
            seconds = rest.two("offset's seconds", 0, 59)?;
        }
    }
    skip_brackets(rest);
    let ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
    Ok(Some(if sign == '-' { -ms } else { ms }))
}

/// Passes what RFC 9557 adds: `[Europe/Berlin]`, `[u-ca=gregory]`.
fn skip_brackets(rest: &mut Rest<'_>) {
    while let Some(end) = rest.0.strip_prefix('[').and_then(|inner| inner.find(']')) {
        rest.0 = &rest.0[end + 2..];
    }
}
