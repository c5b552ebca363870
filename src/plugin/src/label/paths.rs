//! Errors of cell paths, which lead from a row to the value that is meant.

use std::borrow::Cow;

use nu_protocol::{LabeledError, ShellError, Span, Value, ast::PathMember};

use super::error;

/// A path that leads nowhere in a row.
pub(crate) fn no_cell(
    reason: &ShellError,
    row: Option<&Value>,
    path: &[PathMember],
    at: Span,
) -> LabeledError {
    let reason = match reason {
        ShellError::TypeMismatch { err_message, .. } => err_message.clone(),
        reason => reason.to_string(),
    };
    let error = error("column", "There is no such cell", reason, at);
    let Some(row) = row.filter(|row| matches!(row, Value::Record { .. })) else {
        return error
            .with_help("cell paths go with records and tables; leave it out for IDs alone");
    };
    let (way, reached) = reached(row, path);
    let owner = match way {
        [] => "the row".to_owned(),
        way => format!("`{}`", way.iter().map(name).collect::<Vec<_>>().join(".")),
    };
    error.with_help(match &*reached {
        Value::Record { val, .. } if val.is_empty() => format!("{owner} has no column"),
        Value::Record { val, .. } => {
            let names: Vec<&str> = val.columns().map(String::as_str).take(SHOWN).collect();
            let more = match val.len() - names.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                "{owner} has {}{more}; a name with `?` behind it passes over rows that lack it",
                names.join(", ")
            )
        }
        other => format!(
            "{owner} is {} there, in which no cell is; rows of another build are left out by `where`",
            other.get_type()
        ),
    })
}

/// How far a path leads, and the value there.
fn reached<'v, 'p>(row: &'v Value, path: &'p [PathMember]) -> (&'p [PathMember], Cow<'v, Value>) {
    let ways = (0..path.len()).rev().filter_map(|len| path.get(..len));
    let mut found = ways.filter_map(|way| Some((way, row.follow_cell_path(way).ok()?)));
    found.next().unwrap_or((&[], Cow::Borrowed(row)))
}

/// A member of a path as it is written.
fn name(member: &PathMember) -> String {
    match member {
        PathMember::String { val, .. } => val.clone(),
        PathMember::Int { val, .. } => val.to_string(),
    }
}

/// Names of columns that a message lists.
const SHOWN: usize = 12;

/// A new column that cannot be put into a row.
pub(crate) fn not_inserted(reason: &ShellError, head: Span) -> LabeledError {
    error(
        "column",
        "The new column cannot be added",
        reason.to_string(),
        head,
    )
    .with_help("give --insert a name that the row does not have; it goes with records and tables")
}

/// Text where a list is wanted.
pub(crate) fn not_lines(head: Span) -> LabeledError {
    error(
        "wrong_type",
        "Expected a list or a table",
        "text or bytes came in",
        head,
    )
    .with_help("`lines` makes a list of the lines of a text, as in `open --raw ids.txt | lines`")
}

/// A column that no row has.
pub(crate) fn no_such_column(rows: usize, reason: &ShellError, path: Span) -> LabeledError {
    error(
        "column",
        "No row has this column",
        format!("in none of {rows}: {reason}"),
        path,
    )
    .with_help("`columns` lists those that are there")
}
