//! The scheduler: plans queries and hands out their tasks.

use std::{
    io::ErrorKind,
    net::SocketAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use anyhow::Context;
use ballista_core::{
    config::{BALLISTA_JOB_NAME, TaskSchedulingPolicy},
    extension::SessionConfigExt,
    optimizer::with_ballista_optimizer_rules,
    serde::scheduler::ExecutorMetadata,
    utils::default_config_producer,
};
use ballista_scheduler::{
    cluster::{BallistaCluster, ClusterState, ClusterStateEvent, ClusterStateEventStream},
    config::{SchedulerConfig, TaskDistributionPolicy},
    scheduler_process::{create_scheduler, start_grpc_service_with_listener},
    scheduler_server::{SchedulerServer, timestamp_secs},
};
use datafusion::{
    common::{Result, plan_err},
    execution::{SessionState, SessionStateBuilder},
    prelude::SessionConfig,
};
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};
use futures::{FutureExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

use super::{
    AGAIN, LOST_AFTER_S, OF_THIS_VERSION, VERSION, files::FilesAreThere, notes, warn_of_strangers,
};

/// Seconds that jobs wait for an executor where all are lost.
const WITHOUT_EXECUTORS_S: u64 = 2;

/// Time from one look at an executor's port to the next.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Seconds that results lie with the executors: as long as a client may take to read them.
const KEPT_S: u64 = 3600;

pub(super) async fn run(listen: SocketAddr) -> anyhow::Result<()> {
    notes::show("scheduler");
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("a scheduler cannot listen at {listen}"))?;
    let address = listener.local_addr()?;
    warn_of_strangers(address);
    let executors = Arc::new(OnceLock::new());
    let known = Arc::clone(&executors);
    let cluster = BallistaCluster::new_memory(
        address.to_string(),
        Arc::new(move |config| session(config, known.get())),
        Arc::new(default_config_producer),
    );
    let state = cluster.cluster_state();
    let _first = executors.set(Arc::clone(&state));
    let scheduler =
        create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config(address)));
    let scheduler = scheduler.await?;
    let events = scheduler.cluster_state_events().await?;
    tokio::spawn(end_jobs_that_wait(scheduler.clone(), Arc::clone(&state)));
    tokio::spawn(end_jobs_of_lost(scheduler.clone(), state, events));
    println!("{OF_THIS_VERSION} scheduler at df://{address}");
    Ok(start_grpc_service_with_listener(listener, scheduler).await?)
}

/// Ends the jobs that run when an executor is lost. Ballista 55 would do the lost work again, but then reads what the other
/// executors had done already a second time: a join of 8 million rows had 11 million, without an error.
async fn end_jobs_of_lost(
    scheduler: SchedulerServer<LogicalPlanNode, PhysicalPlanNode>,
    state: Arc<dyn ClusterState>,
    mut events: ClusterStateEventStream,
) {
    while let Some(event) = events.next().await {
        if let ClusterStateEvent::RegisteredExecutor { executor_id } = event {
            tokio::spawn(remove_when_gone(Arc::clone(&state), executor_id));
            continue;
        }
        for job in scheduler.state.task_manager.get_running_job_cache().keys() {
            // A job that cannot be ended is one that has ended.
            let _ = scheduler.cancel_job(job.clone()).await;
        }
    }
}

/// Ends the queries that are asked again and were planned just before the last executor was lost: nobody would take them.
async fn end_jobs_that_wait(
    scheduler: SchedulerServer<LogicalPlanNode, PhysicalPlanNode>,
    state: Arc<dyn ClusterState>,
) {
    loop {
        sleep(Duration::from_secs(1)).await;
        if !alive(&state).is_empty() {
            continue;
        }
        for (job, known) in scheduler.state.task_manager.get_running_job_cache().iter() {
            if known
                .execution_graph
                .read()
                .await
                .job_name()
                .ends_with(AGAIN)
            {
                // A job that cannot be ended is one that has ended.
                let _ = scheduler.cancel_job(job.clone()).await;
            }
        }
    }
}

/// Removes an executor as soon as nobody listens at its port any more, since the process is gone then. One that hangs still
/// listens, and counts as lost by its silence.
async fn remove_when_gone(state: Arc<dyn ClusterState>, id: String) {
    let Ok(executor) = state.get_executor_metadata(&id).await else {
        return;
    };
    let mut has_listened = false;
    loop {
        sleep(LOOK_EVERY).await;
        let address = (executor.host.as_str(), executor.port);
        let seen = timeout(Duration::from_secs(1), TcpStream::connect(address)).await;
        if state.get_executor_heartbeat(&id).is_none() {
            return;
        }
        match seen {
            Ok(Ok(_)) => has_listened = true,
            // It is known before it listens, and may be at a port that only the other executors reach.
            Ok(Err(error)) if has_listened && error.kind() == ErrorKind::ConnectionRefused => {
                eprintln!(
                    "ulid-sql scheduler: the executor at {}:{} is gone",
                    executor.host, executor.port
                );
                // One that is not there any more has been removed.
                let _ = state.remove_executor(&id).await;
                return;
            }
            _ => {}
        }
    }
}

/// Executors ask for tasks: with tasks that are sent to them, one that hangs holds a query for minutes.
fn config(address: SocketAddr) -> SchedulerConfig {
    SchedulerConfig {
        external_host: address.ip().to_string(),
        bind_host: address.ip().to_string(),
        bind_port: address.port(),
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        task_distribution: TaskDistributionPolicy::RoundRobin,
        finished_job_data_clean_up_interval_seconds: KEPT_S,
        // A part of a result that cannot be fetched is as an executor that is lost.
        stage_max_failures: 1,
        executor_timeout_seconds: LOST_AFTER_S,
        expire_dead_executor_interval_seconds: 1,
        no_executors_grace_period_seconds: WITHOUT_EXECUTORS_S,
        ..SchedulerConfig::default()
    }
}

/// The session that a query is planned in, unless a role is of another version.
fn session(
    config: SessionConfig,
    executors: Option<&Arc<dyn ClusterState>>,
) -> Result<SessionState> {
    let refusal = of_another_version(&config, executors);
    if let Some(refusal) = refusal.or_else(|| without_executor(&config, executors)) {
        return plan_err!("{refusal}");
    }
    let state = ulid_sql::session_state(config);
    let rules = with_ballista_optimizer_rules(state.optimizers());
    Ok(SessionStateBuilder::new_from_existing(state)
        .with_optimizer_rules(rules)
        .with_analyzer_rule(Arc::new(FilesAreThere))
        .build())
}

/// A sentence about a role of another version.
fn of_another_version(
    config: &SessionConfig,
    executors: Option<&Arc<dyn ClusterState>>,
) -> Option<String> {
    let job = job_name(config).unwrap_or_default();
    let job = job.strip_suffix(AGAIN).unwrap_or(&job);
    if let Some(version) = job.strip_prefix("ulid-sql ")
        && version != VERSION
    {
        return Some(format!(
            "the client is of ulid-sql {version} and the scheduler of {VERSION}; run one version in all roles"
        ));
    }
    let mut alive = alive(executors?).into_iter();
    let other = alive.find(|executor| !executor.id.starts_with(OF_THIS_VERSION))?;
    let version = match other.id.strip_prefix("ulid-sql ") {
        Some(name) => format!("of ulid-sql {}", name.split(' ').next().unwrap_or_default()),
        None => "no ulid-sql of this version".to_owned(),
    };
    Some(format!(
        "the executor at {}:{} is {version} and the scheduler of {VERSION}; run one version in all roles",
        other.host, other.port
    ))
}

/// A sentence about a query that is asked again where nobody is left to answer.
fn without_executor(
    config: &SessionConfig,
    executors: Option<&Arc<dyn ClusterState>>,
) -> Option<String> {
    let is_again = job_name(config)?.ends_with(AGAIN);
    (is_again && alive(executors?).is_empty())
        .then(|| "an executor was lost in the middle of the query, and no other is left".to_owned())
}

fn job_name(config: &SessionConfig) -> Option<String> {
    let options = config.ballista_config();
    options.settings().get(BALLISTA_JOB_NAME).cloned()
}

/// Executors that have given a sign of life of late.
fn alive(executors: &Arc<dyn ClusterState>) -> Vec<ExecutorMetadata> {
    // Of what is kept in memory the answer is there at once.
    let registered = executors.registered_executor_metadata().now_or_never();
    let mut registered = registered.unwrap_or_default();
    registered.retain(|executor| {
        let heartbeat = executors.get_executor_heartbeat(&executor.id);
        heartbeat.is_some_and(|sign| sign.timestamp + LOST_AFTER_S >= timestamp_secs())
    });
    registered
}
