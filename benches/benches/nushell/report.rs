//! What was measured, as Markdown.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use crate::{Aim, Group, Limit, session::Measured};

/// A table with a row for each case, and what its aim says.
pub(crate) fn markdown(group: &Group, measured: &[Measured]) -> Result<String> {
    let mut text = format!(
        "### {}\n\n| case | clock | processors | memory | reached | aim | |\n|---|--:|--:|--:|--:|--:|---|\n",
        group.name
    );
    for case in measured {
        let aims = group.aims.iter().filter(|aim| aim.case == case.name);
        let aims = aims
            .map(|aim| verdict(aim, measured))
            .collect::<Result<Vec<String>>>()?;
        let aims = match aims.is_empty() {
            true => "| | | |".to_owned(),
            false => aims.join("\n| | | | | "),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} {aims}",
            case.name,
            time(case.clock_ns),
            time(case.processor_ns),
            case.bytes.map(bytes).unwrap_or_default()
        );
    }
    let _ = writeln!(text, "\nTimes are for {}.\n", group.operation);
    Ok(text)
}

fn verdict(aim: &Aim, measured: &[Measured]) -> Result<String> {
    let case = |name: &str| {
        let found = measured.iter().find(|case| case.name == name);
        found.with_context(|| format!("no case {name:?}"))
    };
    let this = case(aim.case)?;
    let missing = || format!("{} was not measured", aim.case);
    let (reached, limit, shown, aimed) = match aim.limit {
        Limit::Times(times, than) => {
            let than = case(than)?.processor_ns.with_context(missing)?;
            let reached = this.processor_ns.with_context(missing)? / than;
            (
                reached,
                times,
                format!("{reached:.2}x"),
                format!("{times:.2}x"),
            )
        }
        Limit::Nanoseconds(ns) => {
            let reached = this.clock_ns.with_context(missing)?;
            (reached, ns, time(Some(reached)), time(Some(ns)))
        }
        Limit::Bytes(limit) => {
            let reached = this.bytes.with_context(missing)?;
            (reached, limit, bytes(reached), bytes(limit))
        }
    };
    let met = if reached <= limit { "met" } else { "missed" };
    Ok(format!("| {shown} | {aimed} | {met} |"))
}

fn time(ns: Option<f64>) -> String {
    match ns {
        None => String::new(),
        Some(ns) if ns < 100.0 => format!("{ns:.1} ns"),
        Some(ns) if ns < 1e5 => format!("{:.2} µs", ns / 1e3),
        Some(ns) => format!("{:.1} ms", ns / 1e6),
    }
}

fn bytes(count: f64) -> String {
    format!("{:.1} MB", count / 1e6)
}
