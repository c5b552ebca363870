//! The search for the stretch of rows around one that share a unit of time.

use std::ops::Range;

use ulid_engine::Ulid;

use super::{
    refusal::Refusal,
    table::Table,
    unit::{REACH, Span, Unit},
};

/// The IDs of the rows within reach of one. Nothing else of them is read, for there are two thousand at every stop.
#[derive(Debug)]
pub(super) struct Near {
    at: usize,
    ids: Vec<Option<Ulid>>,
    /// Which of them is meant.
    here: usize,
}

impl Near {
    pub(super) fn of(table: &Table, at: usize) -> Result<Near, Refusal> {
        let begin = at.saturating_sub(REACH);
        let here = at - begin;
        let ids = table.ids(begin, here + 1 + REACH)?;
        Ok(Near { at, ids, here })
    }
}

impl Span {
    /// The span around the row in the middle; none where that has no ULID.
    pub(super) fn around(table: &Table, near: &Near, unit: Unit) -> Result<Option<Span>, Refusal> {
        let time = |id: &Option<Ulid>| id.map(|id| id.timestamp_ms());
        let at = near.at;
        let (before, rest) = near.ids.split_at(near.here.min(near.ids.len()));
        let Some(own) = rest.first().and_then(time) else {
            return Ok(None);
        };
        let period = unit.around(own, &table.zone);
        let inside = |id: &&Option<Ulid>| time(id).is_some_and(|ms| period.contains(&ms));
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
        let span = Span {
            first: first_from(table, 0..found.first, period.start)?,
            last: first_from(table, found.last + 1..table.end(), period.end)? - 1,
            whole: true,
        };
        table.keep_span(unit, span);
        Ok(Some(span))
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
