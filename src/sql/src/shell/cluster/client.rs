//! The client: a session whose queries a scheduler takes.

use std::{sync::Arc, time::Duration};

use anyhow::bail;
use ballista::prelude::{SessionConfigExt, SessionContextExt};
use ballista_core::{
    JobId,
    config::{BALLISTA_CLIENT_PULL, BALLISTA_JOB_NAME},
    execution_plans::DistributedQueryExec,
    serde::protobuf::{CancelJobParams, scheduler_grpc_client::SchedulerGrpcClient},
    utils::create_grpc_client_endpoint,
};
use datafusion::{
    arrow::array::AsArray,
    dataframe::DataFrame,
    logical_expr::LogicalPlan,
    physical_plan::ExecutionPlan,
    prelude::{SessionConfig, SessionContext},
};
use datafusion_proto::protobuf::LogicalPlanNode;

use super::{AGAIN, OF_THIS_VERSION, VERSION, host_and_port, in_words};
use crate::shell::{arguments::Limits, session};

/// Longest wait for the first answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A session whose queries run on a cluster, all of whose roles are of this version.
pub(crate) async fn open(cluster: &str, limits: &Limits) -> anyhow::Result<SessionContext> {
    if limits.memory.is_some() {
        bail!("--memory is for the machine that runs a query; give it to each executor");
    }
    let (host, port) = host_and_port(cluster)?;
    let config = session::config(limits, SessionConfig::upgrade_for_ballista)?
        .with_ballista_job_name(OF_THIS_VERSION)
        // A client that asks for the state of its job knows the name of the job, by which it can end it.
        .set_bool(BALLISTA_CLIENT_PULL, true)
        // Planning anew between stages loses the dictionaries of columns.
        .with_ballista_adaptive_query_planner(false);
    let state = ulid_sql::session_state(config);
    let address = format!("df://{host}:{port}");
    let mut context = SessionContext::remote_with_state(&address, state).await?;
    // Ballista puts its own functions in place of all others.
    ulid_sql::register(&mut context)?;
    ask_version(&context, &address).await?;
    Ok(context.enable_url_table())
}

/// Asks for the version of an executor, which only roles of this program know.
async fn ask_version(context: &SessionContext, address: &str) -> anyhow::Result<()> {
    let answer = async { context.sql("SELECT ulid_version()").await?.collect().await };
    let Ok(answer) = tokio::time::timeout(PATIENCE, answer).await else {
        bail!(
            "no executor of the scheduler at {address} has answered within {} seconds",
            PATIENCE.as_secs()
        );
    };
    let rows = answer.map_err(|error| in_words(&error, address))?;
    for rows in &rows {
        let versions = rows.column(0).as_string_opt::<i32>();
        if let Some(version) = versions
            .into_iter()
            .flatten()
            .flatten()
            .find(|&version| version != VERSION)
        {
            bail!(
                "an executor is of ulid-sql {version} and the client of {VERSION}; run one version in all roles"
            );
        }
    }
    Ok(())
}

/// A query that is asked once more: a scheduler that has no executor left refuses it, where a first one waits for them.
pub(crate) fn frame_again(
    context: &SessionContext,
    plan: LogicalPlan,
) -> anyhow::Result<DataFrame> {
    let mut state = context.state();
    let options = state.config().ballista_config();
    let name = options.settings().get(BALLISTA_JOB_NAME).cloned();
    let name = name.unwrap_or_else(|| OF_THIS_VERSION.to_owned());
    let options = state.config_mut().options_mut();
    options.set(BALLISTA_JOB_NAME, &format!("{name}{AGAIN}"))?;
    Ok(DataFrame::new(state, plan))
}

/// Tells the scheduler that nobody waits for a plan's result any more, and says what that ends.
pub(crate) async fn cancel(plan: &Arc<dyn ExecutionPlan>, cluster: &str) {
    const PATIENCE: Duration = Duration::from_secs(2);
    let told = tokio::time::timeout(PATIENCE, tell_scheduler(plan, cluster)).await;
    match told {
        Ok(Ok(true)) => eprintln!(
            "ulid-sql: the cluster begins no more of its tasks; those that run end by themselves"
        ),
        Ok(Ok(false)) => {}
        Ok(Err(_)) | Err(_) => {
            eprintln!("ulid-sql: the scheduler takes no word of it, and goes on with the statement")
        }
    }
}

/// True if there was a job that could be cancelled.
async fn tell_scheduler(plan: &Arc<dyn ExecutionPlan>, cluster: &str) -> anyhow::Result<bool> {
    let Some(job) = job_of(plan) else {
        return Ok(false);
    };
    let (host, port) = host_and_port(cluster)?;
    let endpoint = create_grpc_client_endpoint(format!("http://{host}:{port}"), None)?;
    let mut scheduler = SchedulerGrpcClient::new(endpoint.connect().await?);
    let job_id = job.to_string();
    scheduler.cancel_job(CancelJobParams { job_id }).await?;
    Ok(true)
}

/// The job of a plan that a scheduler has taken.
fn job_of(plan: &Arc<dyn ExecutionPlan>) -> Option<JobId> {
    let mut rest = vec![plan];
    while let Some(node) = rest.pop() {
        let sent = node.downcast_ref::<DistributedQueryExec<LogicalPlanNode>>();
        if let Some(job) = sent.and_then(DistributedQueryExec::job_id) {
            return Some(job);
        }
        rest.extend(node.children());
    }
    None
}
