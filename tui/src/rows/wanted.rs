//! Which rows are wanted and in what order, as data. Who wants them is not known here.

use std::{ops::RangeInclusive, sync::Arc};

use ulid_engine::{
    RowSet, Timestamp,
    compare::{Comparison, Relation},
    pass::RowOrder,
    progress::Progress,
    query::{Expression, Grouping, Query},
    sort::Direction,
};

use super::{Listing, RowsError, Source};
use crate::ruler::Ruler;

/// The order that rows are wanted in.
#[derive(Debug, Clone)]
pub(crate) enum Order {
    /// As in the source.
    Position(Direction),
    /// By ID.
    Id(Direction),
    /// By what an expression comes to.
    Value(Box<Expression>, Direction),
}

/// Which rows are wanted.
#[derive(Debug, Clone)]
pub(crate) enum Chosen {
    /// All of them.
    All,
    /// These.
    These(RowSet),
    /// Rows of two files that are related so; in the order of the files side by side.
    Related(Arc<Comparison>, Relation),
    /// Rows whose ID another row has as well; in the order of the file side by side.
    Copies(RowSet),
    /// Rows whose ID has as many low bits in common with another ID.
    SharedRandomness(u32),
    /// Rows with an ID of these times.
    Times(RangeInclusive<Timestamp>),
    /// Rows that meet a condition.
    Query(Box<Query>),
}

impl Chosen {
    /// True if it can be said of a row without the others, but for those beside it.
    #[must_use]
    pub(crate) fn looks_at_rows_alone(&self) -> bool {
        match self {
            Chosen::Times(_) => true,
            Chosen::Query(query) => !query.needs_all_rows(),
            Chosen::All
            | Chosen::These(_)
            | Chosen::Related(..)
            | Chosen::Copies(_)
            | Chosen::SharedRandomness(_) => false,
        }
    }
}

/// IDs that are counted by periods, as data.
#[derive(Debug, Clone)]
pub(crate) struct Counting {
    /// The periods.
    pub ruler: Arc<Ruler>,
    /// The rows; `None` for all.
    pub listing: Option<Listing>,
    /// The same counts for each value of an expression apart.
    pub by: Option<Box<Grouping>>,
}

/// The chosen rows in an order; nothing where that is just all rows by position.
///
/// # Errors
///
/// [`RowsError`] where `progress` is cancelled or the source can no longer be read.
pub(crate) fn arrange(
    source: &Source,
    order: &Order,
    chosen: &Chosen,
    progress: &Progress,
) -> Result<Option<RowOrder>, RowsError> {
    if let Order::Position(direction) = order {
        let beside = match chosen {
            Chosen::Related(comparison, relation) => {
                Some(comparison.side_by_side(*relation, *direction))
            }
            Chosen::Copies(rows) => Some(source.copies(rows, *direction, progress)?),
            _ => None,
        };
        if let Some(rows) = beside {
            return Ok(Some(rows.into()));
        }
    }
    let rows = source.chosen(chosen, 0, progress)?;
    Ok(match order {
        Order::Id(direction) => Some(source.order_by_id(*direction, rows.as_ref(), progress)?),
        Order::Value(by, direction) => {
            Some(source.order_by(by, *direction, rows.as_ref(), progress)?)
        }
        Order::Position(direction) => rows.map(|rows| {
            let ordered: Vec<u32> = match direction {
                Direction::Ascending => rows_of(&rows).collect(),
                Direction::Descending => rows_of(&rows).rev().collect(),
            };
            ordered.into()
        }),
    })
}

/// Rows as orders keep them.
pub(crate) fn rows_of(rows: &RowSet) -> impl DoubleEndedIterator<Item = u32> {
    rows.iter().filter_map(|row| u32::try_from(row).ok())
}
