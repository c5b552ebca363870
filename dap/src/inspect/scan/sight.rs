//! What is looked for in the rows of a block, by its columns: only what asks for more of a row has it read.

use std::ops::Range;

use ulid_engine::{
    RowSet,
    dataset::Block,
    progress::Progress,
    query::{Context, Query},
    stats::Limits,
};

use super::{Sought, Stop};
use crate::inspect::step;

/// Rows between two looks at whether somebody wants a pause.
const STRIDE: usize = 256;

/// What is looked for in each row.
pub(super) struct Sight<'a> {
    pub(super) looks: &'a [&'a Stop],
    pub(super) limits: Limits,
    pub(super) duplicates: &'a RowSet,
    pub(super) progress: &'a Progress,
}

impl Sight<'_> {
    /// The rows of a block, and the first of them that is looked for. Gives up where the run is cancelled.
    pub(super) fn first_in(&self, block: &Block) -> (Range<usize>, Option<usize>) {
        let begin = as_index(block.first_row());
        let rows = begin..begin.saturating_add(block.keys().len());
        let firsts = self.looks.iter();
        let first = firsts.filter_map(|stop| self.first_of(stop, block)).min();
        (rows, first.map(as_index))
    }

    fn first_of(&self, stop: &Stop, block: &Block) -> Option<u64> {
        let rows_of = |query: &Query| query.rows_in(block, self.duplicates, self.progress);
        let allowed = stop.condition.as_deref().map(rows_of);
        if allowed.as_ref().is_some_and(RowSet::is_empty) {
            return None;
        }
        let allows = |row: u64| allowed.as_ref().is_none_or(|rows| rows.contains(row));
        match &stop.sought {
            // known without a look
            Sought::Row(_) => None,
            Sought::Query(query) => rows_of(query).into_iter().find(|&row| allows(row)),
            Sought::Flaw(flaw) => step::first(block, |row, step| {
                flaw.is_of(step, self.limits) && allows(row)
            }),
            Sought::Watch(watch) if watch.needs_rows() => self.first_row(block, |row| {
                watch.stops_at(row, self.limits) && allows(row.row.index as u64)
            }),
            Sought::Watch(watch) => step::first(block, |row, step| {
                watch.stops_at_step(step, self.limits) && allows(row)
            }),
        }
    }

    /// The first row for which something holds, one row after another.
    fn first_row(&self, block: &Block, holds: impl Fn(&Context<'_>) -> bool) -> Option<u64> {
        let mut prev = block.before();
        let mut valid_before = block.valid_before();
        let mut rows = block.rows().peekable();
        while let Some(row) = rows.next() {
            if row.index.is_multiple_of(STRIDE) && self.progress.is_cancelled() {
                break;
            }
            let context = Context {
                row,
                prev,
                next: rows.peek().copied().or_else(|| block.after()),
                valid_before,
                // a field that is watched does not tell
                duplicate: false,
            };
            if holds(&context) {
                return Some(row.index as u64);
            }
            valid_before = row.id.ok().or(valid_before);
            prev = Some(row);
        }
        None
    }
}

fn as_index(row: u64) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}
