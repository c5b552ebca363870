//! Statements, from their text to the last row of their result.

use std::{
    io::{IsTerminal, stderr},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::bail;
use datafusion::{
    arrow::array::RecordBatch,
    dataframe::DataFrame,
    error::DataFusionError,
    logical_expr::LogicalPlan,
    physical_plan::{ExecutionPlan, execute_stream},
    physical_planner::{DefaultPhysicalPlanner, PhysicalPlanner},
    prelude::SessionContext,
    sql::parser::{DFParser, Statement},
};
use futures::StreamExt;
use tokio::time::MissedTickBehavior;

use super::{
    arguments::{Format, Query},
    output::Output,
};

/// Ctrl-C ended a statement.
#[derive(Debug)]
pub(crate) struct Interrupted;

impl std::fmt::Display for Interrupted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Interrupted {}

/// Runs statements one after the other.
pub(crate) async fn run_all(
    context: &SessionContext,
    sql: &str,
    asked: &Query,
) -> anyhow::Result<()> {
    let statements = DFParser::parse_sql(sql)?;
    if statements.is_empty() {
        bail!("there is no statement");
    }
    let is_file = matches!(asked.output, Format::Arrow | Format::Parquet);
    let last = statements.len() - 1;
    for (index, statement) in statements.into_iter().enumerate() {
        // Of several statements, the last has the result that a file is for.
        run(context, statement, asked, !is_file || index == last).await?;
    }
    Ok(())
}

async fn run(
    context: &SessionContext,
    statement: Statement,
    asked: &Query,
    is_shown: bool,
) -> anyhow::Result<()> {
    let plan = context.state().statement_to_plan(statement).await?;
    let mut frame = context.execute_logical_plan(plan).await?;
    let mut shown = Shown {
        is_shown,
        output: None,
        is_begun: false,
    };
    let mut times = 1;
    loop {
        let plan = frame.logical_plan().clone();
        match answer(context, frame, asked, &mut shown).await {
            Ok(()) => break,
            Err(error) if times <= TIMES_AGAIN => {
                frame = again(error, context, plan, asked, &mut shown)?;
            }
            Err(error) => return Err(error),
        }
        times += 1;
    }
    match shown.output {
        Some(output) => output.finish(),
        None => Ok(()),
    }
}

/// Times that a query is asked again: while it is answered once more, another executor may be lost.
const TIMES_AGAIN: usize = 2;

/// The result of a statement under way.
struct Shown {
    is_shown: bool,
    output: Option<Output>,
    /// True if rows have been given to the output.
    is_begun: bool,
}

/// The same query once more, if an executor was lost and nothing that it did can be seen; else the error that it ended with.
fn again(
    error: anyhow::Error,
    _context: &SessionContext,
    _plan: LogicalPlan,
    _asked: &Query,
    _shown: &mut Shown,
) -> anyhow::Result<DataFrame> {
    #[cfg(feature = "cluster")]
    if let Some(cluster) = _asked.cluster()
        && error.is::<super::cluster::Lost>()
    {
        let writes =
            |node: &LogicalPlan| Ok(matches!(node, LogicalPlan::Copy(_) | LogicalPlan::Dml(_)));
        if datafusion::common::tree_node::TreeNode::exists(&_plan, writes)? {
            bail!("{error}; files of what it has written may be there");
        }
        let is_seen = _shown.is_begun && !_shown.output.as_mut().is_none_or(Output::take_back);
        if is_seen {
            bail!("{error}; some of its rows are written, so that is not done here");
        }
        _shown.is_begun = false;
        eprintln!(
            "ulid-sql: an executor of the scheduler at {cluster} was lost in the middle of the query, which is asked again"
        );
        return super::cluster::frame_again(_context, _plan);
    }
    Err(error)
}

/// Runs a query up to its last row.
async fn answer(
    context: &SessionContext,
    frame: DataFrame,
    asked: &Query,
    shown: &mut Shown,
) -> anyhow::Result<()> {
    let task = Arc::new(frame.task_ctx());
    let plan = match frame.logical_plan() {
        // Columns are known here, and a cluster takes no such plan.
        described @ LogicalPlan::DescribeTable(_) => {
            let planner = DefaultPhysicalPlanner::default();
            planner
                .create_physical_plan(described, &context.state())
                .await?
        }
        _ => frame.create_physical_plan().await?,
    };
    let schema = plan.schema();
    if shown.is_shown && !schema.fields().is_empty() && shown.output.is_none() {
        shown.output = Some(Output::open(asked.output, asked.rows, &schema)?);
    }
    let mut rows =
        execute_stream(Arc::clone(&plan), task).map_err(|error| with_its_place(error, asked))?;
    let mut progress = Progress::new(plan);
    let mut interrupt = std::pin::pin!(tokio::signal::ctrl_c());
    let mut tick = tokio::time::interval(Duration::from_millis(500));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let batch = tokio::select! {
            biased;
            _ = &mut interrupt => {
                progress.clear();
                end_elsewhere(&progress.plan, asked).await;
                return Err(Interrupted.into());
            }
            _ = tick.tick() => { progress.show(); continue }
            batch = rows.next() => batch,
        };
        let Some(batch) = batch else { break };
        let batch = batch.map_err(|error| with_its_place(error, asked))?;
        if let Some(output) = &mut shown.output {
            progress.clear();
            output.write(&batch)?;
            shown.is_begun |= batch.num_rows() > 0;
        }
    }
    progress.clear();
    Ok(())
}

/// An error of a plan that runs, with the role that it comes from if that is another process.
fn with_its_place(error: DataFusionError, _asked: &Query) -> anyhow::Error {
    #[cfg(feature = "cluster")]
    if let Some(cluster) = _asked.cluster() {
        return super::cluster::in_words(&error, cluster);
    }
    error.into()
}

/// Ends what runs in other processes for a plan that nobody waits for any more.
async fn end_elsewhere(_plan: &Arc<dyn ExecutionPlan>, _asked: &Query) {
    #[cfg(feature = "cluster")]
    if let Some(cluster) = _asked.cluster() {
        super::cluster::cancel(_plan, cluster).await;
    }
}

/// Signs on standard error while a statement takes long.
struct Progress {
    plan: Arc<dyn ExecutionPlan>,
    begun: Instant,
    is_shown: bool,
    is_terminal: bool,
}

impl Progress {
    fn new(plan: Arc<dyn ExecutionPlan>) -> Progress {
        Progress {
            plan,
            begun: Instant::now(),
            is_shown: false,
            is_terminal: stderr().is_terminal(),
        }
    }

    fn show(&mut self) {
        let seconds = self.begun.elapsed().as_secs_f64();
        if self.is_terminal && seconds >= 1.0 {
            eprint!(
                "\r\x1b[K{} rows read, {seconds:.1} s; Ctrl-C ends it",
                rows_read(&self.plan)
            );
            self.is_shown = true;
        }
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.is_shown) {
            eprint!("\r\x1b[K");
        }
    }
}

/// Every row of a query of the program's own.
pub(crate) async fn rows_of(
    context: &SessionContext,
    sql: &str,
) -> anyhow::Result<Vec<RecordBatch>> {
    let frame = context.sql(sql).await?;
    tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => Err(Interrupted.into()),
        rows = frame.collect() => Ok(rows?),
    }
}

/// A name as SQL quotes it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Rows that the leaves of a plan have given so far.
fn rows_read(plan: &Arc<dyn ExecutionPlan>) -> usize {
    let (mut rest, mut rows) = (vec![plan], 0);
    while let Some(node) = rest.pop() {
        let children = node.children();
        if children.is_empty() {
            rows += node
                .metrics()
                .and_then(|metrics| metrics.output_rows())
                .unwrap_or_default();
        }
        rest.extend(children);
    }
    rows
}
