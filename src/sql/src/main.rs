//! `ulid-sql`: SQL over files of ULIDs.

mod shell;

use std::process::ExitCode;

fn main() -> ExitCode {
    shell::main()
}
