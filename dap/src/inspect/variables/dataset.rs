//! The whole file: how much there is, what is wrong with it, and what made its IDs.

use ulid_engine::{
    codec,
    row::{FLAWS, Flaw, FlawEntry, duration},
};

use super::{Entry, Node, span};
use crate::inspect::{program::Program, survey::Figures};

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
        let is_open = !matches!(entry.flaw, Flaw::Duplicate) || table.survey.duplicates().is_some();
        is_open.then(|| flawed(entry, table.survey.count_from(entry.flaw, 0).0))
    };
    entries.extend(FLAWS.iter().filter_map(flawed));
    entries.extend(of_ids(&figures));
    entries
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
