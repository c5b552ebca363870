//! The way from one stop to the next.

mod search;
mod sight;

use std::{
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    thread,
    time::Duration,
};

use ulid_engine::{
    RowSet,
    dataset::{ReadError, Row, ScanError},
    progress::{Cancelled, Progress},
    query::{Context, Query, SelectError},
    stats::Limits,
};

use super::{
    breakpoints::{HitCondition, Hits, Kind},
    step::Step,
    survey::Flaw,
    table::Table,
    watch::Watch,
};

/// Rows between two looks at whether somebody wants a pause.
const BLOCK: usize = 4_096;
/// Log points that are handed over at once.
const LOGGED_MAX: usize = 8;
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
    pub(super) way: Way,
    pub(super) goal: Goal,
    pub(super) stops: Vec<Stop>,
    /// Whether the survey can say which rows have a flaw, so that they need not be looked for.
    knows_flaws: bool,
}

/// Something that stops a run, or that it writes down.
#[derive(Debug, Clone)]
pub(super) struct Stop {
    pub(super) id: i64,
    pub(super) kind: Kind,
    pub(super) sought: Sought,
    pub(super) condition: Option<Arc<Query>>,
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
    Query(Arc<Query>),
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
    Failed { at: usize, reason: String },
}

/// Log points met by the way: the row of each, and the number of its breakpoint.
pub(super) type Logged = Vec<(usize, i64)>;

/// What the search of a block came to.
#[derive(Debug)]
struct Searched {
    halt: Option<Halt>,
    /// Whether there was any row that is looked for, be it one of a log point or one that a hit count lets go by.
    met: bool,
}

impl Stop {
    /// The condition that is looked for itself.
    fn query(&self) -> Option<&Query> {
        match &self.sought {
            Sought::Query(query) => Some(query),
            Sought::Row(_) | Sought::Flaw(_) | Sought::Watch(_) => None,
        }
    }

    /// Whether a row is one that has to be looked for, and its breakpoint's own condition holds there.
    fn is_met(&self, row: &Context<'_>, limits: Limits) -> bool {
        let is_sought = match &self.sought {
            Sought::Watch(watch) => watch.stops_at(row, limits),
            Sought::Query(query) => query.matches(row),
            Sought::Flaw(flaw) => flaw.is_of(&Step::to(row), limits),
            Sought::Row(_) => false,
        };
        is_sought && self.allows(row)
    }

    /// Whether the breakpoint's own condition holds at a row.
    fn allows(&self, row: &Context<'_>) -> bool {
        let condition = self.condition.as_ref();
        condition.is_none_or(|condition| condition.matches(row))
    }
}

/// Why a run was broken off.
#[derive(Debug)]
enum Broken {
    Cancelled,
    Failed(String),
}

impl Scan {
    pub(super) fn new(table: Table, way: Way, goal: Goal, stops: Vec<Stop>) -> Scan {
        Scan {
            knows_flaws: table.survey.is_complete(),
            table,
            way,
            goal,
            stops,
        }
    }

    /// Runs. What is to be written is given to `log` by the way.
    pub(super) fn run(self, progress: &Progress, log: &mut dyn FnMut(Logged)) -> Halt {
        let survey = self.table.survey.clone();
        let _held = survey.hold();
        let passed = AtomicUsize::new(match self.way {
            Way::ForwardFrom(from) => from.saturating_sub(1),
            Way::BackFrom(from) => from,
        });
        let result = self.prepare(progress).and_then(|()| match self.way {
            Way::ForwardFrom(from) => self.forward(from, progress, &passed, log),
            Way::BackFrom(from) => self.back(from, progress, &passed, log),
        });
        let at = passed.into_inner();
        match result {
            Ok(halt) => halt,
            Err(Broken::Cancelled) => Halt::Paused { at },
            Err(Broken::Failed(reason)) => Halt::Failed { at, reason },
        }
    }

    /// Finds the duplicates first, where a condition asks for them.
    fn prepare(&self, progress: &Progress) -> Result<(), Broken> {
        let asks = |stop: &Stop| {
            let mut queries = stop.query().into_iter().chain(stop.condition.as_deref());
            queries.any(|query| query.needs_duplicates())
        };
        if self.stops.iter().any(asks) {
            let table = &self.table;
            table.survey.find_duplicates(&table.dataset, progress)?;
        }
        Ok(())
    }

    /// The duplicates, where they were found.
    fn duplicates(&self) -> Option<&RowSet> {
        self.table.survey.duplicates()
    }

    fn forward(
        &self,
        from: usize,
        progress: &Progress,
        passed: &AtomicUsize,
        log: &mut dyn FnMut(Logged),
    ) -> Result<Halt, Broken> {
        let mut at = from;
        let looks = self.looks();
        let can_skip = self.can_skip(&looks);
        // where every block has a row that is looked for there is nothing to pass over
        let mut is_sparse = true;
        loop {
            let extent = self.table.dataset.extent();
            progress.set_total(extent.rows as u64);
            if at >= extent.rows && extent.complete {
                return match extent.error {
                    Some(error) => Err(error.into()),
                    None => Ok(Halt::End { at }),
                };
            }
            if can_skip && is_sparse && at < extent.rows {
                at = self.skip(at, &looks, progress, passed)?;
            }
            let known = self.table.end();
            let block = at..known.min(at + BLOCK).max(at);
            if block.is_empty() {
                Scan::wait(progress)?;
            } else {
                let searched = self.search(&block, progress, passed, log)?;
                if let Some(halt) = searched.halt {
                    return Ok(halt);
                }
                is_sparse = !searched.met;
            }
            at = block.end;
            passed.store(at.saturating_sub(1), Relaxed);
            progress.advance(block.len() as u64)?;
        }
    }

    fn back(
        &self,
        from: usize,
        progress: &Progress,
        passed: &AtomicUsize,
        log: &mut dyn FnMut(Logged),
    ) -> Result<Halt, Broken> {
        let mut at = from;
        progress.set_total(from as u64);
        let looks = self.looks();
        let can_skip = self.can_skip(&looks);
        let mut is_sparse = true;
        while at > 0 {
            if can_skip && is_sparse {
                at = self.skip_back(at, &looks, progress, passed)?;
            }
            let block = at.saturating_sub(BLOCK)..at;
            let searched = self.search(&block, progress, passed, log)?;
            if let Some(halt) = searched.halt {
                return Ok(halt);
            }
            is_sparse = !searched.met;
            at = block.start;
            passed.store(at, Relaxed);
            progress.advance(block.len() as u64)?;
        }
        Ok(Halt::Start)
    }

    /// Whether rows can be passed over by the block, in which everything has to be looked for that `looks` are after.
    fn can_skip(&self, looks: &[&Stop]) -> bool {
        !looks.is_empty() && self.goal == Goal::Farthest && !self.table.is_changed()
    }

    /// Waits for more of a stream, or of the index.
    fn wait(progress: &Progress) -> Result<(), Broken> {
        thread::sleep(PATIENCE);
        Ok(progress.advance(0)?)
    }

    /// The first stop of a block, in the order of the way.
    fn search(
        &self,
        block: &Range<usize>,
        progress: &Progress,
        passed: &AtomicUsize,
        log: &mut dyn FnMut(Logged),
    ) -> Result<Searched, Broken> {
        let goal = self.goal_in(block)?;
        let mut logged = Logged::new();
        let mut hits = Vec::new();
        let mut at = None;
        let candidates = self.candidates(block)?;
        for &(row, stop) in &candidates {
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
                if logged.len() == LOGGED_MAX {
                    log(std::mem::take(&mut logged));
                    passed.store(row, Relaxed);
                    progress.advance(0)?;
                }
            } else {
                at = Some(row);
                hits.push((stop.kind, stop.id));
            }
        }
        if !logged.is_empty() {
            log(logged);
        }
        hits.sort_unstable();
        Ok(Searched {
            halt: match at {
                Some(at) => Some(Halt::Stopped { at, hits }),
                None => goal.map(|at| Halt::Reached { at }),
            },
            met: !candidates.is_empty(),
        })
    }

    fn goal_in(&self, block: &Range<usize>) -> Result<Option<usize>, Broken> {
        let Goal::Leave { ms } = self.goal else {
            return Ok((self.goal == Goal::Next).then_some(block.start));
        };
        let rows = self.table.rows(block.start, block.len())?;
        let other = |row: &Row| row.id.is_ok_and(|id| id.timestamp_ms() != ms);
        Ok(rows.into_iter().find(other).map(|row| row.index))
    }
}

impl From<Cancelled> for Broken {
    fn from(_: Cancelled) -> Broken {
        Broken::Cancelled
    }
}

impl From<ReadError> for Broken {
    fn from(error: ReadError) -> Broken {
        Broken::Failed(error.to_string())
    }
}

impl From<ScanError> for Broken {
    fn from(error: ScanError) -> Broken {
        match error {
            ScanError::Cancelled(_) => Broken::Cancelled,
            ScanError::Read(error) => error.into(),
        }
    }
}

impl From<SelectError> for Broken {
    fn from(error: SelectError) -> Broken {
        match error {
            SelectError::Scan(error) => error.into(),
            SelectError::Order(error) => Broken::Failed(error.to_string()),
        }
    }
}
