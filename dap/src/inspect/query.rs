//! The engine's expressions, at a row of the open file.

use ulid_engine::{
    Timestamp, Ulid,
    dataset::{Dataset, ReadError, Row},
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
    /// True if an earlier row has the ID, where that is known.
    is_duplicate: bool,
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
            is_duplicate: table
                .duplicates()
                .is_some_and(|rows| rows.contains(at as u64)),
        }))
    }

    /// What an expression may ask of the row.
    pub(super) fn context(&self) -> Option<Context<'_>> {
        let at = |index: Option<usize>| Some(self.rows.get(index?)?.borrow());
        Some(Context {
            row: at(Some(self.here))?,
            prev: at(self.here.checked_sub(1)),
            next: at(Some(self.here + 1)),
            valid_before: self.id_before,
            duplicate: self.is_duplicate,
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

/// Reads an expression where a file may not be open yet, so that any name may be that of a column.
pub(super) fn expression_in(
    text: &str,
    dataset: Option<&Dataset>,
    now: Timestamp,
) -> Result<Expression, QueryError> {
    Expression::parse(text, &scope(dataset, now))
}

/// What names mean.
pub(super) fn scope(dataset: Option<&Dataset>, now: Timestamp) -> Scope<'_> {
    const ZONE: &TimeZone = &TimeZone::UTC;
    match dataset {
        Some(dataset) => Scope {
            // a client may be another person, who is not to look into files
            files: None,
            ..Scope::of(dataset, now, ZONE)
        },
        None => Scope {
            columns: &[],
            any_column: true,
            now,
            zone: ZONE,
            files: None,
        },
    }
}
