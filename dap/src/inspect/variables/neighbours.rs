//! The rows before and after, and how a row follows them.

use std::borrow::Cow;

use ulid_engine::{
    Timestamp, codec,
    dataset::Row,
    row::{About, Window, duration},
};

use super::{Entry, Node, ulid};
use crate::inspect::{frame::text_alone, refusal::Refusal, table::Table};

/// The rows before and after a place, and what is known of the row beside others.
pub(in crate::inspect) fn neighbours(
    table: &Table,
    at: usize,
    now: Timestamp,
) -> Result<Vec<Entry>, Refusal> {
    let window = Window::of_row(table, at)?;
    let mut entries = Vec::new();
    if let Some(previous) = at.checked_sub(1).and_then(|before| window.row(before)) {
        entries.push(entry("prev", previous));
    }
    if let Some(around) = window.around(at) {
        entries.extend(ulid::facts(table, About::Order, &around, now));
    }
    if let (Some(row), Some(next)) = (window.row(at), window.row(at.saturating_add(1))) {
        entries.push(entry("next", next));
        entries.extend(until(row, next));
    }
    Ok(entries)
}

/// Another row in short.
pub(in crate::inspect) fn neighbour(
    table: &Table,
    at: usize,
    now: Timestamp,
) -> Result<Vec<Entry>, Refusal> {
    let window = Window::of_row(table, at)?;
    let around = window.around(at);
    Ok(around.map_or_else(Vec::new, |row| ulid::in_short(table, &row, now)))
}

/// A row as one entry.
pub(in crate::inspect) fn entry(name: impl Into<Cow<'static, str>>, row: &Row) -> Entry {
    let value = match row.id {
        Ok(id) => codec::print(id).to_string(),
        Err(_) if row.is_text_alone() => text_alone(row),
        Err(fault) => format!("invalid: {}", fault.kind),
    };
    Entry {
        row: Some(row.index),
        ..Entry::new(name, "row", value).above(Node::Neighbour(row.index))
    }
}

/// The time from one row to the next.
fn until(from: &Row, to: &Row) -> Option<Entry> {
    let ms = |row: &Row| row.id.ok().map(|id| id.timestamp_ms().cast_signed());
    let ms = ms(to)? - ms(from)?;
    Some(Entry::new("until_next", "duration", duration(ms)))
}
