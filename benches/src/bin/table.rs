//! Measures every group, and the memory of work on files, and prints the aims with what was reached, as Markdown.
//!
//! `table [--quick] [WORD]` takes only what has the word in its name.

use std::{env, path::Path, process::ExitCode};

use ulid_benches::{
    group::Effort,
    memory::{self, Peak},
    report, subject,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if let [memory::CHILD, name, file] =
        arguments.iter().map(String::as_str).collect::<Vec<_>>()[..]
    {
        return child(name, Path::new(file));
    }
    let (options, words): (Vec<String>, Vec<String>) = arguments
        .into_iter()
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
    let asked_for = |name: &str| words.iter().all(|word| name.contains(word));
    let groups = subject::ALL.iter().copied().flatten();
    let measured: Vec<_> = groups
        .filter(|work| asked_for(work.name))
        .map(|work| {
            eprintln!("{} ...", work.name);
            work.group().measure(effort)
        })
        .collect();
    let works = memory::ALL.iter().filter(|work| asked_for(work.name));
    let peaks: Vec<Peak> = works.filter_map(peak).collect();
    print!("{}", report::markdown(&measured, &peaks));
    ExitCode::SUCCESS
}

fn peak(work: &memory::Work) -> Option<Peak> {
    eprintln!("{} ...", work.name);
    match work.measure() {
        Ok(peak) => Some(peak),
        Err(error) => {
            eprintln!("NOT MEASURED: {}: {error:#}", work.name);
            None
        }
    }
}

fn child(name: &str, file: &Path) -> ExitCode {
    match memory::peak_of(name, file) {
        Ok(bytes) => {
            println!("{bytes}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
