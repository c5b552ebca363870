//! The command line of `ulid-dap`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Debug Adapter Protocol for ULIDs.
#[derive(Debug, Parser)]
#[command(name = "ulid-dap", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What the adapter does.
#[derive(Debug, Subcommand)]
enum Command {}

#[expect(unreachable_code, reason = "the first subcommand is on its way")]
fn main() -> ExitCode {
    match Cli::parse().command {}
}
