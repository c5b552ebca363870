//! Units of time, by the clock of a zone, and the stretches of rows that share one.

use std::ops::Range;

use ulid_engine::{Timestamp, calendar::Step, timestamp::TimeZone};

/// Rows looked at on either side, so that the answer takes no noticeable time. In a file in order more are found.
pub(super) const REACH: usize = 1_000;

/// A unit of time that rows lie in, from the shortest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
}

/// Rows without a break that lie in the same unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: usize,
    pub(super) last: usize,
    /// Both ends were found within reach, so that no row is missing.
    pub(super) whole: bool,
}

impl Unit {
    /// How many there are.
    pub(super) const COUNT: usize = 5;

    /// The unit as a scope is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Unit::Millisecond => "Millisecond",
            Unit::Second => "Second",
            Unit::Minute => "Minute",
            Unit::Hour => "Hour",
            Unit::Day => "Day",
        }
    }

    /// The milliseconds of the unit that one lies in, by the clock of a zone.
    pub(super) fn around(self, ms: u64, zone: &TimeZone) -> Range<u64> {
        let step = match self {
            Unit::Millisecond => Step::Clock(1),
            Unit::Second => Step::Clock(1_000),
            Unit::Minute => Step::Clock(60_000),
            Unit::Hour => Step::Clock(3_600_000),
            Unit::Day => Step::Day,
        };
        let period = step.period(ms.cast_signed(), zone);
        // the first day of 1970 has begun before 1970 in some zones
        period.start.max(0).cast_unsigned()..period.end.max(0).cast_unsigned()
    }

    /// The first and the last millisecond of the unit that a time lies in, by the clock of a zone.
    pub(super) fn ends(self, time: Timestamp, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let period = self.around(time.ms(), zone);
        let at = |ms| Timestamp::from_ms(ms).unwrap_or(Timestamp::MAX);
        (at(period.start), at(period.end.saturating_sub(1)))
    }

    /// The unit that a time lies in, cut from the text of it: `2016-07-30T23:54:10.259Z`, `2016-07-30T23`, `2016-07-30`.
    pub(super) fn name(self, time: &str) -> String {
        let colon = |count| time.match_indices(':').nth(count).map(|(at, _)| at);
        let cut = match self {
            Unit::Millisecond => None,
            Unit::Second => time.find('.'),
            Unit::Minute => colon(1),
            Unit::Hour => colon(0),
            Unit::Day => time.find('T'),
        };
        let cut = cut.and_then(|cut| time.get(..cut));
        cut.unwrap_or(time).to_owned()
    }
}

impl Span {
    /// True if it has more rows than one looks through.
    pub(super) fn is_long(&self) -> bool {
        !self.whole || self.last - self.first >= REACH
    }

    /// How many rows there are, as text.
    pub(super) fn rows(&self) -> String {
        let rows = self.last - self.first + 1;
        match (rows, self.whole) {
            (1, true) => "1 row".to_owned(),
            (_, true) => format!("{rows} rows"),
            (_, false) => format!("more than {rows} rows"),
        }
    }
}
