//! The `ulid-tui` program.

use std::process::ExitCode;

use clap::Parser;
use ulid_tui::{cli::Arguments, run};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run::run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("ulid-tui: {error:#}");
            ExitCode::from(run::exit_code(&error))
        }
    }
}
