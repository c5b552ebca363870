//! The engine's expressions, at a row of the open file.

use ulid_engine::{
    Timestamp,
    query::{Expression, Grouping, Query, QueryError, Scope},
    timestamp::TimeZone,
};

use super::table::Table;

/// Zone of a session without a file.
pub(super) const UTC: &TimeZone = &TimeZone::UTC;

/// Reads a condition. Before a file is open, any name may be that of a column.
pub(super) fn condition(
    text: &str,
    table: Option<&Table>,
    now: Timestamp,
) -> Result<Query, QueryError> {
    let scope = scope(table, now);
    let of_others = table.and_then(|table| table.others.condition(text, &scope));
    of_others.unwrap_or_else(|| Query::parse(text, &scope))
}

/// Reads an expression that comes to a value. Before a file is open, any name may be that of a column.
pub(super) fn expression(
    text: &str,
    table: Option<&Table>,
    now: Timestamp,
) -> Result<Expression, QueryError> {
    let scope = scope(table, now);
    let of_others = table.and_then(|table| table.others.expression(text, &scope));
    of_others.unwrap_or_else(|| Expression::parse(text, &scope))
}

/// Figures of groups of all rows.
pub(super) fn figures(
    text: &str,
    table: Option<&Table>,
    now: Timestamp,
) -> Result<Grouping, QueryError> {
    Grouping::of_text(text, &scope(table, now))
}

/// The meaning of names.
pub(super) fn scope(table: Option<&Table>, now: Timestamp) -> Scope<'_> {
    match table {
        Some(table) => Scope {
            // a client may be another person, who is not to look into files
            files: None,
            ..Scope::of(&table.dataset, now, &table.zone)
        },
        None => Scope {
            columns: &[],
            any_column: true,
            now,
            zone: UTC,
            files: None,
            writers: true,
        },
    }
}
