//! Conditions and expressions over the rows of a dataset.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use super::{
    Expression, KeySet, Query, Value,
    compile::{Aggregate, AggregateKind},
    context::Context,
    value::Val,
};
use crate::{
    RowSet,
    dataset::{Block, Dataset, MEMORY, ReadError, RowRef, ScanError},
    progress::{Cancelled, Progress},
    sort::OrderError,
    stats::RowFault,
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
    let duplicates = duplicates_if(query.needs_duplicates, dataset, progress)?;
    let mut selected = RowSet::new();
    let map = |block: &Block| select_block(query, block, &duplicates);
    dataset.scan(0, progress, map, |rows| {
        selected |= rows;
        ControlFlow::Continue(())
    })?;
    Ok(selected)
}

/// The first row from `from` on that meets a condition.
///
/// # Errors
///
/// As [`select`].
pub fn find(
    dataset: &Dataset,
    query: &Query,
    from: usize,
    progress: &Progress,
) -> Result<Option<usize>, SelectError> {
    let duplicates = duplicates_if(query.needs_duplicates, dataset, progress)?;
    let mut found = None;
    let map = |block: &Block| select_block(query, block, &duplicates).min();
    dataset.scan(from, progress, map, |first| {
        found = first;
        match first {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    })?;
    Ok(found.and_then(|row| usize::try_from(row).ok()))
}

/// The rows, of columns that begin with row `first_row`, whose key belongs to a set. `faults` are the rows without a key,
/// ascending.
#[must_use]
pub fn select_keys(set: &KeySet, keys: &[u128], faults: &[RowFault], first_row: u64) -> RowSet {
    let mut faults = faults.iter().peekable();
    let mut rows = Vec::new();
    for (number, keys) in keys.chunks(64).enumerate() {
        let first = first_row + number as u64 * 64;
        let mut bits = set.matches(keys);
        while let Some(fault) = faults.next_if(|fault| fault.row < first + 64) {
            let bit = 1 << (fault.row - first);
            if set.has_invalid() {
                bits |= bit;
            } else {
                bits &= !bit;
            }
        }
        while bits != 0 {
            rows.push(first + u64::from(bits.trailing_zeros()));
            bits &= bits - 1;
        }
    }
    sorted(rows)
}

/// The rows whose ID an earlier row has.
///
/// # Errors
///
/// As [`select`].
pub fn duplicates(dataset: &Dataset, progress: &Progress) -> Result<RowSet, SelectError> {
    Ok(dataset.duplicates(MEMORY, progress)?)
}

pub(super) fn duplicates_if(
    needed: bool,
    dataset: &Dataset,
    progress: &Progress,
) -> Result<RowSet, SelectError> {
    if needed {
        duplicates(dataset, progress)
    } else {
        Ok(RowSet::new())
    }
}

fn select_block(query: &Query, block: &Block, duplicates: &RowSet) -> RowSet {
    if let Some(set) = query.key_set() {
        return select_keys(set, block.keys(), block.faults(), block.first_row());
    }
    let mut rows = Vec::new();
    each_context(block, duplicates, |context| {
        if query.matches(context) {
            rows.push(context.row.index as u64);
        }
    });
    sorted(rows)
}

/// Calls `each` for all rows of a block, each with what surrounds it.
pub(super) fn each_context(block: &Block, duplicates: &RowSet, mut each: impl FnMut(&Context<'_>)) {
    let mut prev = block.before();
    let mut valid_before = block.valid_before();
    let mut rows = block.rows().peekable();
    while let Some(row) = rows.next() {
        let next = rows.peek().copied().or_else(|| block.after());
        each(&Context {
            row,
            prev,
            next,
            valid_before,
            duplicate: !duplicates.is_empty() && duplicates.contains(row.index as u64),
        });
        valid_before = row.id.ok().or(valid_before);
        prev = Some(row);
    }
}

fn sorted(rows: Vec<u64>) -> RowSet {
    // They rise, so that nothing is refused.
    RowSet::from_sorted_iter(rows).unwrap_or_default()
}

impl Expression {
    /// What it comes to for a row of a dataset, within a budget of time. `duplicates` are those of [`duplicates`], if
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
            Some(known) => known,
            None => {
                own = duplicates_if(self.needs_duplicates, dataset, progress)?;
                &own
            }
        };
        until.check()?;
        let mut results = Vec::with_capacity(self.aggregates.len());
        for aggregate in &self.aggregates {
            results.push(aggregate.run(dataset, duplicates, &until, progress)?);
        }
        let first = row.saturating_sub(1);
        // Waits for the row, and for the one after it, if there is one.
        dataset.row(row.saturating_add(1))?;
        let around = dataset.window(first, row - first + 2)?;
        let at = |index: Option<usize>| {
            let found = around.iter().find(|row| Some(row.index) == index);
            found.map(crate::dataset::Row::borrow)
        };
        let here: RowRef<'_> = at(Some(row)).ok_or(EvaluateError::NoRow(row))?;
        let context = Context {
            row: here,
            prev: at(row.checked_sub(1)),
            next: at(row.checked_add(1)),
            valid_before: valid_before(dataset, row, &until)?,
            duplicate: duplicates.contains(row as u64),
        };
        Ok(self.code.run(&context, &results).into_value())
    }
}

struct Until {
    end: Instant,
    budget: Duration,
}

impl Until {
    fn check(&self) -> Result<(), EvaluateError> {
        if Instant::now() < self.end {
            Ok(())
        } else {
            Err(EvaluateError::OutOfTime(self.budget))
        }
    }
}

/// The last ID before a row.
fn valid_before(
    dataset: &Dataset,
    row: usize,
    until: &Until,
) -> Result<Option<ulid::Ulid>, EvaluateError> {
    const ROWS: usize = 256;
    let mut end = row;
    while end > 0 {
        let start = end.saturating_sub(ROWS);
        let rows = dataset.window(start, end - start)?;
        if let Some(id) = rows.iter().rev().find_map(|row| row.id.ok()) {
            return Ok(Some(id));
        }
        until.check()?;
        end = start;
    }
    Ok(None)
}

impl Aggregate {
    fn run(
        &self,
        dataset: &Dataset,
        duplicates: &RowSet,
        until: &Until,
        progress: &Progress,
    ) -> Result<Val<'static>, EvaluateError> {
        let mut total = match self.kind {
            AggregateKind::Count => Val::Int(0),
            AggregateKind::Min | AggregateKind::Max => Val::Missing,
        };
        let mut in_time = Ok(());
        let map = |block: &Block| self.of_block(block, duplicates);
        dataset.scan(0, progress, map, |part| {
            total = self.merged(&total, part);
            in_time = until.check();
            match in_time {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        })?;
        in_time.map(|()| total)
    }

    fn of_block(&self, block: &Block, duplicates: &RowSet) -> Val<'static> {
        if self.kind == AggregateKind::Count
            && let Some(set) = self.of.key_set()
        {
            let rows = select_keys(&set, block.keys(), block.faults(), block.first_row());
            return Val::Int(i128::from(rows.len()));
        }
        let mut total = match self.kind {
            AggregateKind::Count => Val::Int(0),
            AggregateKind::Min | AggregateKind::Max => Val::Missing,
        };
        each_context(block, duplicates, |context| {
            let value = match (self.kind, self.of.run(context, &[])) {
                (AggregateKind::Count, value) => Val::Int(i128::from(value.is_true())),
                (_, value) => value.into_static(),
            };
            total = self.merged(&total, value);
        });
        total
    }

    fn merged(&self, total: &Val<'static>, part: Val<'static>) -> Val<'static> {
        match (self.kind, total, part) {
            (AggregateKind::Count, Val::Int(a), Val::Int(b)) => Val::Int(a + b),
            (_, total, Val::Missing) => total.clone(),
            (_, Val::Missing, part) => part,
            (kind, total, part) => {
                let order = part.order(total);
                let better = match kind {
                    AggregateKind::Min => order.is_some_and(std::cmp::Ordering::is_lt),
                    AggregateKind::Max | AggregateKind::Count => {
                        order.is_some_and(std::cmp::Ordering::is_gt)
                    }
                };
                if better { part } else { total.clone() }
            }
        }
    }
}

impl From<Cancelled> for SelectError {
    fn from(cancelled: Cancelled) -> SelectError {
        SelectError::Scan(cancelled.into())
    }
}
