//! The engine's expressions, at a row of the open file.

use ulid_engine::{
    Timestamp,
    dataset::Dataset,
    query::{Expression, Grouping, Query, QueryError, Scope},
    timestamp::TimeZone,
};

/// Reads a condition. Before a file is open, any name may be that of a column.
pub(super) fn condition(
    text: &str,
    dataset: Option<&Dataset>,
    now: Timestamp,
) -> Result<Query, QueryError> {
    Query::parse(text, &scope(dataset, now))
}

/// Reads an expression that comes to a value. Before a file is open, any name may be that of a column.
pub(super) fn expression(
    text: &str,
    dataset: Option<&Dataset>,
    now: Timestamp,
) -> Result<Expression, QueryError> {
    Expression::parse(text, &scope(dataset, now))
}

/// Figures of groups of all rows.
pub(super) fn figures(
    text: &str,
    dataset: Option<&Dataset>,
    now: Timestamp,
) -> Result<Grouping, QueryError> {
    Grouping::of_text(text, &scope(dataset, now))
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
            writers: true,
        },
    }
}
