//! The rows before and after, and the order they stand in.

use std::{borrow::Cow, cmp::Ordering};

use ulid_engine::{Timestamp, codec, dataset::Row};

use super::{Entry, Node};
use crate::inspect::{refusal::Refusal, table::Table};

/// The rows before and after a place, with the time between.
pub(super) fn neighbours(table: &Table, at: usize) -> Result<Vec<Entry>, Refusal> {
    let begin = at.saturating_sub(1);
    let rows = table.rows(begin, at - begin + 2)?;
    let row = |index: usize| rows.iter().find(|row| row.index == index);
    let mut entries = Vec::new();
    if let Some(previous) = row(begin).filter(|_| begin < at) {
        entries.push(entry("previous", previous));
        if let Some(row) = row(at) {
            entries.extend(gap("since_previous", previous, row));
            entries.extend(order(previous, row));
        }
    }
    if let (Some(row), Some(next)) = (row(at), row(at + 1)) {
        entries.push(entry("next", next));
        entries.extend(gap("until_next", row, next));
    }
    Ok(entries)
}

/// Another row in short.
pub(super) fn neighbour(table: &Table, at: usize) -> Result<Vec<Entry>, Refusal> {
    let mut entries = vec![Entry::new("line", "integer", table.line(at))];
    match table.row(at)?.map(|row| row.id) {
        Some(Ok(id)) => {
            entries.push(Entry::new("id", "ULID", codec::print(id)));
            entries.push(Entry::new("time", "time", Timestamp::of(id)));
        }
        Some(Err(fault)) => entries.push(Entry::new("fault", "fault", fault)),
        None => {}
    }
    Ok(entries)
}

/// A row as one entry.
pub(super) fn entry(name: impl Into<Cow<'static, str>>, row: &Row) -> Entry {
    let value = match row.id {
        Ok(id) => codec::print(id).to_string(),
        Err(fault) => format!("invalid: {}", fault.kind),
    };
    Entry::new(name, "row", value).above(Node::Neighbour(row.index))
}

/// The time from one row to the next.
fn gap(name: &'static str, from: &Row, to: &Row) -> Option<Entry> {
    let ms = |row: &Row| row.id.ok().map(|id| id.timestamp_ms().cast_signed());
    let ms = ms(to)? - ms(from)?;
    Some(Entry::new(name, "duration", format!("{ms} ms")))
}

fn order(previous: &Row, row: &Row) -> Option<Entry> {
    let words = match row.id.ok()?.cmp(&previous.id.ok()?) {
        Ordering::Greater => "in order",
        Ordering::Equal => "the same as the previous row",
        Ordering::Less => "smaller than the previous row",
    };
    Some(Entry::new("order", "text", words))
}
