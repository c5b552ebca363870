//! The command line of `ulid-dap`.

use std::{
    io::{self, BufReader},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use ulid_dap::{connection::Connection, inspect};
use ulid_engine::Timestamp;

/// Debug Adapter Protocol for ULIDs.
#[derive(Debug, Parser)]
#[command(name = "ulid-dap", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What the adapter does.
#[derive(Debug, Subcommand)]
enum Command {
    /// Step through a file of ULIDs as if it were a program; speaks on standard input and output.
    Inspect,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Inspect => inspect_on_stdio(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ulid-dap: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn inspect_on_stdio() -> anyhow::Result<()> {
    let (connection, writing) = Connection::over(BufReader::new(io::stdin()), io::stdout());
    let served = inspect::serve(&connection, Timestamp::now);
    drop(connection);
    writing.finish()?;
    Ok(served?)
}
