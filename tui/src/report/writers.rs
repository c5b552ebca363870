//! Figures of each writer by itself.

use std::io::Write;

use ulid_engine::{
    RowSet, Timestamp,
    query::{Query, Value, Writer},
};

use crate::{
    cli::{Arguments, StatsKind},
    groups::GroupWriting,
    records::Kind,
    rows::Source,
    values::Values,
};

/// Names of the figures.
const FIGURES: [&str; 11] = [
    "rows",
    "valid",
    "invalid",
    "duplicate",
    "out_of_order",
    "worst_step_back",
    "gaps",
    "future",
    "earliest",
    "latest",
    "clock",
];

/// Writes a line for each writer: a table, or an object of JSON.
pub(super) fn write(
    out: &mut impl Write,
    arguments: &Arguments,
    source: &Source,
    by: &str,
    condition: Option<&Query>,
    duplicates: &RowSet,
) -> anyhow::Result<()> {
    let zone = arguments.time_zone()?;
    let (keys, audit) = source.writers(by, condition, duplicates, Timestamp::now(), &zone)?;
    let kind = match arguments.stats {
        Some(StatsKind::Json) => Kind::Jsonl,
        _ => Kind::Table,
    };
    let values = Values {
        kind,
        form: arguments.form(),
        zone,
    };
    let figures = FIGURES.iter().map(|&name| name.to_owned());
    let names: Vec<String> = keys.iter().cloned().chain(figures).collect();
    let mut writing = GroupWriting::new(out, values, &names, keys.len());
    for writer in &audit.writers {
        writing.write(&values_of(writer))?;
    }
    Ok(writing.flush()?)
}

fn values_of(writer: &Writer) -> Vec<Value> {
    let count = |count: u64| Value::Int(count.into());
    let time = |id: Option<ulid_engine::Ulid>| {
        id.map_or(Value::Missing, |id| Value::Time(Timestamp::of(id)))
    };
    let duration = |ms: Option<i64>| ms.map_or(Value::Missing, Value::Duration);
    let worst = writer.worst_step_back_ms;
    let worst = worst.and_then(|ms| i64::try_from(ms).ok());
    let mut values = writer.values.clone();
    values.extend([
        count(writer.rows),
        count(writer.valid),
        count(writer.rows - writer.valid),
        count(writer.duplicate),
        count(writer.out_of_order),
        duration(worst),
        count(writer.gaps),
        count(writer.future),
        time(writer.earliest),
        time(writer.latest),
        duration(writer.clock_ms),
    ]);
    values
}
