//! Conditions that are looked for in the rows of a block, by its columns: only what asks for more of a row has it read.

use std::ops::{ControlFlow, Range};

use ulid_engine::{
    RowSet,
    pass::Block,
    progress::Progress,
    query::Query,
    row::{Around, Flaw},
    stats::Limits,
};

use super::{Sought, Stop};
use crate::inspect::{step, survey::Survey};

/// Rows between two looks at whether somebody wants a pause.
const STRIDE: usize = 256;

/// The conditions that are looked for in each row.
pub(super) struct Sight<'a> {
    pub(super) looks: &'a [&'a Stop],
    pub(super) limits: Limits,
    pub(super) duplicates: &'a RowSet,
    pub(super) progress: &'a Progress,
}

impl Sight<'_> {
    /// The rows of a block, and those of them that are looked for. Gives up where the run is cancelled.
    pub(super) fn look(&self, block: &Block) -> (Range<usize>, RowSet) {
        let begin = as_index(block.first_row());
        let rows = begin..begin.saturating_add(block.keys().len());
        let mut found = RowSet::new();
        for stop in self.looks {
            found |= self.rows_of(stop, block);
        }
        (rows, found)
    }

    /// The rows of a block with a flaw that a survey knows all rows of, where the breakpoint's own condition holds.
    pub(super) fn known_rows_of(
        &self,
        stop: &Stop,
        flaw: Flaw,
        survey: &Survey,
        block: &Block,
    ) -> RowSet {
        let begin = as_index(block.first_row());
        let flawed = survey.flawed(&(begin..begin + block.keys().len()), flaw);
        let flawed: RowSet = flawed.into_iter().map(|row| row as u64).collect();
        match &stop.condition {
            Some(query) => flawed & query.rows_in(block, self.duplicates, self.progress),
            None => flawed,
        }
    }

    /// The rows of a block that meet a breakpoint.
    pub(super) fn rows_of(&self, stop: &Stop, block: &Block) -> RowSet {
        let rows_of = |query: &Query| query.rows_in(block, self.duplicates, self.progress);
        let allowed = stop.condition.as_deref().map(rows_of);
        if allowed.as_ref().is_some_and(RowSet::is_empty) {
            return RowSet::new();
        }
        let rows = match &stop.sought {
            // known without a look
            Sought::Row(_) => RowSet::new(),
            Sought::Every => rows_in(block),
            Sought::Query(query) => rows_of(query),
            Sought::Flaw(flaw) => self.flawed(block, *flaw),
            Sought::Watch(watch) if watch.needs_rows() => {
                self.rows_where(block, |row| watch.stops_at(row, self.limits))
            }
            Sought::Watch(watch) => {
                step::rows(block, |step| watch.stops_at_step(step, self.limits))
            }
        };
        match allowed {
            Some(allowed) => rows & allowed,
            None => rows,
        }
    }

    /// The rows with a flaw.
    fn flawed(&self, block: &Block, flaw: Flaw) -> RowSet {
        if flaw == Flaw::Duplicate {
            return rows_in(block) & self.duplicates;
        }
        step::rows(block, |step| {
            flaw.is_at(&step.keys, self.limits) == Some(true)
        })
    }

    /// The rows for which something holds, one row after another.
    fn rows_where(&self, block: &Block, holds: impl Fn(&Around<'_>) -> bool) -> RowSet {
        let mut found = RowSet::new();
        block.each_around(|row| {
            let index = row.row.index;
            if index.is_multiple_of(STRIDE) && self.progress.is_cancelled() {
                return ControlFlow::Break(());
            }
            if holds(row) {
                found.insert(index as u64);
            }
            ControlFlow::Continue(())
        });
        found
    }
}

/// Every row of a block.
fn rows_in(block: &Block) -> RowSet {
    let first = block.first_row();
    let mut rows = RowSet::new();
    rows.insert_range(first..first + block.keys().len() as u64);
    rows
}

pub(super) fn as_index(row: u64) -> usize {
    usize::try_from(row).unwrap_or(usize::MAX)
}
