//! The stretches of time around a row, and lists of rows.

use std::ops::Range;

use ulid_engine::{Timestamp, codec, dataset::Row, row::Flaw};

use super::{Entry, Node, neighbours};
use crate::inspect::{
    flaws::flaws_of,
    refusal::Refusal,
    table::Table,
    unit::{Span, Unit},
};

/// A unit of time and the rows in it.
pub(in crate::inspect) fn span(
    table: &Table,
    at: usize,
    unit: Unit,
    span: Span,
) -> Result<Vec<Entry>, Refusal> {
    let Some(id) = table.id(at)? else {
        return Ok(Vec::new());
    };
    let time = Timestamp::of(id);
    let (start, end) = unit.ends(time, &table.zone);
    Ok(vec![
        Entry::new("from", "time", table.time(start)),
        Entry::new("to", "time", table.time(end)),
        Entry::new("first_possible", "ULID", codec::print(start.first_id())),
        Entry::new("last_possible", "ULID", codec::print(end.last_id())),
        rows("rows", span.rows(), span.first..span.last + 1),
    ])
}

/// A list of rows under a name.
pub(in crate::inspect) fn rows(
    name: &'static str,
    value: impl ToString,
    range: Range<usize>,
) -> Entry {
    Entry {
        indexed: range.len(),
        ..Entry::new(name, "rows", value).above(Node::Rows(range.start, range.end))
    }
}

/// Some of the rows of a list.
pub(in crate::inspect) fn list(table: &Table, range: Range<usize>) -> Result<Vec<Entry>, Refusal> {
    let rows = table.rows(range.start, range.len())?;
    let entry = |row: &Row| neighbours::entry(format!("[{}]", row.number()), row);
    Ok(rows.iter().map(entry).collect())
}

/// Some of the rows with a flaw, each by its line, with what is wrong with it.
pub(in crate::inspect) fn flawed(
    table: &Table,
    flaw: Flaw,
    page: Range<usize>,
) -> Result<Vec<Entry>, Refusal> {
    let rows = table.survey.page_of(flaw, page);
    let entry = |row: usize| -> Result<Option<Entry>, Refusal> {
        let words = flaws_of(table, row)?;
        let words: Vec<&str> = words.iter().map(|(_, words)| words.as_str()).collect();
        let name = format!("line {}", table.line(row));
        let found = table.row(row)?;
        Ok(found.map(|row| {
            let mut entry = neighbours::entry(name, &row);
            if !words.is_empty() {
                entry.value = format!("{}: {}", row.id_text(), words.join("; "));
            }
            entry
        }))
    };
    let entries = rows.into_iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    Ok(entries.into_iter().flatten().collect())
}
