//! The `ulid-tui` program.

use std::{env, process::ExitCode};

use clap::Parser;
use ulid_engine::visible::visible;
use ulid_tui::{
    cli::{self, Arguments},
    run,
};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse_from(cli::words(env::args_os())) {
        Ok(arguments) => arguments,
        Err(error) => return told(&error),
    };
    match run::run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            let words = format!("ulid-tui: {error:#}");
            eprintln!("{}", visible(&words));
            ExitCode::from(run::exit_code(&error))
        }
    }
}

/// Says what is wrong with the command line, which is quoted in it, or what was asked for.
fn told(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        eprint!("{}", visible(&error.render().to_string()));
        return ExitCode::from(2);
    }
    // a page that cannot be written nobody reads
    let _ = error.print();
    ExitCode::SUCCESS
}
