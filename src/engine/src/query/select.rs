//! Conditions and expressions over the rows of a dataset.

use std::{
    ops::{ControlFlow, Range},
    time::{Duration, Instant},
};

use super::{Expression, Query, Value, beforehand::Beforehand, columns::BlockFacts};
use crate::{
    RowSet,
    dataset::{Dataset, ReadError, Row, RowRef, ScanError},
    pass::{Block, Decoding, MEMORY, SortError, TooMuch, growing_ranges_back},
    progress::{Cancelled, Progress},
    row::{RowSource, Window},
    sort::{Direction, OrderError},
};

/// Why rows could not be selected.
#[derive(Debug, thiserror::Error)]
pub enum SelectError {
    /// The pass ended early.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The order that duplicates need could not be made.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// There is no room for the values of other rows that it needs.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
}

impl From<SelectError> for SortError {
    fn from(error: SelectError) -> SortError {
        match error {
            SelectError::Scan(error) => error.into(),
            SelectError::Order(error) => error.into(),
            SelectError::TooMuch(error) => error.into(),
        }
    }
}

/// Why an expression came to no value.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// It took longer than it was given.
    #[error("it took longer than {0:?}; ask for less, or filter first")]
    OutOfTime(Duration),
    /// The rows could not be gone over.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// The row could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no such row.
    #[error("there is no row {}", .0 + 1)]
    NoRow(usize),
}

impl From<ScanError> for EvaluateError {
    fn from(error: ScanError) -> EvaluateError {
        EvaluateError::Select(error.into())
    }
}

/// The rows that meet a condition. A unit of `progress` is a byte of the source, or of one of two passes over it where
/// duplicates are asked for.
///
/// # Errors
///
/// [`SelectError`] for a cancelled pass, for rows that can no longer be read, and for too many rows to find duplicates in.
pub fn select(
    dataset: &Dataset,
    query: &Query,
    progress: &Progress,
) -> Result<RowSet, SelectError> {
    let duplicates = query.beforehand.find(dataset, progress)?;
    let mut selected = RowSet::new();
    let map = |block: &Block| query.rows_in(block, &duplicates, progress);
    dataset
        .pass(progress)
        .reading(query.decoding())
        .each(map, |rows| {
            selected |= rows;
            ControlFlow::Continue(())
        })?;
    Ok(selected)
}

/// Goes as [`Pass::each`](crate::pass::Pass::each) over all rows, or over those that meet a condition: `map` gets the rows of a block that do. What
/// has come of a stream is not held back for the rest of it, unless the condition asks for duplicates; where it asks for the row
/// after, the last row waits for that.
///
/// # Errors
///
/// As [`select`].
pub fn scan<T: Send>(
    dataset: &Dataset,
    condition: Option<&Query>,
    progress: &Progress,
    map: impl Fn(&mut dyn Iterator<Item = RowRef<'_>>) -> T + Sync,
    each: impl FnMut(T) -> ControlFlow<()>,
) -> Result<(), SelectError> {
    let beforehand = Beforehand::default().with(condition);
    let duplicates = beforehand.find(dataset, progress)?;
    let map = |block: &Block| {
        let Some(query) = condition else {
            return map(&mut block.rows());
        };
        let chosen = query.rows_in(block, &duplicates, progress);
        if chosen.is_empty() {
            return map(&mut std::iter::empty());
        }
        let is_chosen = |row: &RowRef<'_>| chosen.contains(row.index as u64);
        map(&mut block.rows().filter(is_chosen))
    };
    let decoding = Decoding::ids(condition.is_some_and(Query::looks_ahead));
    Ok(dataset.pass(progress).reading(decoding).each(map, each)?)
}

/// The rows of `rows` that meet a condition, as far as they are known by now: it waits for nothing. It adds a unit for each row
/// to `progress`, and sets no total.
///
/// # Errors
///
/// As [`select`].
pub fn select_known(
    dataset: &Dataset,
    query: &Query,
    rows: Range<usize>,
    progress: &Progress,
) -> Result<RowSet, SelectError> {
    let duplicates = query.beforehand.find(dataset, progress)?;
    let mut selected = RowSet::new();
    each_known(dataset, query, &duplicates, rows, progress, |found| {
        selected |= found;
        ControlFlow::Continue(())
    })?;
    Ok(selected)
}

/// The first of `rows` that meets a condition, or the last where the direction is descending, as [`select_known`] sees
/// them.
///
/// # Errors
///
/// As [`select`].
pub fn find_known(
    dataset: &Dataset,
    query: &Query,
    rows: Range<usize>,
    direction: Direction,
    progress: &Progress,
) -> Result<Option<usize>, SelectError> {
    let duplicates = query.beforehand.find(dataset, progress)?;
    let mut found = None;
    match direction {
        Direction::Ascending => each_known(dataset, query, &duplicates, rows, progress, |rows| {
            found = rows.min();
            match found {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            }
        })?,
        Direction::Descending => {
            for stretch in growing_ranges_back(rows) {
                each_known(dataset, query, &duplicates, stretch, progress, |rows| {
                    found = rows.max().or(found);
                    ControlFlow::Continue(())
                })?;
                if found.is_some() {
                    break;
                }
            }
        }
    }
    Ok(found.and_then(|row| usize::try_from(row).ok()))
}

/// Gives out what each block has of the rows that are looked for.
fn each_known(
    dataset: &Dataset,
    query: &Query,
    duplicates: &RowSet,
    rows: Range<usize>,
    progress: &Progress,
    mut each: impl FnMut(RowSet) -> ControlFlow<()>,
) -> Result<(), ScanError> {
    let piece = progress.piece();
    let map = |block: &Block| (block.len(), query.rows_in(block, duplicates, &piece));
    dataset
        .pass(&piece)
        .known(rows)
        .reading(query.decoding())
        .each(map, |(len, found)| {
            // The pass itself sees to it that it ends.
            let _ = progress.advance(len as u64);
            each(found)
        })
}

/// The rows whose ID an earlier row has.
///
/// # Errors
///
/// As [`select`].
pub fn duplicates(dataset: &Dataset, progress: &Progress) -> Result<RowSet, SelectError> {
    Ok(dataset.duplicates(MEMORY, progress)?)
}

impl Query {
    pub(super) fn decoding(&self) -> Decoding {
        if self.needs_ids() {
            Decoding::Ids
        } else {
            Decoding::Nothing
        }
    }

    /// The rows of a block that meet the condition, for passes that look for more than one condition at a time. Where it
    /// asks for duplicates, those of [`duplicates`] are to be given.
    ///
    /// Once `progress` is cancelled it gives up, so that what it has found by then means nothing.
    #[must_use]
    pub fn rows_in(&self, block: &Block, duplicates: &RowSet, progress: &Progress) -> RowSet {
        let columns = BlockFacts::new(block, duplicates);
        columns.select(self, progress).into_rows()
    }
}

impl Expression {
    /// Its value for a row of a dataset, within a budget of time. `duplicates` are those of [`duplicates`], if
    /// somebody has them already.
    ///
    /// # Errors
    ///
    /// [`EvaluateError`] where the budget is used up, `progress` is cancelled, or rows cannot be read.
    pub fn evaluate(
        &self,
        dataset: &Dataset,
        row: usize,
        duplicates: Option<&RowSet>,
        budget: Duration,
        progress: &Progress,
    ) -> Result<Value, EvaluateError> {
        let until = Until {
            end: Instant::now() + budget,
            budget,
        };
        let own;
        let duplicates = match duplicates {
            Some(known) => {
                self.beforehand.find_lags_once(dataset, progress)?;
                known
            }
            None => {
                own = self.beforehand.find(dataset, progress)?;
                &own
            }
        };
        until.check()?;
        let mut results = Vec::with_capacity(self.aggregates.len());
        for aggregate in &self.aggregates {
            results.push(aggregate.run(dataset, duplicates, &until, progress)?);
        }
        // Waits for the row, and for the one after it, if there is one.
        dataset.row(row.saturating_add(1))?;
        let known = Known {
            dataset,
            duplicates: self.beforehand.duplicates.then_some(duplicates),
            until: &until,
        };
        let window = Window::of_row(&known, row)?;
        until.check()?;
        let around = window.around(row).ok_or(EvaluateError::NoRow(row))?;
        Ok(self.code.run(&around, &results).into_value())
    }
}

/// Rows of a dataset, with what was found out about all of them.
struct Known<'d> {
    dataset: &'d Dataset,
    duplicates: Option<&'d RowSet>,
    until: &'d Until,
}

impl RowSource for Known<'_> {
    fn window(&self, first: usize, count: usize) -> Result<Vec<Row>, ReadError> {
        self.dataset.window(first, count)
    }

    fn is_duplicate(&self, index: usize) -> Option<bool> {
        Some(self.duplicates?.contains(index as u64))
    }

    fn lines_of(&self, rows: &[Row]) -> Result<Vec<Option<u64>>, ReadError> {
        self.dataset.lines_of(rows)
    }

    fn may_go_on(&self) -> bool {
        self.until.check().is_ok()
    }
}

/// When a budget of time is used up.
pub(super) struct Until {
    end: Instant,
    budget: Duration,
}

impl Until {
    pub(super) fn check(&self) -> Result<(), EvaluateError> {
        if Instant::now() < self.end {
            Ok(())
        } else {
            Err(EvaluateError::OutOfTime(self.budget))
        }
    }
}

impl From<Cancelled> for SelectError {
    fn from(cancelled: Cancelled) -> SelectError {
        SelectError::Scan(cancelled.into())
    }
}
