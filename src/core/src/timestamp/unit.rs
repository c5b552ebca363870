//! Numbers that were meant in another unit than milliseconds.

use super::Timestamp;

/// A unit in which programs count the time since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// 10^0 s.
    Seconds,
    /// 10^-3 s, the unit of a ULID.
    Milliseconds,
    /// 10^-6 s.
    Microseconds,
    /// 10^-9 s.
    Nanoseconds,
}

impl Unit {
    /// The unit in which a number is a time between 2001-09-09 and 2106-04-05, and that time. These spans of numbers do
    /// not meet, so there is at most one such unit.
    #[must_use]
    pub fn likely(number: i64) -> Option<(Unit, Timestamp)> {
        const SECONDS: core::ops::Range<i64> = 1_000_000_000..4_300_000_000;
        let (unit, ms) = if SECONDS.contains(&number) {
            (Unit::Seconds, number * 1_000)
        } else if SECONDS.contains(&(number / 1_000)) {
            (Unit::Milliseconds, number)
        } else if SECONDS.contains(&(number / 1_000_000)) {
            (Unit::Microseconds, number / 1_000)
        } else if SECONDS.contains(&(number / 1_000_000_000)) {
            (Unit::Nanoseconds, number / 1_000_000)
        } else {
            return None;
        };
        Some((unit, Timestamp::from_ms(ms).ok()?))
    }

    /// The name, in the plural.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Unit::Seconds => "seconds",
            Unit::Milliseconds => "milliseconds",
            Unit::Microseconds => "microseconds",
            Unit::Nanoseconds => "nanoseconds",
        }
    }
}
