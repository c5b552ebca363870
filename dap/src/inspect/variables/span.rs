//! The stretches of time around a row, and lists of rows.

use std::ops::Range;

use ulid_engine::{Timestamp, codec, dataset::Row};

use super::{Entry, Node, neighbours};
use crate::inspect::{
    refusal::Refusal,
    span::{Span, Unit},
    table::Table,
};

/// What a unit of time and the rows in it are.
pub(super) fn span(
    table: &Table,
    at: usize,
    unit: Unit,
    span: Span,
) -> Result<Vec<Entry>, Refusal> {
    let Some(id) = table.id(at)? else {
        return Ok(Vec::new());
    };
    let time = Timestamp::of(id);
    let (start, end) = (unit.start(time), unit.end(time));
    Ok(vec![
        Entry::new("from", "time", start),
        Entry::new("to", "time", end),
        Entry::new("first_possible", "ULID", codec::print(start.first_id())),
        Entry::new("last_possible", "ULID", codec::print(end.last_id())),
        rows("rows", span.rows(), span.first..span.last + 1),
    ])
}

/// A list of rows under a name.
pub(super) fn rows(name: &'static str, value: impl ToString, range: Range<usize>) -> Entry {
    Entry {
        indexed: range.len(),
        ..Entry::new(name, "rows", value).above(Node::Rows(range.start, range.end))
    }
}

/// Some of the rows of a list.
pub(super) fn list(table: &Table, range: Range<usize>) -> Result<Vec<Entry>, Refusal> {
    let rows = table.rows(range.start, range.len())?;
    let entry = |row: &Row| neighbours::entry(format!("[{}]", row.line()), row);
    Ok(rows.iter().map(entry).collect())
}
