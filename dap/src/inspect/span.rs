//! The stretch of rows around one that share a millisecond, an hour or a day.

use std::ops::Range;

use ulid_engine::{Timestamp, dataset::Row};

use super::{refusal::Refusal, table::Table};

/// Rows looked at on either side, so that the answer takes no noticeable time. In a file in order more are found.
const REACH: usize = 1_000;

/// The rows within reach of one.
#[derive(Debug)]
pub(super) struct Near {
    at: usize,
    rows: Vec<Row>,
    /// Which of them is meant.
    here: usize,
}

/// A unit of time that rows lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Millisecond,
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
    pub(super) const COUNT: usize = 3;

    pub(super) fn ms(self) -> u64 {
        match self {
            Unit::Millisecond => 1,
            Unit::Hour => 3_600_000,
            Unit::Day => 86_400_000,
        }
    }

    /// The unit as a scope is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Unit::Millisecond => "Millisecond",
            Unit::Hour => "Hour",
            Unit::Day => "Day",
        }
    }

    /// The first moment of the unit that a time lies in.
    pub(super) fn start(self, time: Timestamp) -> Timestamp {
        Timestamp::from_ms(time.ms() - time.ms() % self.ms()).unwrap_or(time)
    }

    /// The last millisecond of the unit that a time lies in.
    pub(super) fn end(self, time: Timestamp) -> Timestamp {
        let last = self.start(time).ms() + self.ms() - 1;
        Timestamp::from_ms(last).unwrap_or(Timestamp::MAX)
    }

    /// The unit that a time lies in, as text: `2016-07-30T23:54:10.259Z`, `2016-07-30T23`, `2016-07-30`.
    pub(super) fn name(self, time: Timestamp) -> String {
        let text = time.to_string();
        let cut = match self {
            Unit::Millisecond => None,
            Unit::Hour => text.find(':'),
            Unit::Day => text.find('T'),
        };
        text.get(..cut.unwrap_or(text.len()))
            .unwrap_or(&text)
            .to_owned()
    }
}

impl Near {
    pub(super) fn of(table: &Table, at: usize) -> Result<Near, Refusal> {
        let begin = at.saturating_sub(REACH);
        let here = at - begin;
        let rows = table.rows(begin, here + 1 + REACH)?;
        Ok(Near { at, rows, here })
    }
}

impl Span {
    /// The span around the row in the middle; none where that has no ULID.
    pub(super) fn around(table: &Table, near: &Near, unit: Unit) -> Result<Option<Span>, Refusal> {
        let number = |row: &Row| row.id.ok().map(|id| id.timestamp_ms() / unit.ms());
        let at = near.at;
        let (before, rest) = near.rows.split_at(near.here.min(near.rows.len()));
        let Some(own) = rest.first().and_then(number) else {
            return Ok(None);
        };
        let inside = |row: &&Row| number(row) == Some(own);
        let before = before.iter().rev().take_while(inside).count();
        let after = rest.iter().skip(1).take_while(inside).count();
        let found = Span {
            first: at - before,
            last: at + after,
            whole: before < REACH && after < REACH,
        };
        if found.whole || !table.is_ordered() {
            return Ok(Some(found));
        }
        if let Some(known) = table.known_span(at, unit) {
            return Ok(Some(known));
        }
        let (begin, end) = (own * unit.ms(), (own + 1) * unit.ms());
        let span = Span {
            first: first_from(table, 0..found.first, begin)?,
            last: first_from(table, found.last + 1..table.end(), end)? - 1,
            whole: true,
        };
        table.keep_span(unit, span);
        Ok(Some(span))
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

/// The first row of a range whose time is not before a moment, where the rows are in order; the end where there is none.
fn first_from(table: &Table, mut range: Range<usize>, ms: u64) -> Result<usize, Refusal> {
    while !range.is_empty() {
        let middle = range.start + range.len() / 2;
        if table.id(middle)?.is_some_and(|id| id.timestamp_ms() >= ms) {
            range.end = middle;
        } else {
            range.start = middle + 1;
        }
    }
    Ok(range.start)
}
