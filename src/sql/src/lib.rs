//! ULIDs, and UUIDs of version 7, in SQL: functions, an audit whose state merges, and ranges of time that prune, for
//! [Apache DataFusion](https://datafusion.apache.org).
//!
//! ```
//! # #[tokio::main] async fn main() -> datafusion::common::Result<()> {
//! use datafusion::prelude::{SessionConfig, SessionContext};
//!
//! let context = SessionContext::new_with_state(ulid_sql::session_state(SessionConfig::new()));
//! let frame = context.sql("SELECT ulid_timestamp('01ARZ3NDEKTSV4RRFFQ69G5FAV') AS time").await?;
//! let table = datafusion::arrow::util::pretty::pretty_format_batches(&frame.collect().await?)?;
//! assert!(table.to_string().contains("2016-07-30T23:54:10.259Z"));
//! # Ok(()) }
//! ```
//!
//! A host that has a session of its own takes [`register`] and [`rules`]; [`session_state`] is both on DataFusion's own.
//!
//! Limits of this crate: it reads no file, and knows no screen, shell or protocol of a front end.

mod audit;
mod bucket;
mod column;
mod generate;
mod keys;
mod randomness;
mod rewrite;
mod scalar;

pub use rewrite::{Rule, rules};

use std::sync::Arc;

use datafusion::{
    catalog::TableFunctionImpl,
    common::Result,
    execution::{FunctionRegistry, SessionState, SessionStateBuilder},
    logical_expr::{AggregateUDF, ScalarUDF},
    optimizer::Optimizer,
    prelude::SessionConfig,
};

use column::Dialect;

/// The functions of one row.
#[must_use]
pub fn scalars() -> Vec<Arc<ScalarUDF>> {
    scalar::all()
}

/// The functions of many rows.
#[must_use]
pub fn aggregates() -> Vec<Arc<AggregateUDF>> {
    let of = |dialect| {
        [
            audit::Audit::of(dialect),
            randomness::Randomness::of(dialect),
        ]
    };
    [of(Dialect::Ulid), of(Dialect::Uuid7)].concat()
}

/// The functions that are tables, by their names.
#[must_use]
pub fn table_functions() -> Vec<(String, Arc<dyn TableFunctionImpl>)> {
    let of = |dialect: Dialect| -> (String, Arc<dyn TableFunctionImpl>) {
        (
            dialect.name("generate"),
            Arc::new(generate::Generate(dialect)),
        )
    };
    vec![of(Dialect::Ulid), of(Dialect::Uuid7)]
}

/// Adds the functions to a host's. Functions that are tables have no place in a registry:
/// [`SessionContext::register_udtf`](datafusion::prelude::SessionContext::register_udtf) takes them.
///
/// # Errors
///
/// Errors of a registry that takes no functions.
pub fn register(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in scalars() {
        registry.register_udf(function)?;
    }
    for function in aggregates() {
        registry.register_udaf(function)?;
    }
    Ok(())
}

/// DataFusion's own session with all functions and rules.
#[must_use]
pub fn session_state(config: SessionConfig) -> SessionState {
    let mut state = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features()
        .with_optimizer_rules(rules(Optimizer::new().rules))
        .build();
    for function in scalars() {
        // A state takes each function, and gives back the one that had its name.
        let _former = state.register_udf(function);
    }
    for function in aggregates() {
        let _former = state.register_udaf(function);
    }
    for (name, function) in table_functions() {
        state.register_udtf(&name, function);
    }
    state
}
