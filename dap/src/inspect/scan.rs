//! The way from one stop to the next.

use std::{collections::BTreeMap, ops::Range, sync::Arc, thread, time::Duration};

use ulid_engine::{
    dataset::{Dataset, ReadError, Row, ScanError},
    progress::Progress,
};

/// Rows between two looks at whether somebody wants a pause.
const BLOCK: usize = 4_096;
/// Between two looks at whether more of a stream has arrived.
const PATIENCE: Duration = Duration::from_millis(2);

/// Which way the rows go by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the row on.
    ForwardFrom(usize),
    /// From before the row back to the first.
    BackFrom(usize),
}

/// Where a run ends that nothing else stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// The last row, or the first.
    Farthest,
    /// The next row.
    Next,
    /// The next row of another millisecond. Only forwards.
    Leave { ms: u64 },
}

/// A run through the rows until something stops it.
#[derive(Debug)]
pub(super) struct Scan {
    pub(super) dataset: Arc<Dataset>,
    pub(super) way: Way,
    pub(super) goal: Goal,
    pub(super) stops: Stops,
}

/// What stops a run.
#[derive(Debug, Clone, Default)]
pub(super) struct Stops {
    /// Rows with breakpoints on their lines, each with the numbers of its breakpoints.
    pub(super) lines: BTreeMap<usize, Vec<i64>>,
}

/// Where a run came to its end.
#[derive(Debug, Clone)]
pub(super) enum Halt {
    /// At breakpoints on the line of a row.
    Line { at: usize, ids: Vec<i64> },
    /// At the row that was the goal.
    Reached { at: usize },
    /// At the first row, on the way back.
    Start,
    /// Behind the last row.
    End { at: usize },
    /// Somebody asked for a pause; the row is the last one passed.
    Paused { at: usize },
    /// The file can no longer be read.
    Failed { at: usize, error: ReadError },
}

impl Scan {
    pub(super) fn run(self, progress: &Progress) -> Halt {
        let result = match self.way {
            Way::ForwardFrom(from) => self.forward(from, progress),
            Way::BackFrom(from) => self.back(from, progress),
        };
        result.unwrap_or_else(|error| {
            let at = self.last_passed(progress);
            match error {
                ScanError::Cancelled(_) => Halt::Paused { at },
                ScanError::Read(error) => Halt::Failed { at, error },
            }
        })
    }

    fn forward(&self, from: usize, progress: &Progress) -> Result<Halt, ScanError> {
        let mut at = from;
        loop {
            let extent = self.dataset.extent();
            progress.set_total(extent.rows.saturating_sub(from) as u64);
            if at >= extent.rows && extent.complete {
                return extent
                    .error
                    .map_or(Ok(Halt::End { at }), |error| Err(error.into()));
            }
            let block = at..extent.rows.min(at + BLOCK).max(at);
            if block.is_empty() {
                thread::sleep(PATIENCE);
            } else if let Some(halt) = self.search(&block)? {
                return Ok(halt);
            }
            at = block.end;
            progress.advance(block.len() as u64)?;
        }
    }

    fn back(&self, from: usize, progress: &Progress) -> Result<Halt, ScanError> {
        let mut at = from;
        progress.set_total(from as u64);
        while at > 0 {
            let block = at.saturating_sub(BLOCK)..at;
            if let Some(halt) = self.search(&block)? {
                return Ok(halt);
            }
            at = block.start;
            progress.advance(block.len() as u64)?;
        }
        Ok(Halt::Start)
    }

    /// Where a run stands that was broken off between two blocks.
    fn last_passed(&self, progress: &Progress) -> usize {
        let passed = usize::try_from(progress.done()).unwrap_or(usize::MAX);
        match self.way {
            Way::ForwardFrom(from) => (from + passed).saturating_sub(1),
            Way::BackFrom(from) => from.saturating_sub(passed),
        }
    }

    /// The first stop of a block, in the order of the way.
    fn search(&self, block: &Range<usize>) -> Result<Option<Halt>, ScanError> {
        let mut lines = self.stops.lines.range(block.clone());
        let line = match self.way {
            Way::ForwardFrom(_) => lines.next(),
            Way::BackFrom(_) => lines.next_back(),
        };
        let goal = self.goal_in(block)?;
        Ok(match line {
            Some((&at, ids)) if goal.is_none_or(|goal| at < goal) => {
                let ids = ids.clone();
                Some(Halt::Line { at, ids })
            }
            _ => goal.map(|at| Halt::Reached { at }),
        })
    }

    fn goal_in(&self, block: &Range<usize>) -> Result<Option<usize>, ScanError> {
        let Goal::Leave { ms } = self.goal else {
            return Ok((self.goal == Goal::Next).then_some(block.start));
        };
        let rows = self.dataset.window(block.start, block.len())?;
        let other = |row: &Row| row.id.is_ok_and(|id| id.timestamp_ms() != ms);
        Ok(rows.into_iter().find(other).map(|row| row.index))
    }
}
