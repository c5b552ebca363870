//! `ulid_generate`: a table of new IDs, for tests and examples.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::RecordBatch,
        datatypes::{DataType, Field, Schema, SchemaRef},
    },
    catalog::{TableFunctionImpl, TableProvider, streaming::StreamingTable},
    common::{Result, ScalarValue, exec_err, plan_err},
    execution::{SendableRecordBatchStream, TaskContext},
    logical_expr::Expr,
    physical_plan::{stream::RecordBatchStreamAdapter, streaming::PartitionStream},
};
use futures::stream;
use ulid_engine::{
    Timestamp,
    generate::{Monotonic, Order, Series},
    version7::as_version_7,
};

use crate::column::{Dialect, Ids, holds_times, read_times};

/// The table function for one kind of IDs.
#[derive(Debug)]
pub(crate) struct Generate(pub(crate) Dialect);

/// Rows of a partition at least.
const PARTITION: u64 = 1 << 20;
const PARTITIONS: u64 = 64;

impl TableFunctionImpl for Generate {
    fn call(&self, args: &[Expr]) -> Result<Arc<dyn TableProvider>> {
        let name = self.0.name("generate");
        let numbers = |index: usize| args.get(index).map(|arg| number(&name, arg)).transpose();
        let times = |index: usize| args.get(index).map(|arg| time(&name, arg)).transpose();
        let (rows, from, to, seed) = match args.len() {
            1 => (numbers(0)?, None, None, None),
            3 => (numbers(0)?, times(1)?, times(2)?, None),
            4 => (numbers(0)?, times(1)?, times(2)?, numbers(3)?),
            _ => {
                return plan_err!(
                    "{name}(n [, from, to [, seed]]) takes one, three or four constants"
                );
            }
        };
        let rows = rows.unwrap_or_default();
        let to = to.unwrap_or_else(Timestamp::now);
        let from = from.unwrap_or_else(|| earlier(to, rows));
        if from > to {
            return plan_err!("{name}: {from} is later than {to}");
        }
        let made = Made {
            dialect: self.0,
            rows,
            from,
            to,
            seed,
        };
        let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Utf8, false)]));
        let count = (rows / PARTITION).clamp(1, PARTITIONS);
        let partition = |index| -> Arc<dyn PartitionStream> {
            Arc::new(Part {
                made,
                schema: Arc::clone(&schema),
                first: rows / count * index,
                end: match index + 1 == count {
                    true => rows,
                    false => rows / count * (index + 1),
                },
            })
        };
        Ok(Arc::new(StreamingTable::try_new(
            Arc::clone(&schema),
            (0..count).map(partition).collect(),
        )?))
    }
}

fn number(name: &str, arg: &Expr) -> Result<u64> {
    let number = match arg {
        Expr::Literal(value, _) if value.data_type().is_integer() => {
            value.cast_to(&DataType::UInt64).ok()
        }
        _ => None,
    };
    match number {
        Some(ScalarValue::UInt64(Some(number))) => Ok(number),
        _ => plan_err!("{name}: {arg} is no whole number of at least 0"),
    }
}

fn time(name: &str, arg: &Expr) -> Result<Timestamp> {
    let time = match arg {
        Expr::Literal(value, _) if holds_times(&value.data_type()) => {
            read_times(&value.to_array()?)?.first().copied().flatten()
        }
        _ => None,
    };
    match time {
        Some(time) => Ok(time),
        None => plan_err!("{name}: {arg} is no time of an ID, such as '2026-01-01T00:00:00Z'"),
    }
}

/// So many milliseconds before a time, or the first of all.
fn earlier(time: Timestamp, ms: u64) -> Timestamp {
    Timestamp::from_ms(time.ms().saturating_sub(ms)).unwrap_or(Timestamp::MIN)
}

/// The rows to be made: at even distances from one time to before another.
#[derive(Debug, Clone, Copy)]
struct Made {
    dialect: Dialect,
    rows: u64,
    from: Timestamp,
    to: Timestamp,
    seed: Option<u64>,
}

impl Made {
    fn time(&self, row: u64) -> Timestamp {
        let span = u128::from(self.to.ms() - self.from.ms());
        let ms = u128::from(row) * span / u128::from(self.rows.max(1));
        Timestamp::from_ms(self.from.ms() + ms as u64).unwrap_or(self.to)
    }
}

/// Rows that one thread makes; the times of parts do not overlap.
#[derive(Debug, Clone)]
struct Part {
    made: Made,
    schema: SchemaRef,
    first: u64,
    end: u64,
}

impl Part {
    fn batch(&self, series: &mut Series, first: u64, rows: u64) -> Result<RecordBatch> {
        let id = |row| match series.generate(self.made.time(row)) {
            Ok(id) if self.made.dialect == Dialect::Uuid7 => Ok(as_version_7(id).to_u128()),
            Ok(id) => Ok(id.to_u128()),
            Err(error) => exec_err!("{error}"),
        };
        let ids = Ids {
            keys: (first..first + rows).map(id).collect::<Result<_>>()?,
            nulls: None,
            faults: Vec::new(),
            other_case: Vec::new(),
        };
        let ids = ids.texts(self.made.dialect)?;
        Ok(RecordBatch::try_new(Arc::clone(&self.schema), vec![ids])?)
    }

    /// A source of IDs of its own, which by a seed is the same each time.
    fn series(&self) -> Series {
        let order = match self.made.dialect {
            // The version and the variant would be put over a counter.
            Dialect::Uuid7 => Order::Independent,
            _ => Order::Exact(Monotonic::new()),
        };
        match self.made.seed {
            Some(seed) => Series::seeded(order, seed.wrapping_add(self.first)),
            None => Series::new(order),
        }
    }
}

impl PartitionStream for Part {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, context: Arc<TaskContext>) -> SendableRecordBatchStream {
        let step = context.session_config().batch_size().max(1) as u64;
        let begin = (self.clone(), self.series(), self.first);
        let batches = stream::try_unfold(begin, move |(part, mut series, first)| async move {
            let rows = step.min(part.end - first);
            if rows == 0 {
                return Ok(None);
            }
            let batch = part.batch(&mut series, first, rows)?;
            Ok(Some((batch, (part, series, first + rows))))
        });
        Box::pin(RecordBatchStreamAdapter::new(
            Arc::clone(&self.schema),
            batches,
        ))
    }
}
