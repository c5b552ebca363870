//! The way from one stop to the next.

use std::{ops::Range, sync::Arc, thread, time::Duration};

use ulid_engine::{
    dataset::{ReadError, Row, ScanError},
    progress::Progress,
};

use super::{
    breakpoints::{HitCondition, Hits, Kind},
    exceptions::flaws_of,
    survey::{Flaw, Survey},
    table::Table,
    watch::{Passing, Watch},
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
    pub(super) table: Table,
    pub(super) survey: Arc<Survey>,
    pub(super) way: Way,
    pub(super) goal: Goal,
    pub(super) stops: Vec<Stop>,
}

/// Something that stops a run, or that it writes down.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    pub(super) id: i64,
    pub(super) kind: Kind,
    pub(super) sought: Sought,
    pub(super) hit: Option<HitCondition>,
    /// Whether a hit is written down instead.
    pub(super) logs: bool,
    pub(super) hits: Hits,
}

/// The rows that are looked for.
#[derive(Debug, Clone)]
pub(super) enum Sought {
    Row(usize),
    Flaw(Flaw),
    Watch(Watch),
}

/// Where a run came to its end.
#[derive(Debug, Clone)]
pub(super) enum Halt {
    /// At breakpoints, each with its number.
    Stopped { at: usize, hits: Vec<(Kind, i64)> },
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

/// Log points met by the way: the row of each, and the number of its breakpoint.
pub(super) type Logged = Vec<(usize, i64)>;

impl Scan {
    /// Runs. What is to be written is given to `log` by the way.
    pub(super) fn run(self, progress: &Progress, log: &mut dyn FnMut(Logged)) -> Halt {
        let result = match self.way {
            Way::ForwardFrom(from) => self.forward(from, progress, log),
            Way::BackFrom(from) => self.back(from, progress, log),
        };
        result.unwrap_or_else(|error| {
            let at = self.last_passed(progress);
            match error {
                ScanError::Cancelled(_) => Halt::Paused { at },
                ScanError::Read(error) => Halt::Failed { at, error },
            }
        })
    }

    fn forward(
        &self,
        from: usize,
        progress: &Progress,
        log: &mut dyn FnMut(Logged),
    ) -> Result<Halt, ScanError> {
        let mut at = from;
        loop {
            let extent = self.table.dataset.extent();
            progress.set_total(extent.rows.saturating_sub(from) as u64);
            if at >= extent.rows && extent.complete {
                return extent
                    .error
                    .map_or(Ok(Halt::End { at }), |error| Err(error.into()));
            }
            let block = at..self.seen(extent.rows)?.min(at + BLOCK).max(at);
            if block.is_empty() {
                thread::sleep(PATIENCE);
            } else if let Some(halt) = self.search(&block, log)? {
                return Ok(halt);
            }
            at = block.end;
            progress.advance(block.len() as u64)?;
        }
    }

    fn back(
        &self,
        from: usize,
        progress: &Progress,
        log: &mut dyn FnMut(Logged),
    ) -> Result<Halt, ScanError> {
        let mut at = from;
        progress.set_total(from as u64);
        while self.seen(from)? < from {
            thread::sleep(PATIENCE);
            progress.advance(0)?;
        }
        while at > 0 {
            let block = at.saturating_sub(BLOCK)..at;
            if let Some(halt) = self.search(&block, log)? {
                return Ok(halt);
            }
            at = block.start;
            progress.advance(block.len() as u64)?;
        }
        Ok(Halt::Start)
    }

    /// How many of the first `rows` rows can be searched by now.
    fn seen(&self, rows: usize) -> Result<usize, ScanError> {
        let needs_survey = |stop: &Stop| matches!(stop.sought, Sought::Flaw(_));
        if !self.stops.iter().any(needs_survey) {
            return Ok(rows);
        }
        let seen = self.survey.rows().min(rows);
        match self.survey.failure() {
            Some(error) if seen < rows => Err(error.into()),
            _ => Ok(seen),
        }
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
    fn search(
        &self,
        block: &Range<usize>,
        log: &mut dyn FnMut(Logged),
    ) -> Result<Option<Halt>, ScanError> {
        let goal = self.goal_in(block)?;
        let mut logged = Logged::new();
        let mut hits = Vec::new();
        let mut at = None;
        for (row, stop) in self.candidates(block)? {
            // the goal is reached before what lies behind it, and on its own row a breakpoint tells more
            let is_behind = goal.is_some_and(|goal| row > goal);
            if is_behind || at.is_some_and(|at| at != row) {
                break;
            }
            if !stop.hits.count(stop.hit) {
                continue;
            }
            if stop.logs {
                logged.push((row, stop.id));
            } else {
                at = Some(row);
                hits.push((stop.kind, stop.id));
            }
        }
        if !logged.is_empty() {
            log(logged);
        }
        hits.sort_unstable();
        Ok(match at {
            Some(at) => Some(Halt::Stopped { at, hits }),
            None => goal.map(|at| Halt::Reached { at }),
        })
    }

    fn goal_in(&self, block: &Range<usize>) -> Result<Option<usize>, ScanError> {
        let Goal::Leave { ms } = self.goal else {
            return Ok((self.goal == Goal::Next).then_some(block.start));
        };
        let rows = self.table.rows(block.start, block.len())?;
        let other = |row: &Row| row.id.is_ok_and(|id| id.timestamp_ms() != ms);
        Ok(rows.into_iter().find(other).map(|row| row.index))
    }

    /// Every row of a block that is looked for, in the order of the way.
    fn candidates(&self, block: &Range<usize>) -> Result<Vec<(usize, &Stop)>, ScanError> {
        let mut found: Vec<(usize, &Stop)> = Vec::new();
        let changed = self.table.changed()?;
        for stop in &self.stops {
            match &stop.sought {
                Sought::Row(row) if block.contains(row) => found.push((*row, stop)),
                Sought::Row(_) | Sought::Watch(_) => {}
                Sought::Flaw(flaw) => {
                    let rows = self.survey.flawed(block, *flaw).into_iter();
                    // the survey speaks of the file as it is
                    let rows = rows.filter(|row| !changed.contains(row));
                    found.extend(rows.map(|row| (row, stop)));
                    for &row in changed.range(block.clone()) {
                        let flaws = flaws_of(&self.table, row, self.survey.limits)?;
                        let has = flaws.iter().any(|(found, _)| found == flaw);
                        found.extend(has.then_some((row, stop)));
                    }
                }
            }
        }
        self.watch(block, &mut found)?;
        found.sort_by_key(|&(row, stop)| (row, stop.id));
        if matches!(self.way, Way::BackFrom(_)) {
            found.reverse();
        }
        Ok(found)
    }

    /// Looks at each row of a block, where that is needed.
    fn watch<'a>(
        &'a self,
        block: &Range<usize>,
        found: &mut Vec<(usize, &'a Stop)>,
    ) -> Result<(), ScanError> {
        let watched = |stop: &'a Stop| match &stop.sought {
            Sought::Watch(watch) => Some((watch, stop)),
            Sought::Row(_) | Sought::Flaw(_) => None,
        };
        let watches: Vec<(&Watch, &Stop)> = self.stops.iter().filter_map(watched).collect();
        if watches.is_empty() {
            return Ok(());
        }
        let first = block.start.saturating_sub(1);
        let rows = self.table.rows(first, block.end - first)?;
        let before_all = self.table.valid_before(block.start)?;
        let mut id_before = before_all.and_then(|row| row.id.ok());
        let skipped = block.start - first;
        for (index, row) in rows.iter().enumerate().skip(skipped) {
            let passing = Passing {
                row,
                before: index.checked_sub(1).and_then(|before| rows.get(before)),
                id_before,
            };
            for (watch, stop) in &watches {
                if watch.stops_at(passing, self.survey.limits) {
                    found.push((row.index, stop));
                }
            }
            id_before = row.id.ok().or(id_before);
        }
        Ok(())
    }
}
