//! The whole file: how much there is, what is wrong with it, and what made its IDs.

use std::ops::Range;

use ulid_engine::{
    codec,
    query::Writer,
    row::{FLAWS, Flaw, FlawEntry, Type, duration},
};

use super::{Entry, Node, span};
use crate::inspect::{flaws::counted, program::Program, survey::Figures, table::Table};

/// The figures as far as the file has been gone over.
pub(in crate::inspect) fn dataset(program: &Program) -> Vec<Entry> {
    let table = &program.table;
    let figures = table.survey.figures();
    let mut entries = vec![
        Entry::new("file", "text", table.dataset.name()),
        Entry::new("format", "text", table.dataset.layout().format),
        span::rows("rows", table.end(), 0..table.end()),
    ];
    if !figures.complete {
        let words = format!("{} of {} rows so far", figures.rows, table.end());
        entries.push(Entry::new("surveyed", "text", words));
    }
    entries.push(Entry::new("valid", "number", figures.summary.valid));
    let flawed = |entry: &FlawEntry| {
        // what is not known so far cannot be opened
        let is_open = match entry.flaw {
            Flaw::Duplicate => table.survey.duplicates().is_some(),
            flaw if table.survey.is_by_writer(flaw) => table.survey.knows(flaw),
            _ => true,
        };
        is_open.then(|| flawed(entry, table.survey.count_from(entry.flaw, 0).0))
    };
    entries.extend(FLAWS.iter().filter_map(flawed));
    entries.extend(of_ids(&figures));
    entries.extend(writers_entry(table));
    entries
}

/// The writers, once they are known.
fn writers_entry(table: &Table) -> Option<Entry> {
    let by = table.survey.by()?;
    if table.survey.writers().is_none() {
        return Some(Entry::new("writers", "text", "not known so far"));
    }
    let count = writers_count(table);
    Some(Entry {
        indexed: count,
        ..Entry::new("writers", "writers", format!("{count} by {by}")).above(Node::Writers)
    })
}

/// Number of the writers that are known.
pub(in crate::inspect) fn writers_count(table: &Table) -> usize {
    let found = table.survey.writers();
    found.map_or(0, |found| found.writers.len())
}

/// Some of the writers, each with what is wrong with it.
pub(in crate::inspect) fn writers(table: &Table, page: Range<usize>) -> Vec<Entry> {
    let writers = table.survey.writers().map(|found| &found.writers[..]);
    let writers = writers.unwrap_or_default().iter().enumerate();
    let some = writers.skip(page.start).take(page.len());
    some.map(|(number, writer)| {
        let values = writer.values.iter().map(|value| table.text_of(value));
        let name = values.collect::<Vec<_>>().join(", ");
        Entry::new(name, "writer", health(writer)).above(Node::Writer(number))
    })
    .collect()
}

/// A writer in a line: `120 rows, 3 out of order, clock 5s ahead`.
fn health(writer: &Writer) -> String {
    let flaws = [
        (writer.rows - writer.valid, "without an ID"),
        (writer.duplicate, "duplicate"),
        (writer.out_of_order, "out of order"),
        (writer.gaps, "after a gap"),
        (writer.future, "from the future"),
    ];
    let flaws = flaws.into_iter().filter(|(count, _)| *count > 0);
    let mut parts = vec![counted(writer.rows)];
    parts.extend(flaws.map(|(count, words)| format!("{count} {words}")));
    parts.extend(writer.clock_ms.map(clock));
    parts.join(", ")
}

/// How far a clock is off.
fn clock(ms: i64) -> String {
    match ms {
        0 => "clock with the others".to_owned(),
        1.. => format!("clock {} ahead", duration(ms)),
        _ => format!("clock {} behind", duration(ms.saturating_neg())),
    }
}

/// The figures of a writer.
pub(in crate::inspect) fn writer(table: &Table, number: usize) -> Vec<Entry> {
    let found = table.survey.writers();
    let Some(writer) = found.and_then(|found| found.writers.get(number)) else {
        return Vec::new();
    };
    let figures = Writer::FIGURES.into_iter().zip(writer.figures());
    figures
        .map(|(name, value)| {
            let kind = value.type_of().map_or("", Type::name);
            Entry::new(name, kind, table.text_of(&value))
        })
        .collect()
}

/// Number of rows with a flaw, above these rows.
fn flawed(entry: &FlawEntry, rows: u64) -> Entry {
    let found = usize::try_from(rows).unwrap_or(usize::MAX);
    let counted = Entry::new(entry.name, "number", rows);
    match found {
        0 => counted,
        _ => Entry {
            indexed: found,
            ..counted.above(Node::Flawed(entry.flaw, found))
        },
    }
}

fn of_ids(figures: &Figures) -> Vec<Entry> {
    let summary = &figures.summary;
    let mut entries = Vec::new();
    // only text and UUIDs have them
    let of_some = [
        ("without_id", summary.without),
        ("further_ids", summary.further),
        ("uuids_v7", summary.uuids_v7()),
    ];
    let of_some = of_some.into_iter().filter(|(_, value)| *value > 0);
    entries.extend(of_some.map(|(name, value)| Entry::new(name, "number", value)));
    for (name, id) in [("smallest", summary.smallest), ("largest", summary.largest)] {
        entries.extend(id.map(|id| Entry::new(name, "ULID", codec::print(id))));
    }
    let span = summary.span_ms().map(|ms| duration(ms.cast_signed()));
    entries.extend(span.map(|span| Entry::new("span", "duration", span)));
    let rate = summary.rate_per_second().map(|rate| format!("{rate:.3}"));
    entries.extend(rate.map(|rate| Entry::new("per_second", "number", rate)));
    entries.push(Entry::new("randomness", "text", figures.verdict));
    entries
}
