//! Results as Markdown: the time of each case, and in the end the table that the guide shows.

use std::fmt::Write as _;

use anyhow::{Context, Result};

use crate::{Aim, Figure, Group, Limit, session::Measured};

/// A table with a row for each case.
pub(crate) fn cases(group: &Group, measured: &[Measured]) -> String {
    let mut text = format!(
        "### {}\n\n| case | clock | processors | memory |\n|---|--:|--:|--:|\n",
        group.name
    );
    for case in measured {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            case.name,
            case.clock_ns.map(time).unwrap_or_default(),
            case.processor_ns.map(time).unwrap_or_default(),
            case.bytes.map(bytes).unwrap_or_default()
        );
    }
    let _ = writeln!(text, "\nTimes are for {}.\n", group.operation);
    text
}

/// The head of the table that the guide shows.
pub(crate) const HEAD: &str = "| what | case | reached | aim | |\n|---|---|--:|--:|---|\n";

/// The rows of a group in the table that the guide shows: one for each aim.
pub(crate) fn rows(group: &Group, measured: &[Measured]) -> Result<String> {
    let mut text = String::new();
    for (index, aim) in group.aims.iter().enumerate() {
        let name = if index == 0 { group.name } else { "" };
        let _ = writeln!(
            text,
            "| {name} | {} | {}",
            aim.case,
            verdict(aim, measured)?
        );
    }
    Ok(text)
}

fn verdict(aim: &Aim, measured: &[Measured]) -> Result<String> {
    let figure = |name: &str, figure: Figure| {
        let found = measured.iter().find(|case| case.name == name);
        found
            .and_then(|case| match figure {
                Figure::Clock => case.clock_ns,
                Figure::Processors => case.processor_ns,
                Figure::Memory => case.bytes,
            })
            .with_context(|| format!("{figure:?} of {name:?} was not measured"))
    };
    let (reached, limit, show): (f64, f64, fn(f64) -> String) = match aim.limit {
        Limit::Times(times, of, than) => {
            (figure(aim.case, of)? / figure(than, of)?, times, |times| {
                format!("{times:.2}x")
            })
        }
        Limit::Nanoseconds(ns) => (figure(aim.case, Figure::Clock)?, ns, time),
        Limit::PerSecond(millions) => {
            let reached = 1e3 / figure(aim.case, Figure::Clock)?;
            let met = judged(reached >= millions);
            return Ok(format!("{reached:.1} M/s | {millions:.1} M/s | {met} |"));
        }
        Limit::Bytes(limit) => (figure(aim.case, Figure::Memory)?, limit, bytes),
        Limit::Scaled(ns, than, than_ns) => (
            figure(aim.case, Figure::Clock)?,
            ns * figure(than, Figure::Clock)? / than_ns,
            time,
        ),
    };
    let met = judged(reached <= limit);
    Ok(format!("{} | {} | {met} |", show(reached), show(limit)))
}

fn judged(met: bool) -> &'static str {
    if met { "met" } else { "missed" }
}

fn time(ns: f64) -> String {
    if ns < 100.0 {
        format!("{ns:.1} ns")
    } else if ns < 1e5 {
        format!("{:.2} µs", ns / 1e3)
    } else {
        format!("{:.2} ms", ns / 1e6)
    }
}

fn bytes(count: f64) -> String {
    format!("{:.1} MB", count / 1e6)
}
