//! Which rows are looked for.

use std::{
    ops::{ControlFlow, Range},
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
};

use ulid_engine::{
    RowSet,
    pass::{Block, growing_ranges_back},
    progress::Progress,
    query::Query,
    row::{Flaw, Lines, Window},
    stats::Limits,
};

use super::{
    Broken, Goal, Scan, Sought, Stop, Tally, Way,
    sight::{Sight, as_index},
};
use crate::inspect::flaws::flaws_of;

impl Scan {
    /// Every row of a block that is looked for, in the order of the way.
    pub(super) fn candidates(&self, block: &Range<usize>) -> Result<Vec<(usize, &Stop)>, Broken> {
        let mut found = self.known(block)?;
        let looks = self.looks();
        if !looks.is_empty() || found.iter().any(|(_, stop)| stop.condition.is_some()) {
            let window = Window::read(&self.table, block.clone(), self.lines())?;
            let around = |row: usize| window.around(row);
            found.retain(|&(row, stop)| around(row).is_some_and(|row| stop.allows(&row)));
            for row in block.clone() {
                let Some(around) = around(row) else { break };
                let met = looks
                    .iter()
                    .filter(|stop| stop.is_met(&around, self.limits()));
                found.extend(met.map(|&stop| (row, stop)));
            }
        }
        found.sort_by_key(|&(row, stop)| (row, stop.id));
        if matches!(self.way, Way::BackFrom(_)) {
            found.reverse();
        }
        Ok(found)
    }

    /// The conditions that are looked for in each row.
    pub(super) fn looks(&self) -> Vec<&Stop> {
        let looks = |stop: &&Stop| match stop.sought {
            Sought::Row(_) => false,
            Sought::Flaw(flaw) => !self.knows(flaw),
            Sought::Every | Sought::Watch(_) | Sought::Query(_) => true,
        };
        self.stops.iter().filter(looks).collect()
    }

    /// Passes over rows on all cores, by the block, up to the first that is looked for, to the goal, or to the end of
    /// those that have come.
    pub(super) fn skip(
        &self,
        from: usize,
        looks: &[&Stop],
        progress: &Progress,
        passed: &AtomicUsize,
    ) -> Result<usize, Broken> {
        let mut at = from;
        let end = match self.goal {
            Goal::Row(goal) => self.table.end().min(goal),
            Goal::Farthest | Goal::Leave { .. } => self.table.end(),
        };
        self.look(from..end, looks, progress, |block, found| {
            at = found.min().map_or(block.end, as_index);
            if !found.is_empty() {
                return Ok(ControlFlow::Break(()));
            }
            passed.store(at.saturating_sub(1), Relaxed);
            progress.advance(block.len() as u64)?;
            // what is set now is looked for in the blocks that follow
            Ok(match self.check() {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            })
        })?;
        Ok(at)
    }

    /// Passes back over rows on all cores, down to behind the last one before `from` that is looked for, to behind the goal, or
    /// to the first.
    pub(super) fn skip_back(
        &self,
        from: usize,
        looks: &[&Stop],
        progress: &Progress,
        passed: &AtomicUsize,
    ) -> Result<usize, Broken> {
        let least = match self.goal {
            Goal::Row(goal) => goal.saturating_add(1),
            Goal::Farthest | Goal::Leave { .. } => 0,
        };
        for stretch in growing_ranges_back(least..from) {
            let (begin, len) = (stretch.start, stretch.len());
            let mut last = None;
            self.look(stretch, looks, progress, |_, found| {
                last = found.max().or(last);
                Ok(ControlFlow::Continue(()))
            })?;
            if let Some(last) = last {
                return Ok(as_index(last) + 1);
            }
            progress.advance(len as u64)?;
            passed.store(begin, Relaxed);
            if self.check().is_err() {
                return Ok(begin);
            }
        }
        Ok(least.min(from))
    }

    /// The rows that meet each of what is set.
    pub(super) fn tally(&self, progress: &Progress) -> Result<Vec<Tally>, Broken> {
        let looks: Vec<&Stop> = self.stops.iter().collect();
        let none = RowSet::new();
        let sight = Sight {
            looks: &looks,
            limits: self.limits(),
            duplicates: self.duplicates().unwrap_or(&none),
            progress,
        };
        let tally = |stop: &&Stop| Tally {
            id: stop.id,
            rows: RowSet::new(),
        };
        let mut all: Vec<Tally> = looks.iter().map(tally).collect();
        let survey = &*self.table.survey;
        let known = |stop: &&Stop| match stop.sought {
            Sought::Flaw(flaw) if self.knows(flaw) => Some(flaw),
            _ => None,
        };
        let known: Vec<Option<Flaw>> = looks.iter().map(known).collect();
        let rows_of = |block: &Block| -> Vec<RowSet> {
            let stops = looks.iter().zip(&known);
            stops
                .map(|(stop, known)| match known {
                    Some(flaw) => sight.known_rows_of(stop, *flaw, survey, block),
                    None => sight.rows_of(stop, block),
                })
                .collect()
        };
        self.table
            .dataset
            .pass(progress)
            .known(0..self.table.end())
            .each(rows_of, |found| {
                for (tally, rows) in all.iter_mut().zip(found) {
                    tally.rows |= rows;
                }
                ControlFlow::Continue(())
            })?;
        Ok(all)
    }

    /// Goes over those of the rows that have come, on all cores, and hands out each block with all that is looked for in it.
    fn look(
        &self,
        rows: Range<usize>,
        looks: &[&Stop],
        progress: &Progress,
        mut each: impl FnMut(Range<usize>, RowSet) -> Result<ControlFlow<()>, Broken>,
    ) -> Result<(), Broken> {
        let none = RowSet::new();
        let sight = Sight {
            looks,
            limits: self.limits(),
            duplicates: self.duplicates().unwrap_or(&none),
            progress,
        };
        let mut result = Ok(());
        // It counts in bytes, a run in rows.
        self.table
            .dataset
            .pass(&progress.piece())
            .known(rows)
            .each(
                |block| sight.look(block),
                |(block, mut found)| {
                    let known = self.known(&block).map(|known| {
                        found.extend(known.into_iter().map(|(row, _)| row as u64));
                    });
                    let next = known.and_then(|()| each(block, found));
                    next.unwrap_or_else(|broken| {
                        result = Err(broken);
                        ControlFlow::Break(())
                    })
                },
            )?;
        result
    }

    /// The rows of a block that are known without a look at them: those of lines, and those with a flaw once the whole
    /// file was gone over.
    fn known(&self, block: &Range<usize>) -> Result<Vec<(usize, &Stop)>, Broken> {
        let mut found: Vec<(usize, &Stop)> = Vec::new();
        for stop in self.stops.iter() {
            match &stop.sought {
                Sought::Row(row) if block.contains(row) => found.push((*row, stop)),
                Sought::Flaw(flaw) if self.knows(*flaw) => {
                    let rows = self.flawed(block, *flaw)?;
                    found.extend(rows.into_iter().map(|row| (row, stop)));
                }
                _ => {}
            }
        }
        Ok(found)
    }

    fn flawed(&self, block: &Range<usize>, flaw: Flaw) -> Result<Vec<usize>, Broken> {
        // the survey speaks of the file as it is
        let changed = self.table.changed()?;
        let mut rows = self.table.survey.flawed(block, flaw);
        rows.retain(|row| !changed.contains(row));
        for &row in changed.range(block.clone()) {
            let flaws = flaws_of(&self.table, row)?;
            if flaws.iter().any(|&(found, _)| found == flaw) {
                rows.push(row);
            }
        }
        Ok(rows)
    }

    /// True if the rows with a flaw are known without a look at them.
    fn knows(&self, flaw: Flaw) -> bool {
        (self.knows_flaws || self.table.survey.is_by_writer(flaw)) && self.table.survey.knows(flaw)
    }

    /// True if a condition asks for the line of the file.
    fn lines(&self) -> Lines {
        let asks = |stop: &Stop| {
            let mut queries = stop.query().into_iter().chain(stop.condition.as_deref());
            queries.any(Query::needs_lines)
        };
        match self.stops.iter().any(asks) {
            true => Lines::Wanted,
            false => Lines::Unused,
        }
    }

    fn limits(&self) -> Limits {
        self.table.survey.limits
    }
}
