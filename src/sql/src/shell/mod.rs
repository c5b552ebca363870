//! The program: what it is asked for, files as tables, results as text.

mod arguments;
mod audit;
#[cfg(feature = "cluster")]
mod cluster;
mod column;
mod output;
mod prompt;
mod session;
mod statement;
mod statistics;
mod tables;
mod write;

use std::{
    io::{IsTerminal, Read, stdin},
    process::ExitCode,
};

use anyhow::Context;
use clap::Parser;
use datafusion::prelude::SessionContext;
use tokio::runtime::Runtime;
use ulid_engine::visible::visible;

use arguments::{Arguments, Limits, Query, Task};
use statement::Interrupted;

/// Runs what the command line asks for.
pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return told(&error),
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Interrupted>() => ExitCode::from(130),
        Err(error) => {
            eprintln!("{}", visible(&format!("ulid-sql: {}", in_words(&error))));
            ExitCode::FAILURE
        }
    }
}

/// Says what is wrong with the command line, or what was asked for.
fn told(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        eprint!("{}", visible(&error.render().to_string()));
        return ExitCode::from(2);
    }
    // A page that cannot be written nobody reads.
    let _ = error.print();
    ExitCode::SUCCESS
}

/// An error and its causes, each once: DataFusion's own words repeat those of what is below them. Its words around those of a
/// function that refuses its arguments are left out.
fn in_words(error: &anyhow::Error) -> String {
    let mut words = String::new();
    for cause in error.chain().map(ToString::to_string) {
        let cause = cause.rsplit("\ncaused by\n").next().unwrap_or(&cause);
        match words.is_empty() {
            true => words = cause.to_owned(),
            false if words.contains(cause) => {}
            false => words = format!("{words}: {cause}"),
        }
    }
    let inner = words.rsplit("user-defined coercion failed with: ").next();
    let inner = inner.and_then(|inner| inner.split(" No function matches the given name").next());
    let inner = inner
        .unwrap_or(&words)
        .trim_start_matches("Error during planning: ");
    inner.trim_end_matches('.').to_owned()
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let runtime = Runtime::new().context("threads cannot be started")?;
    let limits = &arguments.session;
    let local = || session::open(limits);
    let result = match &arguments.task {
        Some(Task::Write(asked)) => runtime.block_on(write::write(&local()?, asked)),
        Some(Task::Audit(asked)) => runtime.block_on(audit::audit(&local()?, asked)),
        #[cfg(feature = "cluster")]
        Some(role) => runtime.block_on(cluster::serve(role, limits)),
        None => session_of(&runtime, &arguments.query, limits)
            .and_then(|context| ask(&runtime, &context, &arguments.query)),
    };
    // What still reads in the background is not waited for.
    runtime.shutdown_background();
    result
}

/// The session that statements run in: of a cluster if one is named.
fn session_of(
    _runtime: &Runtime,
    _asked: &Query,
    limits: &Limits,
) -> anyhow::Result<SessionContext> {
    #[cfg(feature = "cluster")]
    if let Some(cluster) = _asked.cluster() {
        return _runtime.block_on(cluster::open(cluster, limits));
    }
    session::open(limits)
}

/// Runs the statements of the command line, else those of standard input, which at a terminal has a prompt.
fn ask(runtime: &Runtime, context: &SessionContext, asked: &Query) -> anyhow::Result<()> {
    let tables = runtime.block_on(tables::register(
        context,
        &asked.sources,
        asked.cluster().is_some(),
    ))?;
    let sql = match asked.command.as_slice() {
        [] if stdin().is_terminal() => return prompt::run(runtime, context, asked, &tables),
        [] => {
            let mut sql = String::new();
            stdin().read_to_string(&mut sql).context("standard input")?;
            sql
        }
        commands => commands.join(";\n"),
    };
    runtime.block_on(statement::run_all(context, &sql, asked))
}
