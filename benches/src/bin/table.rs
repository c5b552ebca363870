//! Measures every group and prints the aims with what was reached, as Markdown.
//!
//! `table [--quick] [WORD]` takes only the groups whose names have the word.

use std::process::ExitCode;

use ulid_benches::{group::Effort, report, subject};

fn main() -> ExitCode {
    let (options, words): (Vec<String>, Vec<String>) = std::env::args()
        .skip(1)
        .partition(|argument| argument.starts_with("--"));
    if let Some(unknown) = options.iter().find(|option| *option != "--quick") {
        eprintln!("{unknown}: the only option is --quick");
        return ExitCode::FAILURE;
    }
    let effort = if options.is_empty() {
        Effort::FULL
    } else {
        Effort::QUICK
    };
    let measured: Vec<_> = subject::ALL
        .iter()
        .copied()
        .flatten()
        .filter(|work| words.iter().all(|word| work.name.contains(word)))
        .map(|work| {
            eprintln!("{} ...", work.name);
            work.group().measure(effort)
        })
        .collect();
    print!("{}", report::markdown(&measured));
    ExitCode::SUCCESS
}
