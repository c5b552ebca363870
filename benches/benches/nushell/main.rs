//! The plugin in the real Nushell, beside a plugin command that passes through what it is given, in the same run.
//!
//! usage: `cargo build --release -p ulid-nu && cargo bench -p ulid-benches --bench nushell [WORD...]`
//!
//! A [`Group`] is a script for one `nu`, which does each of its cases in turn, round by round, and checks the answers
//! before it takes the time. Processor time is that of `nu` and of both plugins. This program is the pass-through plugin
//! as well: a copy of it by the name of a plugin lies in the folder that the scripts run in.

mod groups;
mod passing;
mod report;
mod session;

use std::env;

use anyhow::Result;

use session::Place;

/// What one `nu` does, and what is asked of it.
struct Group {
    name: &'static str,
    /// Nushell code whose last value is a table as `measure` in `prelude.nu` gives it.
    script: &'static str,
    /// What one operation is.
    operation: &'static str,
    aims: &'static [Aim],
}

/// What a case has to reach.
struct Aim {
    case: &'static str,
    limit: Limit,
}

/// How much of something a case may take at most.
enum Limit {
    /// Times the processor time of another case.
    Times(f64, &'static str),
    /// Nanoseconds of the clock for one operation.
    Nanoseconds(f64),
    /// Bytes of memory.
    Bytes(f64),
}

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if passing::is_wanted(&arguments) {
        passing::serve();
        return Ok(());
    }
    // `cargo test` runs benches too, without this flag, and wants to know no more than that they start.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let words: Vec<&String> = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let place = Place::new()?;
    for group in groups::ALL {
        if words.iter().all(|word| group.name.contains(word.as_str())) {
            let measured = place.run(group.script)?;
            print!("{}", report::markdown(group, &measured)?);
        }
    }
    Ok(())
}
