//! The column of a table that holds its IDs.

use anyhow::{Context, bail};
use datafusion::{
    arrow::{
        array::{AsArray, RecordBatch},
        datatypes::{DataType, UInt64Type},
    },
    prelude::SessionContext,
};

use super::statement::{quoted, rows_of};

/// A column of IDs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdColumn {
    /// Its name as SQL quotes it.
    pub(crate) quoted: String,
    /// Its name.
    pub(crate) name: String,
    /// How the functions for its kind of IDs begin.
    pub(crate) prefix: &'static str,
}

impl IdColumn {
    /// The kind of IDs in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self.prefix {
            "ulid" => "ULIDs",
            _ => "UUIDs of version 7",
        }
    }
}

/// The column of a name, or else the first in whose sample nine of ten values are IDs, one called `id`, `ulid` or `uuid` before
/// others.
pub(crate) async fn find(
    context: &SessionContext,
    table: &str,
    name: Option<&str>,
) -> anyhow::Result<IdColumn> {
    let schema = context.table(table).await?.schema().inner().clone();
    let fields = schema.fields().iter();
    let mut names: Vec<&str> = match name {
        Some(name) => match fields.clone().find(|field| field.name() == name) {
            Some(field) if may_hold(field.data_type()) => vec![name],
            Some(field) => bail!(
                "column {name} has the type {}, which holds no IDs",
                field.data_type()
            ),
            None => {
                let all: Vec<&str> = fields.map(|field| field.name().as_str()).collect();
                bail!("there is no column {name}; there are {}", all.join(", "))
            }
        },
        None => fields
            .filter(|field| may_hold(field.data_type()))
            .map(|field| field.name().as_str())
            .collect(),
    };
    names.sort_by_key(|name| !["id", "ulid", "uuid"].contains(&name.to_ascii_lowercase().as_str()));
    // A column that is named may have more rubbish in it. Bytes of a UUID of version 7 are a ULID too, so those come first.
    let least: &[f64] = if name.is_some() {
        &[0.9, f64::MIN_POSITIVE]
    } else {
        &[0.9]
    };
    for least in least {
        for column in &names {
            for prefix in ["uuid7", "ulid"] {
                if share(context, table, column, prefix).await? >= *least {
                    let name = (*column).to_owned();
                    return Ok(IdColumn {
                        quoted: quoted(column),
                        name,
                        prefix,
                    });
                }
            }
        }
    }
    match name {
        Some(name) => bail!("the first rows of column {name} have no ID"),
        None => bail!("no column has IDs in its first rows; name the column with --id"),
    }
}

fn may_hold(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => may_hold(values),
        kind => {
            kind.is_string()
                || matches!(
                    kind,
                    DataType::FixedSizeBinary(16)
                        | DataType::Binary
                        | DataType::LargeBinary
                        | DataType::BinaryView
                )
        }
    }
}

/// The share of the values of a sample that are IDs.
async fn share(
    context: &SessionContext,
    table: &str,
    column: &str,
    prefix: &str,
) -> anyhow::Result<f64> {
    const SAMPLE: usize = 1_000;
    let column = quoted(column);
    let sql = format!(
        "SELECT {prefix}_audit({column})['valid'] AS valid, count({column}) AS present FROM (SELECT {column} FROM {} LIMIT {SAMPLE})",
        quoted(table)
    );
    let rows = rows_of(context, &sql).await?;
    let row = rows.first().context("an aggregate has a row")?;
    let (valid, present) = (number(row, 0), number(row, 1));
    Ok(if present > 0 {
        valid as f64 / present as f64
    } else {
        0.0
    })
}

/// A count in the first row.
pub(crate) fn number(row: &RecordBatch, column: usize) -> u64 {
    let Some(column) = row.columns().get(column) else {
        return 0;
    };
    let number = datafusion::arrow::compute::cast(column, &DataType::UInt64).ok();
    number
        .and_then(|number| number.as_primitive::<UInt64Type>().iter().next().flatten())
        .unwrap_or_default()
}
