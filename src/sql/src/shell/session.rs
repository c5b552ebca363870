//! The session that statements run in.

use anyhow::Context;
use datafusion::{
    execution::{SessionStateBuilder, runtime_env::RuntimeEnvBuilder},
    prelude::{SessionConfig, SessionContext},
};

use super::arguments::Limits;

/// A session with the functions and rules of this crate, within the limits. A file's name in quotes is a table, too.
pub(crate) fn open(limits: &Limits) -> anyhow::Result<SessionContext> {
    let mut config = SessionConfig::from_env()
        .context("the environment sets an option of DataFusion to what it does not take")?
        .with_information_schema(true);
    if let Some(threads) = limits.threads {
        config = config.with_target_partitions(threads.into());
    }
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(bytes) = limits.memory {
        runtime = runtime.with_memory_limit(bytes, 1.0);
    }
    let state = SessionStateBuilder::new_from_existing(ulid_sql::session_state(config))
        .with_runtime_env(runtime.build_arc()?)
        .build();
    Ok(SessionContext::new_with_state(state).enable_url_table())
}
