//! The way from one stop to the next.

mod hits;
mod live;
mod search;
mod sight;
mod together;

pub(super) use hits::{HitCondition, Hits};
pub(super) use live::Live;
pub(super) use together::{Arrival, Together, time_of_row};

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
    query::{Query, SelectError, WritersError},
    row::{Around, Flaw},
    stats::Limits,
};

use crate::inspect::{advice::in_settings, step::Step, table::Table, watch::Watch};

/// Why a run has stopped, as clients tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Flaw,
    Line,
    Function,
    Data,
}

/// Rows between two looks at whether somebody wants a pause.
const BLOCK: usize = 4_096;
/// Rows that are looked at one by one sooner than on all cores.
const FEW: usize = 1_024;
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

/// The end of a run that nothing else stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// The last row, or the first.
    Farthest,
    /// A row.
    Row(usize),
    /// The next row of another millisecond. Only forwards.
    Leave { ms: u64 },
}

/// A run through the rows until something stops it.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    pub(super) table: Table,
    pub(super) way: Way,
    pub(super) goal: Goal,
    /// Breakpoints that are set, and below those that were set when last looked at.
    live: Live,
    stops: Arc<[Stop]>,
    version: u64,
    /// True if the survey can say which rows have a flaw, so that they need not be looked for.
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
    /// True if a hit is written down instead.
    pub(super) logs: bool,
    /// True if what is written asks for duplicates.
    pub(super) log_needs_duplicates: bool,
    pub(super) hits: Hits,
}

/// The rows that are looked for.
#[derive(Debug, Clone)]
pub(super) enum Sought {
    Row(usize),
    /// Each row.
    Every,
    Flaw(Flaw),
    Watch(Watch),
    Query(Arc<Query>),
}

/// The place at which a run came to its end.
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

/// Rows that meet a breakpoint.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tally {
    /// The number of the breakpoint.
    pub(super) id: i64,
    pub(super) rows: RowSet,
}

/// Log points met by the way: the row of each, and the number of its breakpoint.
pub(super) type Logged = Vec<(usize, i64)>;

/// The result of the search of a block.
#[derive(Debug)]
struct Searched {
    halt: Option<Halt>,
    /// True if there was any row that is looked for, be it one of a log point or one that a hit count lets go by.
    met: bool,
}

impl Stop {
    /// The condition that is looked for itself.
    fn query(&self) -> Option<&Query> {
        match &self.sought {
            Sought::Query(query) => Some(query),
            Sought::Row(_) | Sought::Every | Sought::Flaw(_) | Sought::Watch(_) => None,
        }
    }

    /// True if a row is one that has to be looked for, and its breakpoint's own condition holds there.
    fn is_met(&self, row: &Around<'_>, limits: Limits) -> bool {
        let is_sought = match &self.sought {
            Sought::Watch(watch) => watch.stops_at(row, limits),
            Sought::Query(query) => query.matches(row),
            Sought::Flaw(flaw) => {
                let at_keys = flaw.is_at(&Step::to(row).keys, limits);
                at_keys.or(row.duplicate).unwrap_or(false)
            }
            Sought::Row(_) => false,
            Sought::Every => true,
        };
        is_sought && self.allows(row)
    }

    /// True if the breakpoint's own condition holds at a row.
    fn allows(&self, row: &Around<'_>) -> bool {
        let condition = self.condition.as_ref();
        condition.is_none_or(|condition| condition.matches(row))
    }
}

/// Why a run was broken off.
#[derive(Debug)]
enum Broken {
    Cancelled,
    /// Something else is set now.
    Stale,
    Failed(String),
}

impl Scan {
    pub(super) fn new(table: Table, way: Way, goal: Goal, live: Live) -> Scan {
        let (stops, version) = live.current();
        Scan {
            knows_flaws: knows_flaws(&table),
            table,
            way,
            goal,
            live,
            stops,
            version,
        }
    }

    /// True if it comes to its end without going over more than a few rows.
    pub(super) fn is_short(&self) -> bool {
        let (Goal::Row(goal), Way::ForwardFrom(from) | Way::BackFrom(from)) = (self.goal, self.way)
        else {
            return false;
        };
        let needs_pass = self.needs_writers()
            || (self.needs_duplicates() && self.duplicates().is_none())
            || self.queries().any(|query| !query.is_prepared());
        goal < self.table.end() && goal.abs_diff(from) < BLOCK && !needs_pass
    }

    /// Runs. What is to be written is given to `log` by the way.
    pub(super) fn run(mut self, progress: &Progress, log: &mut dyn FnMut(Logged)) -> Halt {
        let survey = self.table.survey.clone();
        let _held = survey.hold();
        let passed = AtomicUsize::new(match self.way {
            Way::ForwardFrom(from) => from.saturating_sub(1),
            Way::BackFrom(from) => from,
        });
        loop {
            let mut way = self.way;
            let result = self.prepare(progress).and_then(|()| match &mut way {
                Way::ForwardFrom(at) => self.forward(at, progress, &passed, log),
                Way::BackFrom(at) => self.back(at, progress, &passed, log),
            });
            self.way = way;
            let at = passed.load(Relaxed);
            match result {
                Ok(halt) => return halt,
                Err(Broken::Cancelled) => return Halt::Paused { at },
                Err(Broken::Failed(reason)) => return Halt::Failed { at, reason },
                Err(Broken::Stale) => self.look_again(),
            }
        }
    }

    /// Looks at all rows, and tells of each breakpoint which rows meet it. None where it is cancelled or the file can no
    /// longer be read.
    pub(super) fn count(&self, progress: &Progress) -> Option<Vec<Tally>> {
        let survey = self.table.survey.clone();
        let _held = survey.hold();
        self.prepare(progress).ok()?;
        self.tally(progress).ok()
    }

    /// Takes in what is set now.
    fn look_again(&mut self) {
        (self.stops, self.version) = self.live.current();
        self.knows_flaws = knows_flaws(&self.table);
    }

    /// Ends a pass for which something else is set now.
    fn check(&self) -> Result<(), Broken> {
        if self.live.version() == self.version {
            Ok(())
        } else {
            Err(Broken::Stale)
        }
    }

    /// Finds the duplicates and the rows of each writer first, where a condition asks for them.
    fn prepare(&self, progress: &Progress) -> Result<(), Broken> {
        for query in self.queries() {
            query.prepare(&self.table.dataset, progress)?;
        }
        if self.needs_duplicates() {
            self.table.find_duplicates(progress)?;
        }
        if self.needs_writers() {
            self.table.find_writers(progress)?;
        }
        Ok(())
    }

    /// Conditions of all that is set.
    fn queries(&self) -> impl Iterator<Item = &Query> {
        let conditions = self
            .stops
            .iter()
            .filter_map(|stop| stop.condition.as_deref());
        self.stops.iter().filter_map(Stop::query).chain(conditions)
    }

    fn needs_duplicates(&self) -> bool {
        let asks = |stop: &Stop| {
            stop.log_needs_duplicates || matches!(stop.sought, Sought::Flaw(Flaw::Duplicate))
        };
        self.stops.iter().any(asks) || self.queries().any(Query::needs_duplicates)
    }

    fn needs_writers(&self) -> bool {
        let asks = |stop: &Stop| match stop.sought {
            Sought::Flaw(flaw) => {
                self.table.survey.is_by_writer(flaw) && !self.table.survey.knows(flaw)
            }
            _ => false,
        };
        self.stops.iter().any(asks)
    }

    /// The duplicates, where they were found.
    fn duplicates(&self) -> Option<&RowSet> {
        self.table.duplicates()
    }

    fn forward(
        &self,
        at: &mut usize,
        progress: &Progress,
        passed: &AtomicUsize,
        log: &mut dyn FnMut(Logged),
    ) -> Result<Halt, Broken> {
        let looks = self.looks();
        let can_skip = self.can_skip(&looks);
        // where every block has a row that is looked for there is nothing to pass over
        let mut is_sparse = true;
        loop {
            self.check()?;
            let extent = self.table.dataset.extent();
            progress.set_total(extent.rows as u64);
            if self.table.is_end(*at) {
                // all rows that there are have gone by, also where there should be more
                return Ok(match extent.error {
                    Some(error) => Halt::Failed {
                        at: *at,
                        reason: in_settings(&error),
                    },
                    None => Halt::End { at: *at },
                });
            }
            if can_skip && is_sparse && *at < extent.rows {
                *at = self.skip(*at, &looks, progress, passed)?;
                self.check()?;
            }
            let block = *at..self.block_end(*at);
            if block.is_empty() {
                self.table.refresh().map_err(Broken::Failed)?;
                Scan::wait(progress)?;
            } else {
                let searched = self.search(&block, progress, passed, log)?;
                if let Some(halt) = searched.halt {
                    return Ok(halt);
                }
                is_sparse = !searched.met;
            }
            *at = block.end;
            passed.store(at.saturating_sub(1), Relaxed);
            progress.advance(block.len() as u64)?;
        }
    }

    /// End of the block that begins at a row: nothing behind the goal needs to be looked at.
    fn block_end(&self, at: usize) -> usize {
        let end = match self.goal {
            Goal::Row(goal) => goal.saturating_add(1),
            Goal::Farthest | Goal::Leave { .. } => usize::MAX,
        };
        self.table.end().min(at + BLOCK).min(end).max(at)
    }

    fn back(
        &self,
        at: &mut usize,
        progress: &Progress,
        passed: &AtomicUsize,
        log: &mut dyn FnMut(Logged),
    ) -> Result<Halt, Broken> {
        progress.set_total(*at as u64);
        let looks = self.looks();
        let can_skip = self.can_skip(&looks);
        let mut is_sparse = true;
        while *at > 0 {
            self.check()?;
            if can_skip && is_sparse {
                *at = self.skip_back(*at, &looks, progress, passed)?;
                self.check()?;
            }
            let nearest = match self.goal {
                Goal::Row(goal) => goal,
                Goal::Farthest | Goal::Leave { .. } => 0,
            };
            let block = at.saturating_sub(BLOCK).max(nearest)..*at;
            let searched = self.search(&block, progress, passed, log)?;
            if let Some(halt) = searched.halt {
                return Ok(halt);
            }
            is_sparse = !searched.met;
            *at = block.start;
            passed.store(*at, Relaxed);
            progress.advance(block.len() as u64)?;
        }
        Ok(Halt::Start)
    }

    /// True if rows can be passed over by the block, in which everything has to be looked for that `looks` are after.
    fn can_skip(&self, looks: &[&Stop]) -> bool {
        let is_far = match (self.goal, self.way) {
            (Goal::Farthest, _) => true,
            (Goal::Row(goal), Way::ForwardFrom(from) | Way::BackFrom(from)) => {
                goal.abs_diff(from) >= FEW
            }
            (Goal::Leave { .. }, _) => false,
        };
        !looks.is_empty() && is_far && !self.table.is_changed()
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
        let is_back = matches!(self.way, Way::BackFrom(_));
        let mut logged = Logged::new();
        let mut hits = Vec::new();
        let mut at = None;
        let candidates = self.candidates(block)?;
        for &(row, stop) in &candidates {
            // the goal is reached before what lies behind it, and on its own row a breakpoint tells more
            let is_behind = goal.is_some_and(|goal| if is_back { row < goal } else { row > goal });
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
        let ms = match self.goal {
            Goal::Farthest => return Ok(None),
            Goal::Row(row) => return Ok(Some(row).filter(|row| block.contains(row))),
            Goal::Leave { ms } => ms,
        };
        let rows = self.table.rows(block.start, block.len())?;
        let other = |row: &Row| row.id.is_ok_and(|id| id.timestamp_ms() != ms);
        Ok(rows.into_iter().find(other).map(|row| row.index))
    }
}

/// True if the pass over the file tells the flaws of all rows that there will be.
fn knows_flaws(table: &Table) -> bool {
    table.survey.is_complete() && !table.is_followed
}

impl From<Cancelled> for Broken {
    fn from(_: Cancelled) -> Broken {
        Broken::Cancelled
    }
}

impl From<ReadError> for Broken {
    fn from(error: ReadError) -> Broken {
        Broken::Failed(in_settings(&error))
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

impl From<WritersError> for Broken {
    fn from(error: WritersError) -> Broken {
        match error {
            WritersError::Select(error) => error.into(),
            WritersError::TooMany => Broken::Failed(error.to_string()),
        }
    }
}

impl From<SelectError> for Broken {
    fn from(error: SelectError) -> Broken {
        match error {
            SelectError::Scan(error) => error.into(),
            SelectError::Order(error) => Broken::Failed(error.to_string()),
            SelectError::TooMuch(error) => Broken::Failed(error.to_string()),
        }
    }
}
