//! Sessions and tables for the tests.

use std::sync::Arc;

use datafusion::{
    arrow::{
        array::{ArrayRef, RecordBatch},
        util::display::array_value_to_string,
    },
    common::Result,
    datasource::MemTable,
    execution::SessionStateBuilder,
    optimizer::Optimizer,
    prelude::{SessionConfig, SessionContext},
};
use ulid_engine::{Timestamp, Ulid};

/// A session with everything.
pub(crate) fn session(partitions: usize) -> SessionContext {
    let config = SessionConfig::new().with_target_partitions(partitions);
    SessionContext::new_with_state(ulid_sql::session_state(config))
}

/// A session with the functions, but none of the rules.
pub(crate) fn without_rules() -> SessionContext {
    let state =
        SessionStateBuilder::new_from_existing(ulid_sql::session_state(SessionConfig::new()));
    let state = state.with_optimizer_rules(Optimizer::new().rules).build();
    SessionContext::new_with_state(state)
}

/// Registers arrays of one length as a table, cut into so many partitions of several batches each.
pub(crate) fn table(
    context: &SessionContext,
    name: &str,
    columns: &[(&str, ArrayRef)],
    partitions: usize,
) {
    let all = RecordBatch::try_from_iter_with_nullable(
        columns
            .iter()
            .map(|(name, array)| (*name, array.clone(), true)),
    )
    .unwrap();
    let rows = all.num_rows();
    let mut parts = vec![Vec::new(); partitions];
    let step = rows.div_ceil(partitions * 3).max(1);
    for (index, from) in (0..rows).step_by(step).enumerate() {
        parts[index % partitions].push(all.slice(from, step.min(rows - from)));
    }
    let provider = MemTable::try_new(all.schema(), parts).unwrap();
    context.register_table(name, Arc::new(provider)).unwrap();
}

/// The rows of a query, each with its values between bars.
pub(crate) async fn query(context: &SessionContext, sql: &str) -> Result<Vec<String>> {
    let batches = context.sql(sql).await?.collect().await?;
    let row = |batch: &RecordBatch, row| {
        let value = |column: &ArrayRef| array_value_to_string(column, row).unwrap();
        batch
            .columns()
            .iter()
            .map(value)
            .collect::<Vec<_>>()
            .join("|")
    };
    Ok(batches
        .iter()
        .flat_map(|batch| {
            (0..batch.num_rows())
                .map(|at| row(batch, at))
                .collect::<Vec<_>>()
        })
        .collect())
}

/// The one row of a query.
pub(crate) async fn one(context: &SessionContext, sql: &str) -> String {
    let rows = query(context, sql).await.unwrap();
    assert_eq!(rows.len(), 1, "{sql}: {rows:?}");
    rows.concat()
}

/// The ID of a time and of the low 80 bits of a number.
pub(crate) fn id_of(time: Timestamp, random: u128) -> Ulid {
    Ulid::from_parts(time.ms(), random & ((1 << 80) - 1)).unwrap()
}
