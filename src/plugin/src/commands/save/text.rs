//! Rows written as text.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use nu_protocol::{Config, LabeledError, Record, Value};
use ulid_engine::{
    progress::Progress,
    write::{Content, write_separated},
};

use super::table::{Counts, Table};
use crate::{args::Rules, json, label};

/// Rows between two looks at whether the user wants to stop.
const LOOK_EVERY: usize = 1024;

/// Writes the rows of a table, and counts them.
pub(super) fn write(
    out: &mut impl Write,
    content: Content,
    mut table: Table<'_>,
    rules: &Rules,
    failed: &dyn Fn(io::Error) -> LabeledError,
    progress: &Progress,
) -> Result<Counts, LabeledError> {
    let rows = std::mem::take(&mut table.rows).into_iter().map(Ok);
    let rest = std::mem::replace(&mut table.rest, Box::new(std::iter::empty()));
    if content.has_header() {
        let rows = rows
            .map(|row| prepared(&mut table, row?, rules))
            .collect::<Result<Vec<_>, LabeledError>>()?;
        write_cells(out, content.separator(), &rows, failed, progress)?;
        table.counts.rows = rows.len() as u64;
        return Ok(table.counts);
    }
    for (number, row) in rows.chain(rest).enumerate() {
        if number % LOOK_EVERY == 0 && progress.is_cancelled() {
            break;
        }
        let row = prepared(&mut table, row?, rules)?;
        let line = match content {
            Content::Ids => table.id_text(&row)?.map(String::into_bytes),
            Content::Rows => Some(text_of(&row)?),
            _ => Some(object(&row)?),
        };
        match line {
            Some(mut line) => {
                line.push(b'\n');
                out.write_all(&line).map_err(failed)?;
                table.counts.rows += 1;
            }
            None => table.counts.without_id += 1,
        }
    }
    Ok(table.counts)
}

/// A row with its ID repaired and the columns that are written.
fn prepared(table: &mut Table<'_>, mut row: Value, rules: &Rules) -> Result<Value, LabeledError> {
    table.repair(&mut row, rules)?;
    Ok(table.written(row))
}

/// Writes rows as cells below the names of all columns, in the order in which these come first.
fn write_cells(
    out: &mut impl Write,
    separator: &str,
    rows: &[Value],
    failed: &dyn Fn(io::Error) -> LabeledError,
    progress: &Progress,
) -> Result<(), LabeledError> {
    let columns = columns(rows)?;
    if columns.is_empty() {
        return Ok(());
    }
    write_separated(out, separator, columns.iter().copied()).map_err(failed)?;
    for (number, row) in rows.iter().enumerate() {
        if number % LOOK_EVERY == 0 && progress.is_cancelled() {
            break;
        }
        let record = record(row)?;
        let cells = columns.iter().map(|column| match record.get(column) {
            Some(value) => cell(value),
            None => Ok(Cow::Borrowed("")),
        });
        let cells = cells.collect::<Result<Vec<_>, _>>()?;
        write_separated(out, separator, cells.iter().map(AsRef::as_ref)).map_err(failed)?;
    }
    Ok(())
}

/// The columns that rows have, in the order in which they come first.
fn columns(rows: &[Value]) -> Result<Vec<&str>, LabeledError> {
    let mut columns: indexmap::IndexSet<&str> = indexmap::IndexSet::new();
    for row in rows {
        columns.extend(record(row)?.columns().map(String::as_str));
    }
    Ok(columns.into_iter().collect())
}

fn record(row: &Value) -> Result<&Record, LabeledError> {
    row.as_record().map_err(|_| label::no_record(row))
}

/// A value as a cell: what JSON has as a text, number or truth value as its text, null as nothing, and lists and records
/// as JSON.
fn cell(value: &Value) -> Result<Cow<'_, str>, LabeledError> {
    Ok(match value {
        Value::String { val, .. } | Value::Glob { val, .. } => Cow::Borrowed(val),
        Value::Nothing { .. } => Cow::Borrowed(""),
        Value::Date { val, .. } => Cow::Owned(json::rfc3339(val)),
        Value::Binary { val, .. } => Cow::Owned(hex(val)),
        Value::Duration { val, .. } => Cow::Owned(val.to_string()),
        Value::Filesize { val, .. } => Cow::Owned(val.get().to_string()),
        Value::Bool { .. } | Value::Int { .. } | Value::Float { .. } => {
            Cow::Owned(value.to_expanded_string("", &Config::default()))
        }
        Value::List { .. } | Value::Record { .. } => {
            let json = object(value)?;
            Cow::Owned(String::from_utf8_lossy(&json).into_owned())
        }
        other => return Err(unwritable(other)),
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A value as JSON in one line.
fn object(value: &Value) -> Result<Vec<u8>, LabeledError> {
    if let Some(other) = without_form(value) {
        return Err(unwritable(other));
    }
    serde_json::to_vec(&json::Written(value)).map_err(|_| label::no_form_in_file(value))
}

/// The first value within another that no file can hold.
fn without_form(value: &Value) -> Option<&Value> {
    // a value from Nushell is as deep as it allows
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        match value {
            Value::List { vals, .. } => left.extend(vals.iter()),
            Value::Record { val, .. } => left.extend(val.iter().map(|(_, value)| value)),
            Value::Closure { .. }
            | Value::Range { .. }
            | Value::CellPath { .. }
            | Value::Custom { .. }
            | Value::Error { .. } => return Some(value),
            _ => {}
        }
    }
    None
}

/// An error for a value that no file can hold; one that is an error itself stays that.
fn unwritable(value: &Value) -> LabeledError {
    match value {
        Value::Error { error, .. } => (**error).clone().into(),
        other => label::no_form_in_file(other),
    }
}

/// The text of a row, as it stood in its file.
fn text_of(row: &Value) -> Result<Vec<u8>, LabeledError> {
    let text = match row {
        Value::Record { val, .. } => val.get("text").ok_or_else(|| label::no_text(row))?,
        other => other,
    };
    match text {
        Value::String { val, .. } if val.contains(['\n', '\r']) => Err(label::several_lines(text)),
        Value::String { val, .. } => Ok(val.as_bytes().to_vec()),
        Value::Nothing { .. } => Ok(Vec::new()),
        other => Err(unwritable(other)),
    }
}
