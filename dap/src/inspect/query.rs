//! The engine's expressions, at a row of the open file.

use ulid_engine::{
    RowSet, Timestamp, Ulid,
    dataset::{Block, Dataset, ReadError, Row},
    query::{Context, Expression, Query, QueryError, Scope},
    timestamp::TimeZone,
};

use super::table::Table;

/// A row with those around it.
#[derive(Debug)]
pub(super) struct Around {
    rows: Vec<Row>,
    /// Which of them is meant.
    here: usize,
    id_before: Option<Ulid>,
    duplicate: bool,
}

impl Around {
    /// The row at a place; none behind the last.
    pub(super) fn of(table: &Table, at: usize) -> Result<Option<Around>, ReadError> {
        let first = at.saturating_sub(1);
        let here = at - first;
        let rows = table.rows(first, here + 2)?;
        if rows.len() <= here {
            return Ok(None);
        }
        let before = table.valid_before(at)?;
        Ok(Some(Around {
            rows,
            here,
            id_before: before.and_then(|row| row.id.ok()),
            duplicate: false,
        }))
    }

    /// The same row, knowing which rows of the file are duplicates.
    pub(super) fn among(mut self, duplicates: &RowSet) -> Around {
        let row = self.rows.get(self.here);
        self.duplicate = row.is_some_and(|row| duplicates.contains(row.index as u64));
        self
    }

    /// What an expression may ask of the row.
    pub(super) fn context(&self) -> Option<Context<'_>> {
        let at = |index: Option<usize>| Some(self.rows.get(index?)?.borrow());
        Some(Context {
            row: at(Some(self.here))?,
            prev: at(self.here.checked_sub(1)),
            next: at(Some(self.here + 1)),
            valid_before: self.id_before,
            duplicate: self.duplicate,
        })
    }
}

/// Reads a condition. Before a file is open, any name may be that of a column.
pub(super) fn condition(
    text: &str,
    dataset: Option<&Dataset>,
    now: Timestamp,
) -> Result<Query, QueryError> {
    Query::parse(text, &scope(dataset, now))
}

/// Reads an expression that comes to a value.
pub(super) fn expression(
    text: &str,
    dataset: &Dataset,
    now: Timestamp,
) -> Result<Expression, QueryError> {
    Expression::parse(text, &scope(Some(dataset), now))
}

/// What names mean.
pub(super) fn scope(dataset: Option<&Dataset>, now: Timestamp) -> Scope<'_> {
    const ZONE: &TimeZone = &TimeZone::UTC;
    match dataset {
        Some(dataset) => Scope::of(dataset, now, ZONE),
        None => Scope {
            columns: &[],
            any_column: true,
            now,
            zone: ZONE,
        },
    }
}

/// The first row of a block that meets one of some conditions.
pub(super) fn first_in(block: &Block, queries: &[&Query], duplicates: &RowSet) -> Option<usize> {
    let mut prev = block.before();
    let mut valid_before = block.valid_before();
    let mut rows = block.rows().peekable();
    while let Some(row) = rows.next() {
        let context = Context {
            row,
            prev,
            next: rows.peek().copied().or_else(|| block.after()),
            valid_before,
            duplicate: duplicates.contains(row.index as u64),
        };
        if queries.iter().any(|query| query.matches(&context)) {
            return Some(row.index);
        }
        valid_before = row.id.ok().or(valid_before);
        prev = Some(row);
    }
    None
}
