//! Contents of files, told for each.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use datafusion::{
    arrow::{
        array::{Array, AsArray, RecordBatch, StringArray},
        datatypes::{DataType, Field, Schema},
        util::display::array_value_to_string,
    },
    prelude::SessionContext,
};

use super::{
    arguments::Audit,
    column::{self, IdColumn},
    output::Output,
    statement::{quoted, rows_of},
    statistics, tables,
};

/// Audits each source: its IDs, and the statistics of each Parquet file.
pub(crate) async fn audit(context: &SessionContext, asked: &Audit) -> anyhow::Result<()> {
    let columns = ["source", "of", "value"].map(|name| Field::new(name, DataType::Utf8, false));
    let schema = Arc::new(Schema::new(columns.to_vec()));
    let mut output = Output::open(asked.output, 0, &schema)?;
    for table in tables::register(context, &asked.sources, false).await? {
        let id = column::find(context, &table.name, asked.id.as_deref()).await;
        let id = id.with_context(|| table.source.clone())?;
        let mut lines = ids(context, &table.name, &id).await?;
        lines.extend(files(&table.source, &id.name)?);
        let (of, values): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
        let sources = vec![table.source.as_str(); of.len()];
        let arrays = [StringArray::from(sources), of.into(), values.into()];
        let arrays = arrays.map(|array| Arc::new(array) as _).to_vec();
        output.write(&RecordBatch::try_new(Arc::clone(&schema), arrays)?)?;
    }
    output.finish()
}

/// The audit of a column and the verdict on its randomness, each figure with its name.
async fn ids(
    context: &SessionContext,
    table: &str,
    id: &IdColumn,
) -> anyhow::Result<Vec<(String, String)>> {
    let IdColumn {
        quoted: column,
        prefix,
        ..
    } = id;
    let sql = format!(
        "SELECT {prefix}_audit({column}) AS audit, {prefix}_randomness({column})['verdict'] AS verdict FROM {}",
        quoted(table)
    );
    let rows = rows_of(context, &sql).await?;
    let row = rows.first().context("an aggregate has a row")?;
    let audit = row.column(0).as_struct();
    let mut lines = vec![("column".to_owned(), format!("{}: {}", id.name, id.kind()))];
    for (field, values) in audit.fields().iter().zip(audit.columns()) {
        let value = match values.is_null(0) {
            true => "none".to_owned(),
            false => array_value_to_string(values, 0)?,
        };
        lines.push((field.name().clone(), value));
    }
    lines.push((
        "randomness".to_owned(),
        array_value_to_string(row.column(1), 0)?,
    ));
    Ok(lines)
}

/// The statistics of each Parquet file of a source on this machine.
fn files(source: &str, column: &str) -> anyhow::Result<Vec<(String, String)>> {
    let path = Path::new(source);
    let mut lines = Vec::new();
    for file in tables::parquet_files(path)? {
        let found = statistics::check(&file, column).with_context(|| file.display().to_string())?;
        let name = match file.strip_prefix(path) {
            Ok(name) if !name.as_os_str().is_empty() => format!("statistics of {}", name.display()),
            _ => "statistics".to_owned(),
        };
        if found.loses_rows() {
            eprintln!(
                "ulid-sql: {}: its statistics are wrong, conditions on {column} lose rows",
                file.display()
            );
        }
        lines.push((name, found.sentence()));
    }
    Ok(lines)
}
