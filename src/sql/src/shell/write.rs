//! Files written anew, so that they prune.

use std::{fs::File, path::Path, sync::Arc};

use anyhow::{Context, bail};
use datafusion::{
    parquet::{
        arrow::ArrowWriter,
        basic::{Compression, ZstdLevel},
        file::{
            metadata::SortingColumn,
            properties::{EnabledStatistics, WriterProperties},
        },
        schema::types::ColumnPath,
    },
    physical_plan::execute_stream,
    prelude::SessionContext,
};
use futures::StreamExt;

use super::{
    arguments::{Write, Written},
    column::{self, IdColumn, number},
    statement::{Interrupted, quoted, rows_of},
    tables,
};

/// Writes sources as one sorted Parquet file. It is there once it is whole.
pub(crate) async fn write(context: &SessionContext, asked: &Write) -> anyhow::Result<()> {
    if asked.to.exists() && !asked.force {
        bail!(
            "{} is there already; --force writes over it",
            asked.to.display()
        );
    }
    let tables = tables::register(context, &asked.sources, false).await?;
    let Some(first) = tables.first() else {
        return Ok(());
    };
    let id = column::find(context, &first.name, asked.id.as_deref()).await?;
    let each = tables
        .iter()
        .map(|table| format!("SELECT * FROM {}", quoted(&table.name)));
    let all = each.collect::<Vec<_>>().join(" UNION ALL BY NAME ");
    if asked.spelling.is_some() {
        refuse_faults(context, &all, &id).await?;
    }
    let columns = match asked.spelling {
        None => "*".to_owned(),
        Some(Written::Text) => {
            format!("* REPLACE ({}_canonical({1}) AS {1})", id.prefix, id.quoted)
        }
        Some(Written::Bytes) => {
            format!("* REPLACE ({}_to_bytes({1}) AS {1})", id.prefix, id.quoted)
        }
    };
    let sql = format!("SELECT {columns} FROM ({all}) ORDER BY {}", id.quoted);
    let folder = asked
        .to
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let part = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
        .with_context(|| format!("{} cannot be written", asked.to.display()))?;
    let (rows, groups) = fill(
        context,
        &sql,
        part.as_file().try_clone()?,
        &id,
        asked.row_group,
    )
    .await?;
    part.persist(&asked.to)
        .with_context(|| asked.to.display().to_string())?;
    eprintln!(
        "ulid-sql: {}: {rows} rows in {groups} row groups, sorted by {} ({})",
        asked.to.display(),
        id.name,
        id.kind()
    );
    Ok(())
}

/// Rows without an ID would lose what stands in its place.
async fn refuse_faults(context: &SessionContext, all: &str, id: &IdColumn) -> anyhow::Result<()> {
    let sql = format!(
        "SELECT count(*) FROM ({all}) WHERE NOT {}_is_valid({})",
        id.prefix, id.quoted
    );
    let rows = rows_of(context, &sql).await?;
    match rows.first().map(|row| number(row, 0)).unwrap_or_default() {
        0 => Ok(()),
        count => bail!(
            "{count} rows have something else than an ID in {}, which --as would lose; leave --as out, or choose the others with -c",
            id.name
        ),
    }
}

/// Writes the rows of a query; gives their number and that of the row groups.
async fn fill(
    context: &SessionContext,
    sql: &str,
    file: File,
    id: &IdColumn,
    row_group: usize,
) -> anyhow::Result<(usize, usize)> {
    let plan = context.sql(sql).await?.create_physical_plan().await?;
    let schema = plan.schema();
    let place = schema.index_of(&id.name)?;
    let properties = properties(&id.name, i32::try_from(place)?, row_group);
    let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))?;
    let mut rows = execute_stream(plan, context.task_ctx())?;
    let (mut count, mut interrupt) = (0, std::pin::pin!(tokio::signal::ctrl_c()));
    loop {
        let batch = tokio::select! {
            biased;
            _ = &mut interrupt => return Err(Interrupted.into()),
            batch = rows.next() => batch,
        };
        let Some(batch) = batch else { break };
        let batch = batch?;
        count += batch.num_rows();
        writer.write(&batch)?;
    }
    let written = writer.close()?;
    Ok((count, written.num_row_groups()))
}

/// Statistics of pages, of which those of the IDs are not cut, and a bloom filter of the IDs for one among many.
fn properties(id: &str, place: i32, row_group: usize) -> WriterProperties {
    let column = ColumnPath::from(vec![id.to_owned()]);
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_max_row_group_row_count(Some(row_group))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_statistics_truncate_length(None)
        .set_column_index_truncate_length(None)
        .set_column_bloom_filter_enabled(column.clone(), true)
        .set_column_bloom_filter_max_ndv(column.clone(), row_group as u64)
        .set_column_dictionary_enabled(column, false)
        .set_sorting_columns(Some(vec![SortingColumn {
            column_idx: place,
            descending: false,
            nulls_first: false,
        }]))
        .build()
}
