//! The program: what it is asked for, files as tables, results as text.

mod arguments;
mod output;
mod session;
mod statement;
mod tables;

use std::{
    io::{IsTerminal, Read, stdin},
    process::ExitCode,
};

use anyhow::{Context, bail};
use clap::Parser;
use ulid_engine::visible::visible;

use arguments::{Arguments, Query};
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
    let runtime = tokio::runtime::Runtime::new().context("threads cannot be started")?;
    let result = runtime.block_on(query(&arguments.query, session::open(&arguments.session)?));
    // What still reads in the background is not waited for.
    runtime.shutdown_background();
    result
}

async fn query(asked: &Query, context: datafusion::prelude::SessionContext) -> anyhow::Result<()> {
    tables::register(&context, &asked.sources).await?;
    let sql = match asked.command.as_slice() {
        [] if stdin().is_terminal() => bail!("give a statement with -c, or on standard input"),
        [] => {
            let mut sql = String::new();
            stdin().read_to_string(&mut sql).context("standard input")?;
            sql
        }
        commands => commands.join(";\n"),
    };
    statement::run_all(&context, &sql, asked).await
}
