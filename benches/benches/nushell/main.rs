//! The plugin in the real Nushell, beside a plugin command that passes through what it is given, in the same run.
//!
//! usage: `cargo build --release -p ulid-nu && cargo bench -p ulid-benches --bench nushell [WORD...]`
//!
//! A [`Group`] is a script for one `nu`, which does each of its cases in turn, round by round, and checks the answers
//! before it takes the time. Processor time is that of `nu` and of both plugins, that of the clock the shortest of all rounds. This program is the pass-through plugin
//! as well: a copy of it by the name of a plugin lies in the folder that the scripts run in.

mod alone;
mod groups;
mod passing;
mod report;
mod session;

use std::{env, path::Path};

use anyhow::Result;

use session::{Measured, Place};

/// The work of one `nu`, and its aim.
struct Group {
    name: &'static str,
    /// Nushell code whose last value is a table as `measure` in `prelude.nu` gives it.
    script: &'static str,
    /// Measurements without Nushell, where the script ran.
    alone: Option<Alone>,
    /// The unit of one operation.
    operation: &'static str,
    aims: &'static [Aim],
}

/// Measures in the folder of the scripts, without Nushell.
type Alone = fn(&Path) -> Result<Vec<Measured>>;

/// The aim of a case.
struct Aim {
    case: &'static str,
    limit: Limit,
}

/// How much of something a case may take at most.
enum Limit {
    /// Times a figure of another case.
    Times(f64, Figure, &'static str),
    /// Nanoseconds of the clock for one operation.
    Nanoseconds(f64),
    /// Millions of operations a second, at least.
    PerSecond(f64),
    /// Bytes of memory.
    Bytes(f64),
    /// Nanoseconds that were measured on another machine, where the case named took as many as stand behind it.
    Scaled(f64, &'static str, f64),
}

/// The figure of a case that is compared.
#[derive(Debug, Clone, Copy)]
enum Figure {
    Clock,
    Processors,
    Memory,
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
    let mut table = report::HEAD.to_owned();
    for group in groups::ALL {
        if words.iter().all(|word| group.name.contains(word.as_str())) {
            let mut measured = place.run(group.script)?;
            if let Some(alone) = group.alone {
                measured.extend(alone(place.folder())?);
            }
            print!("{}", report::cases(group, &measured));
            table += &report::rows(group, &measured)?;
        }
    }
    print!("{table}");
    Ok(())
}
