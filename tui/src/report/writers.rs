//! Figures of each writer by itself.

use std::io::Write;

use ulid_engine::{
    Timestamp,
    query::{Query, Writer},
};

use crate::{
    cli::{Arguments, StatsKind},
    groups::GroupWriting,
    records::Kind,
    rows::Source,
    values::Values,
};

/// Writes a line for each writer: a table, or an object of JSON.
pub(super) fn write(
    out: &mut impl Write,
    arguments: &Arguments,
    source: &Source,
    by: &str,
    condition: Option<&Query>,
) -> anyhow::Result<()> {
    let zone = arguments.time_zone()?;
    let (keys, audit) = source.writers(by, condition, None, Timestamp::now(), &zone)?;
    let kind = match arguments.stats {
        Some(StatsKind::Json) => Kind::Jsonl,
        _ => Kind::Table,
    };
    let values = Values {
        kind,
        form: arguments.form(),
        zone,
    };
    let figures = Writer::FIGURES.map(str::to_owned);
    let names: Vec<String> = keys.iter().cloned().chain(figures).collect();
    let mut writing = GroupWriting::new(out, values, &names, keys.len());
    for writer in &audit.writers {
        writing.write(&[writer.values.clone(), writer.figures()].concat())?;
    }
    Ok(writing.flush()?)
}
