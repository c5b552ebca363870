//! The whole file: how much there is, what is wrong with it, and what made its IDs.

use ulid_engine::codec;

use super::{Entry, Node, span};
use crate::inspect::{
    program::Program,
    survey::{Figures, Flaw},
};

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
    entries.extend(of_rows(&figures));
    entries
}

fn of_rows(figures: &Figures) -> Vec<Entry> {
    let summary = &figures.summary;
    let count = |name: &'static str, value: u64| Entry::new(name, "integer", value);
    let flawed = |name: &'static str, value: u64, flaw: Flaw| {
        let found = usize::try_from(value).unwrap_or(usize::MAX);
        let entry = count(name, value);
        match found {
            0 => entry,
            _ => Entry {
                indexed: found,
                ..entry.above(Node::Flawed(flaw, found))
            },
        }
    };
    let mut entries = vec![
        count("valid", summary.valid),
        flawed("invalid", summary.invalid(), Flaw::Invalid),
        flawed("overflow", summary.faults.overflow, Flaw::Overflow),
        flawed("out_of_order", summary.out_of_order, Flaw::OutOfOrder),
        flawed(
            "adjacent_duplicates",
            summary.adjacent_duplicates,
            Flaw::Duplicate,
        ),
        count("same_millisecond", summary.same_ms),
        flawed("gaps", summary.gaps, Flaw::Gap),
        flawed("future", summary.future, Flaw::Future),
    ];
    // only text has them
    let of_text = [
        ("without_id", summary.without),
        ("further_ids", summary.further),
    ];
    let of_text = of_text.into_iter().filter(|(_, value)| *value > 0);
    entries.extend(of_text.map(|(name, value)| count(name, value)));
    for (name, id) in [("smallest", summary.smallest), ("largest", summary.largest)] {
        entries.extend(id.map(|id| Entry::new(name, "ULID", codec::print(id))));
    }
    let span = summary.span_ms().map(|ms| format!("{ms} ms"));
    entries.extend(span.map(|span| Entry::new("span", "duration", span)));
    let rate = summary.rate_per_second().map(|rate| format!("{rate:.3}"));
    entries.extend(rate.map(|rate| Entry::new("per_second", "number", rate)));
    entries.push(Entry::new("randomness", "text", figures.verdict));
    entries
}
