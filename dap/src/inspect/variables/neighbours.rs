//! The rows before and after, and the order they stand in.

use ulid_engine::{Timestamp, codec};

use super::{Entry, Node};
use crate::inspect::program::Program;

/// The rows before and after a place, with the time between.
pub(super) fn neighbours(program: &Program, at: usize) -> Vec<Entry> {
    let mut entries = Vec::new();
    if let Some(before) = at.checked_sub(1) {
        entries.push(side(program, "previous", before));
        entries.extend(gap(program, "since_previous", before, at));
        entries.extend(order(program, before, at));
    }
    if at + 1 < program.end() {
        entries.push(side(program, "next", at + 1));
        entries.extend(gap(program, "until_next", at, at + 1));
    }
    entries
}

/// Another row in short.
pub(super) fn neighbour(program: &Program, at: usize) -> Vec<Entry> {
    let mut entries = vec![Entry::new("line", "integer", program.line(at))];
    match program.row(at).map(|row| row.id) {
        Some(Ok(id)) => {
            entries.push(Entry::new("id", "ULID", codec::print(id)));
            entries.push(Entry::new("time", "time", Timestamp::of(id)));
        }
        Some(Err(fault)) => entries.push(Entry::new("fault", "fault", fault)),
        None => {}
    }
    entries
}

fn side(program: &Program, name: &'static str, at: usize) -> Entry {
    let value = match program.row(at).map(|row| row.id) {
        Some(Ok(id)) => codec::print(id).to_string(),
        Some(Err(fault)) => format!("invalid: {}", fault.kind),
        None => String::new(),
    };
    Entry::new(name, "row", value).above(Node::Neighbour(at))
}

/// The milliseconds from one row to the next.
fn gap(program: &Program, name: &'static str, from: usize, to: usize) -> Option<Entry> {
    let time = |at| Some(program.row(at)?.id.ok()?.timestamp_ms().cast_signed());
    let ms = time(to)? - time(from)?;
    Some(Entry::new(name, "duration", format!("{ms} ms")))
}

fn order(program: &Program, before: usize, at: usize) -> Option<Entry> {
    let id = |at| program.row(at)?.id.ok();
    let (before, id) = (id(before)?, id(at)?);
    let words = match id.cmp(&before) {
        std::cmp::Ordering::Greater => "in order",
        std::cmp::Ordering::Equal => "the same as the previous row",
        std::cmp::Ordering::Less => "smaller than the previous row",
    };
    Some(Entry::new("order", "text", words))
}
