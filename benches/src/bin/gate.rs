//! Counts instructions and compares them with the baseline: 20 % more warns, 50 % more fails.
//!
//! `gate [WORD]` takes only the workloads whose name has the word. `gate --record` prints the section for
//! `thresholds.toml` instead of comparing, `--thresholds FILE` compares with another file. `gate programs` does the same
//! for the programs as they ship: their size, start, memory and answers.

use std::{env, path::Path, process::ExitCode};

use anyhow::{Context, Result, bail};
use ulid_benches::gate::{self, Thresholds, Verdict, programs};

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--work", name, runs] => {
            gate::work(name, runs.parse().context("how many runs")?)?;
            Ok(ExitCode::SUCCESS)
        }
        ["--record"] => record(),
        ["programs", "--record"] => record_programs(),
        ["programs"] => compare_programs(Path::new(gate::FILE)),
        ["programs", "--thresholds", file] => compare_programs(Path::new(file)),
        [] => compare(Path::new(gate::FILE), ""),
        ["--thresholds", file] => compare(Path::new(file), ""),
        ["--thresholds", file, word] => compare(Path::new(file), word),
        [word] if !word.starts_with('-') => compare(Path::new(gate::FILE), word),
        _ => bail!("gate [programs] [--record | [--thresholds FILE] [WORD]]"),
    }
}

fn record() -> Result<ExitCode> {
    for (kernel, works) in gate::count("")? {
        println!("[instructions.baseline.{kernel}]");
        for (work, count) in works {
            println!("{work:?} = {count:.1}");
        }
        println!();
    }
    Ok(ExitCode::SUCCESS)
}

fn record_programs() -> Result<ExitCode> {
    for (name, figure) in programs::measure()? {
        println!("{name:?} = {figure:.1}");
    }
    Ok(ExitCode::SUCCESS)
}

fn compare_programs(file: &Path) -> Result<ExitCode> {
    if let Some(code) = without_valgrind() {
        return Ok(code);
    }
    let thresholds = programs::Thresholds::read(file)?;
    let mut worst = Verdict::Pass;
    for (name, figure) in programs::measure()? {
        let (verdict, against) = thresholds.verdict(&name, figure);
        println!("{verdict:?}: {name}: {figure:.1}, {against}");
        worst = worst.max(verdict);
    }
    Ok(code_of(worst))
}

/// How to end where valgrind is missing: in CI nothing may be.
fn without_valgrind() -> Option<ExitCode> {
    if gate::has_valgrind() {
        return None;
    }
    eprintln!("NOT RUN: instruction counts: valgrind is missing, Debian has it");
    Some(ExitCode::from(u8::from(env::var_os("CI").is_some())))
}

fn code_of(worst: Verdict) -> ExitCode {
    match worst {
        Verdict::Fail => ExitCode::FAILURE,
        Verdict::Pass | Verdict::Warn => ExitCode::SUCCESS,
    }
}

fn compare(file: &Path, word: &str) -> Result<ExitCode> {
    if let Some(code) = without_valgrind() {
        return Ok(code);
    }
    let thresholds = Thresholds::read(file)?;
    let mut worst = Verdict::Pass;
    for (kernel, works) in gate::count(word)? {
        for (work, count) in works {
            let (verdict, times) = thresholds.verdict(&kernel, &work, count);
            println!(
                "{verdict:?}: {work}, {kernel}: {count:.1} instructions, {times:.2} of the baseline"
            );
            worst = worst.max(verdict);
        }
    }
    Ok(code_of(worst))
}
