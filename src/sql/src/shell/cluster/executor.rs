//! An executor: asks a scheduler for tasks and runs them.

use std::{net::TcpListener, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use ballista_core::{
    config::TaskSchedulingPolicy, ids::new_instance_id, registry::BallistaFunctionRegistry,
};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use datafusion::prelude::SessionConfig;

use super::{OF_THIS_VERSION, host_and_port, notes, warn_of_strangers, work::Work};
use crate::shell::arguments::{Executor, Limits};

/// Seconds that an executor waits for its scheduler to be there.
const PATIENCE_S: u16 = 20;

pub(super) async fn run(asked: &Executor, limits: &Limits) -> anyhow::Result<()> {
    notes::show("executor");
    let (host, port) = host_and_port(&asked.scheduler)?;
    let mut address = asked.listen;
    if address.port() == 0 {
        // Ballista says its port to the scheduler before it listens, so it has to be known.
        address = TcpListener::bind(address)
            .and_then(|free| free.local_addr())
            .with_context(|| format!("an executor cannot listen at {address}"))?;
    } else if let Err(error) = TcpListener::bind(address) {
        bail!("an executor cannot listen at {address}: {error}");
    }
    warn_of_strangers(address);
    // Ballista's own folder would be left behind.
    let place = asked.work.clone().unwrap_or_else(std::env::temp_dir);
    let work =
        Work::open_in(&place).with_context(|| format!("{} takes no files", place.display()))?;
    let mut config = ExecutorProcessConfig {
        executor_id: format!("{OF_THIS_VERSION} {}", new_instance_id()),
        bind_host: address.ip().to_string(),
        port: address.port(),
        scheduler_host: host.to_owned(),
        scheduler_port: port,
        scheduler_connect_timeout_seconds: PATIENCE_S,
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: Some(work.path().to_string_lossy().into_owned()),
        memory_pool_size: limits.memory.map(|bytes| bytes as u64),
        override_function_registry: Some(Arc::new(BallistaFunctionRegistry::from(
            &ulid_sql::session_state(SessionConfig::new()),
        ))),
        ..ExecutorProcessConfig::default()
    };
    if let Some(threads) = limits.threads {
        config.vcores = threads.into();
    }
    println!("{OF_THIS_VERSION} executor at {address}, of the scheduler at df://{host}:{port}");
    tokio::select! {
        ended = start_executor_process(Arc::new(config)) => {
            ended.with_context(|| format!("the scheduler at df://{host}:{port}"))
        }
        () = told_to_end() => Ok(()),
    }
}

/// Time in which Ballista tells the scheduler that an executor ends.
const FAREWELL: Duration = Duration::from_millis(300);

/// Waits for a signal that ends the process. Ballista would end once all tasks are done, and take more until then; but the
/// scheduler has ended the queries that they are of.
async fn told_to_end() {
    #[cfg(unix)]
    let terminated = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => terminated.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
    tokio::time::sleep(FAREWELL).await;
}
