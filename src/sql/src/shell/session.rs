//! The session that statements run in.

use anyhow::Context;
use datafusion::{
    execution::{SessionStateBuilder, runtime_env::RuntimeEnvBuilder},
    prelude::{SessionConfig, SessionContext},
};

use super::arguments::Limits;

/// A session with the functions and rules of this crate, within the limits. A file's name in quotes is a table, too.
pub(crate) fn open(limits: &Limits) -> anyhow::Result<SessionContext> {
    let config = config(limits, |config| config)?;
    let mut runtime = RuntimeEnvBuilder::new();
    if let Some(bytes) = limits.memory {
        runtime = runtime.with_memory_limit(bytes, 1.0);
    }
    let state = SessionStateBuilder::new_from_existing(ulid_sql::session_state(config))
        .with_runtime_env(runtime.build_arc()?)
        .build();
    Ok(SessionContext::new_with_state(state).enable_url_table())
}

/// Options of a session, from those of a host and from the command line.
pub(crate) fn config(
    limits: &Limits,
    of_host: fn(SessionConfig) -> SessionConfig,
) -> anyhow::Result<SessionConfig> {
    let config = SessionConfig::from_env()
        .context("the environment sets an option of DataFusion to what it does not take")?;
    let config = of_host(config).with_information_schema(true);
    Ok(match limits.threads {
        Some(threads) => config.with_target_partitions(threads.into()),
        None => config,
    })
}
