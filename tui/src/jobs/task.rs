//! What jobs do, as data, and what comes of it.

use std::{ops::RangeInclusive, sync::Arc};

use ulid_engine::{
    RowSet, Timestamp,
    dataset::RowOrder,
    progress::Progress,
    query::{Expression, Query},
    sort::Direction,
};

use super::{JobError, Kind, Search};
use crate::{
    export::Export,
    findings::Findings,
    rows::{Comparison, Source},
    state::Counts,
};

/// A job, as data.
#[derive(Debug, Clone)]
pub enum Task {
    /// The rows of a view.
    Arrange(Order, Chosen),
    /// The next row of a listing that is looked for.
    Find(Search),
    /// The figures and flaws of all rows; those of a later time than the one given lie in the future.
    Audit(Timestamp),
    /// How the rows of two files are related.
    Compare,
    /// The IDs of so many parts of a stretch of time.
    Count(RangeInclusive<Timestamp>, usize),
    /// Rows into a file.
    Export(Export),
}

/// The order that rows are wanted in.
#[derive(Debug, Clone)]
pub enum Order {
    /// As in the source.
    Position(Direction),
    /// By ID.
    Id(Direction),
    /// By what an expression comes to.
    Value(Box<Expression>, Direction),
}

/// Which rows are wanted.
#[derive(Debug, Clone)]
pub enum Chosen {
    /// All of them.
    All,
    /// These.
    These(RowSet),
    /// Those whose ID has as many low bits in common with another ID.
    SharedRandomness(u32),
    /// Those with an ID of these times.
    Times(RangeInclusive<Timestamp>),
    /// Those that meet a condition.
    Query(Box<Query>),
}

/// What a job brings back.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Rows in a new order.
    Arranged(Arc<RowOrder>),
    /// The place of the row looked for, if there is one.
    Found(Option<usize>),
    /// What the source is like.
    Audited(Arc<Findings>),
    /// How the rows of two files are related.
    Compared(Arc<Comparison>),
    /// How many IDs were made when.
    Counted(Arc<Counts>),
    /// So many rows were written.
    Exported(usize),
}

/// How a job ended.
pub type Finished = Result<Outcome, JobError>;

impl Task {
    /// The slot it runs in.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Task::Arrange(..) => Kind::Arrange,
            Task::Find(_) => Kind::Find,
            Task::Audit(_) => Kind::Audit,
            Task::Compare => Kind::Compare,
            Task::Count(..) => Kind::Count,
            Task::Export(_) => Kind::Export,
        }
    }

    /// What the status line calls it.
    #[must_use]
    pub fn title(&self) -> &'static str {
        match self {
            Task::Arrange(Order::Id(_) | Order::Value(..), _) => "sorting",
            Task::Arrange(Order::Position(_), _) => "filtering",
            Task::Find(_) => "searching",
            Task::Audit(_) => "looking the file over",
            Task::Compare => "comparing",
            Task::Count(..) => "counting",
            Task::Export(_) => "exporting",
        }
    }

    /// Does the work, in the calling thread.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled or the source can no longer be read, and for a failed export.
    pub fn run(&self, source: &Source, progress: &Progress) -> Finished {
        match self {
            Task::Arrange(order, chosen) => {
                let rows = arrange(source, order, chosen, progress)?;
                let rows = rows.unwrap_or_else(|| Vec::new().into());
                Ok(Outcome::Arranged(Arc::new(rows)))
            }
            Task::Find(search) => search.run(source, progress).map(Outcome::Found),
            Task::Audit(now) => {
                let findings = source.audit(*now, progress)?;
                Ok(Outcome::Audited(Arc::new(findings)))
            }
            Task::Compare => {
                let comparison = source.compare(progress)?;
                Ok(Outcome::Compared(Arc::new(comparison)))
            }
            Task::Count(times, parts) => {
                let counts = source.count_times(times, *parts, progress)?;
                Ok(Outcome::Counted(Arc::new(counts)))
            }
            Task::Export(export) => export.run(source, progress).map(Outcome::Exported),
        }
    }
}

/// The chosen rows in an order; nothing where that is just all rows by position.
///
/// # Errors
///
/// [`JobError`] where `progress` is cancelled or the source can no longer be read.
pub fn arrange(
    source: &Source,
    order: &Order,
    chosen: &Chosen,
    progress: &Progress,
) -> Result<Option<RowOrder>, JobError> {
    let rows = source.chosen(chosen, progress)?;
    Ok(match order {
        Order::Id(direction) => Some(source.order_by_id(*direction, rows.as_ref(), progress)?),
        Order::Value(by, direction) => {
            Some(source.order_by(by, *direction, rows.as_ref(), progress)?)
        }
        Order::Position(direction) => rows.map(|rows| {
            let ascending = rows.iter().filter_map(|row| u32::try_from(row).ok());
            let ordered: Vec<u32> = match direction {
                Direction::Ascending => ascending.collect(),
                Direction::Descending => ascending.rev().collect(),
            };
            ordered.into()
        }),
    })
}
