//! Tasks of jobs, as data, and their outcomes.

use std::sync::Arc;

use ulid_engine::{
    RowSet, Timestamp, compare::Comparison, dataset::Extent, pass::RowOrder, progress::Progress,
    query::Grouping, sort::Direction, timestamp::TimeZone,
};

use super::{JobError, Kind, Search, search};
use crate::{
    export::{Export, Exported},
    findings::Findings,
    rows::{
        Beside, Chosen, CloserLook, Counting, Drift, Heat, Listing, Needle, Order, Repairs,
        RowsError, Source, Tally, arrange, rows_of,
    },
    ruler::{Counts, Ruler},
};

/// A job, as data.
#[derive(Debug, Clone)]
pub(crate) enum Task {
    /// The rows of a view.
    Arrange(Arrange),
    /// The next row of a listing that is looked for.
    Find(Search),
    /// The places of a listing that have what is searched for.
    Hits(Needle, Listing),
    /// The figures and flaws of all rows; those of a later time than the one given lie in the future.
    Audit(Timestamp),
    /// How the rows of two files are related.
    Compare,
    /// The IDs of the periods of a stretch of time.
    Count(Counting),
    /// The IDs by day and hour, of some times, of all rows or of those of a listing.
    Heat((Timestamp, Timestamp), TimeZone, Option<Listing>),
    /// Another time of rows beside that of their IDs.
    Drift(Drifting),
    /// The values of an expression, of all rows or of those of a listing.
    Tally(Box<Grouping>, Option<Listing>),
    /// More about values that were counted, of all rows or of those of a listing, with the duplicates that are known.
    Closer(
        Box<CloserLook>,
        Arc<Tally>,
        Option<Listing>,
        Option<Arc<Findings>>,
    ),
    /// The first and the last time of the rows of a listing.
    Bounds(Listing),
    /// Finds the repairs of the rows of a listing.
    Repairs(Listing),
    /// The values of an expression among the first rows.
    Glance(Box<Grouping>),
    /// Rows into a file.
    Export(Export),
}

/// Times that are put beside those of IDs, as data.
#[derive(Debug, Clone)]
pub(crate) struct Drifting {
    /// The other time.
    pub beside: Beside,
    /// The periods of the plot.
    pub ruler: Arc<Ruler>,
    /// The zone of times without one.
    pub zone: TimeZone,
    /// The rows; `None` for all.
    pub listing: Option<Listing>,
}

/// Rows that are looked at before all are counted.
const GLANCE: usize = 50_000;

/// The rows of a view, as data.
#[derive(Debug, Clone)]
pub(crate) struct Arrange {
    /// Their order.
    pub order: Order,
    /// Which they are.
    pub chosen: Chosen,
    /// The rows that an earlier job found, to go on from.
    pub so_far: Option<Arranged>,
}

/// Rows of a view.
#[derive(Debug, Clone)]
pub(crate) struct Arranged {
    /// The rows, in their order.
    pub rows: Arc<RowOrder>,
    /// The part of the source that was there when they were looked for, at least.
    pub of: Extent,
}

/// The outcome of a job.
#[derive(Debug, Clone)]
pub(crate) enum Outcome {
    /// The rows of a view.
    Arranged(Arranged),
    /// The place of the row looked for, if there is one.
    Found(Option<usize>),
    /// The places that have what is searched for.
    Hits(Arc<RowSet>),
    /// Findings about the source, of which at least so much was there.
    Audited(Arc<Findings>, Extent),
    /// How the rows of two files are related, of which at least so much was there.
    Compared(Arc<Comparison>, Extent),
    /// How many IDs were made when.
    Counted(Arc<Counts>),
    /// How many IDs were made on which day in which hour.
    Heated(Arc<Heat>),
    /// How far another time is from that of the ID.
    Drifted(Arc<Drift>),
    /// How many rows have which value.
    Tallied(Arc<Tally>),
    /// More about the values that were counted.
    Closer {
        /// The values that were looked at.
        of: Arc<Tally>,
        /// The same values with more about each.
        tally: Arc<Tally>,
    },
    /// The first and the last time of rows, and how many there are.
    Bounds(Option<(Timestamp, Timestamp)>, u64),
    /// Repairs that were found.
    Repairs(Arc<Repairs>),
    /// So many rows were written.
    Exported(Exported),
}

/// How a job ended.
pub(crate) type Finished = Result<Outcome, JobError>;

impl Task {
    /// The slot it runs in.
    #[must_use]
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Task::Arrange(_) => Kind::Arrange,
            Task::Find(_) => Kind::Find,
            Task::Hits(..) => Kind::Hits,
            Task::Audit(_) => Kind::Audit,
            Task::Compare => Kind::Compare,
            Task::Count(..) => Kind::Count,
            Task::Heat(..) | Task::Drift(_) => Kind::Clocks,
            Task::Tally(..) => Kind::Tally,
            Task::Glance(_) => Kind::Glance,
            Task::Closer(..) => Kind::Closer,
            Task::Bounds(_) => Kind::Bounds,
            Task::Repairs(_) => Kind::Repairs,
            Task::Export(_) => Kind::Export,
        }
    }

    /// Its name in the status line.
    #[must_use]
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Task::Arrange(arrange) => match arrange.order {
                Order::Id(_) | Order::Value(..) => "sorting",
                Order::Position(_) => "filtering",
            },
            Task::Find(_) => "searching",
            Task::Audit(_) => "looking the file over",
            Task::Compare => "comparing",
            Task::Count(..)
            | Task::Tally(..)
            | Task::Glance(_)
            | Task::Closer(..)
            | Task::Hits(..)
            | Task::Heat(..)
            | Task::Drift(_) => "counting",
            Task::Bounds(_) => "reading times",
            Task::Repairs(_) => "looking for what can be repaired",
            Task::Export(_) => "exporting",
        }
    }

    /// Does the work, in the calling thread.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled or the source can no longer be read, and for a failed export.
    pub(crate) fn run(&self, source: &Source, progress: &Progress) -> Finished {
        match self {
            Task::Arrange(arrange) => Ok(Outcome::Arranged(arrange.run(source, progress)?)),
            Task::Find(search) => Ok(Outcome::Found(search.run(source, progress)?)),
            Task::Hits(needle, listing) => {
                let hits = search::hits(needle, listing, source, progress)?;
                Ok(Outcome::Hits(Arc::new(hits)))
            }
            Task::Audit(now) => {
                let extent = source.extent();
                let findings = source.audit(*now, progress)?;
                Ok(Outcome::Audited(Arc::new(findings), extent))
            }
            Task::Compare => {
                let extent = source.extent();
                let comparison = source.compare(progress)?;
                Ok(Outcome::Compared(Arc::new(comparison), extent))
            }
            Task::Count(counting) => {
                let counts = source.count_times(counting, progress)?;
                Ok(Outcome::Counted(Arc::new(counts)))
            }
            Task::Heat(times, zone, listing) => {
                let heat = source.heat(*times, zone, listing.as_ref(), progress)?;
                Ok(Outcome::Heated(Arc::new(heat)))
            }
            Task::Drift(drifting) => {
                let Drifting {
                    beside,
                    ruler,
                    zone,
                    listing,
                } = drifting;
                let drift = source.drift(beside, (ruler, zone), listing.as_ref(), progress)?;
                Ok(Outcome::Drifted(Arc::new(drift)))
            }
            Task::Tally(grouping, listing) => {
                let tally = source.tally(grouping, listing.as_ref(), progress)?;
                Ok(Outcome::Tallied(Arc::new(tally)))
            }
            Task::Repairs(listing) => Ok(Outcome::Repairs(Arc::new(
                source.repairs(listing, progress)?,
            ))),
            Task::Glance(grouping) => {
                let tally = source.glance(grouping, GLANCE, progress)?;
                Ok(Outcome::Tallied(Arc::new(tally)))
            }
            Task::Closer(look, of, listing, findings) => {
                let duplicates = findings.as_ref().map(|found| &found.duplicates);
                let tally = source.look_closer(look, of, listing.as_ref(), duplicates, progress)?;
                Ok(Outcome::Closer {
                    of: Arc::clone(of),
                    tally: Arc::new(tally),
                })
            }
            Task::Bounds(listing) => {
                let times = source.bounds(listing, progress)?;
                Ok(Outcome::Bounds(times, listing.len() as u64))
            }
            Task::Export(export) => Ok(Outcome::Exported(export.run(source, progress)?)),
        }
    }
}

impl Arrange {
    fn run(&self, source: &Source, progress: &Progress) -> Result<Arranged, RowsError> {
        let of = source.extent();
        let rows = match (&self.so_far, &self.order) {
            (Some(so_far), Order::Position(direction)) if self.chosen.looks_at_rows_alone() => {
                self.go_on(so_far, *direction, source, progress)?
            }
            _ => {
                let rows = arrange(source, &self.order, &self.chosen, progress)?;
                rows.unwrap_or_else(|| Vec::new().into())
            }
        };
        Ok(Arranged {
            rows: Arc::new(rows),
            of,
        })
    }

    /// The rows that were found, and those that have come since. The last row is looked at again: it may have been there in
    /// part, and has perhaps one after it now.
    fn go_on(
        &self,
        so_far: &Arranged,
        direction: Direction,
        source: &Source,
        progress: &Progress,
    ) -> Result<RowOrder, RowsError> {
        let from = so_far.of.rows.saturating_sub(1);
        let added = source.chosen(&self.chosen, from, progress)?;
        let added = added.unwrap_or_default();
        let found = (0..so_far.rows.len()).filter_map(|place| so_far.rows.get(place));
        let found = found.filter(|&row| (row as usize) < from);
        let rows: Vec<u32> = match direction {
            Direction::Ascending => found.chain(rows_of(&added)).collect(),
            Direction::Descending => rows_of(&added).rev().chain(found).collect(),
        };
        Ok(rows.into())
    }
}
