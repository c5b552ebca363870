//! Output of the program without a screen: rows, figures, flaws.

mod groups;
mod rows;
mod writers;

use std::{
    io::{self, BufWriter, IsTerminal as _, Write},
    process::ExitCode,
};

use serde_json::json;
use ulid_engine::{
    RowSet, Timestamp, Ulid, codec,
    compare::{Comparison, Relation},
    dataset::{Row, RowRef},
    progress::Progress,
    query::{Query, QueryErrorKind},
    row::{FLAWS, Flaw, duration},
    stats::{OrderReason, Summary},
    timestamp::TimeZone,
    visible::{Visible, visible},
};

use crate::{
    asked::FileOptionError,
    cli::{Arguments, Picked, StatsKind},
    findings::Findings,
    records::{Kind, Spool, Writing, rfc3339},
    rows::{Rows, Source},
    state::State,
};

/// True if the source is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing was looked for, or nothing found.
    Fine,
    /// There are flaws.
    Flawed,
}

/// Writes what the arguments ask for to stdout.
///
/// # Errors
///
/// If the source cannot be read to its end, or stdout takes no more. That a reader such as `head` has seen enough is no
/// error.
pub(crate) fn write(arguments: &Arguments, source: &Source) -> anyhow::Result<Verdict> {
    if let Some(hint) = &source.layout().hint {
        eprintln!("ulid-tui: {}", visible(hint));
    }
    let mut out = stdout();
    let written = write_to(&mut out, arguments, source).and_then(|verdict| {
        out.flush()?;
        // what was written is not all there should be
        source
            .extent()
            .error
            .map_or(Ok(verdict), |error| Err(error.into()))
    });
    match written {
        Err(error) if is_broken_pipe(&error) => Ok(Verdict::Fine),
        other => other,
    }
}

/// Standard output. On a terminal, data is shown and never obeyed; programs get it as it is.
fn stdout() -> Box<dyn Write + Send> {
    let out = io::stdout();
    match out.is_terminal() {
        true => Box::new(BufWriter::new(Visible::new(out))),
        false => Box::new(BufWriter::new(out)),
    }
}

/// Writes a text to stdout, or as much of it as a reader such as `head` wants.
///
/// # Errors
///
/// [`io::Error`] if stdout takes no more for another reason.
pub(crate) fn write_text(text: &[u8]) -> anyhow::Result<ExitCode> {
    let mut out = stdout();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Writes new IDs to stdout, one a line, each larger than the one before, or as many as a reader such as `head` wants.
///
/// # Errors
///
/// [`io::Error`] if stdout takes no more for another reason.
pub(crate) fn write_new(count: u64) -> anyhow::Result<ExitCode> {
    let mut out = stdout();
    let mut write = || -> io::Result<()> {
        for _ in 0..count {
            writeln!(out, "{}", codec::print(Ulid::generate_ascending()))?;
        }
        out.flush()
    };
    match write() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// Writes the IDs of the rows picked to stdout, one a line, in the form shown, or the numbers of these rows: of the marked
/// ones, or else of the one under the cursor.
///
/// # Errors
///
/// If the rows cannot be read, or stdout takes no more.
pub(crate) fn write_picked(state: &State, picked: Option<Picked>) -> anyhow::Result<ExitCode> {
    let (view, source) = (state.view(), state.source());
    let writing = Writing::of(Kind::Lines, view.form, &view.zone, source.layout());
    let text_of = |rows: Rows<'_, '_>| match picked {
        Some(Picked::Rows) => Ok(Spool::from(numbers(rows))),
        Some(Picked::Ids) | None => writing.text(rows),
    };
    let mut text = Vec::new();
    match state.marked()? {
        Some(listing) => source.scan_listing(
            &listing,
            &Progress::new(),
            text_of,
            |part| -> anyhow::Result<()> { Ok(part?.write_to(&mut text)?) },
        )?,
        None => {
            let row = state.current_row();
            text_of(&mut row.iter().map(Row::borrow))?.write_to(&mut text)?;
        }
    }
    write_text(&text)
}

/// The numbers of rows, one a line.
fn numbers(rows: Rows<'_, '_>) -> Vec<u8> {
    rows.map(|row| format!("{}\n", row.number()))
        .collect::<String>()
        .into_bytes()
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

fn write_to(
    out: &mut (impl Write + Send),
    arguments: &Arguments,
    source: &Source,
) -> anyhow::Result<Verdict> {
    if arguments.asked.explain {
        write_explanation(out, arguments, source)?;
        return Ok(Verdict::Fine);
    }
    if arguments.export.is_some() || arguments.repair.is_some() {
        rows::export(out, arguments, source)?;
        return Ok(Verdict::Fine);
    }
    let mut verdict = Verdict::Fine;
    let condition = condition(arguments, source)?;
    if let (Some(kind), Some(_)) = (arguments.stats, arguments.diff) {
        let comparison = source.compare(&Progress::new())?;
        let selection = match &condition {
            Some(query) => Some(source.select(query, 0, &Progress::new())?),
            None => None,
        };
        write_comparison(out, &comparison, selection.as_ref(), kind)?;
    } else if let Some(kind) = arguments.stats {
        match &arguments.asked.by {
            Some(by) => writers::write(out, arguments, source, by, condition.as_ref())?,
            None => {
                let findings = source.wait_and_audit(condition.as_ref())?;
                let is_whole = condition.is_none() && findings.summary.out_of_order > 0;
                let reason = if is_whole {
                    source.order_reason()?
                } else {
                    None
                };
                write_stats(
                    out,
                    &findings,
                    reason.as_ref(),
                    kind,
                    &arguments.time_zone()?,
                )?;
            }
        }
    }
    if let Some(flaws) = &arguments.check {
        let mut findings = source.wait_and_audit(condition.as_ref())?;
        if let Some(by) = &arguments.asked.by {
            let zone = arguments.time_zone()?;
            let duplicates = &findings.duplicates;
            let now = Timestamp::now();
            let (_, audit) =
                source.writers(by, condition.as_ref(), Some(duplicates), now, &zone)?;
            findings.flaws.out_of_order = audit.out_of_order;
            findings.flaws.gaps = audit.gaps;
        }
        verdict = write_flaws(out, source, &findings, flaws)?;
    }
    if arguments.asked.groups() {
        groups::write(out, arguments, source)?;
    } else if let Some(kind) = arguments.printed() {
        rows::write(out, arguments, source, kind)?;
    }
    Ok(verdict)
}

/// The condition that rows have to meet, if there is one.
fn condition(arguments: &Arguments, source: &Source) -> anyhow::Result<Option<Query>> {
    let (zone, now) = (arguments.time_zone()?, Timestamp::now());
    let query = |text: &str| source.query(text, now, &zone);
    let filter = arguments.filter.as_deref().map(query).transpose()?;
    let memberships = arguments.asked.memberships();
    // The place of an error is one in a text that nobody wrote.
    let refused = |reason| FileOptionError {
        option: "--in, --not-in",
        reason: match reason {
            QueryErrorKind::Unknown { name, .. } => QueryErrorKind::File(format!(
                "these rows have no column {name:?}; the name behind the colon is that of a column that both have"
            )),
            other => other,
        },
    };
    let mut memberships = memberships.map(|text| query(&text).map_err(|e| refused(e.kind)));
    memberships.try_fold(filter, |all, next| {
        let next = next?;
        Ok(Some(match all {
            Some(others) => others.and(next),
            None => next,
        }))
    })
}

/// Writes how the condition was read.
fn write_explanation(
    out: &mut impl Write,
    arguments: &Arguments,
    source: &Source,
) -> anyhow::Result<()> {
    let zone = arguments.time_zone()?;
    for sentence in condition(arguments, source)?
        .iter()
        .flat_map(|query| query.explain(&zone))
    {
        writeln!(out, "{sentence}")?;
    }
    Ok(())
}

/// Lists the rows with flaws in the order of the source, a line for each.
fn write_flaws(
    out: &mut impl Write,
    source: &Source,
    findings: &Findings,
    flaws: &[Flaw],
) -> anyhow::Result<Verdict> {
    let all = flaws
        .iter()
        .fold(RowSet::new(), |all, &flaw| all | findings.rows(flaw));
    let texts = |rows: Rows<'_, '_>| -> Vec<(u64, u64, Vec<String>)> {
        let texts = |row: RowRef<'_>| {
            let number = source.number_of(row.index) as u64;
            (row.offset, number, flaws_of(&row, findings, flaws))
        };
        rows.map(texts).collect()
    };
    let mut places = source.places();
    let rows = all.iter().filter_map(|row| usize::try_from(row).ok());
    source.scan_rows(
        rows,
        &Progress::new(),
        texts,
        |rows| -> anyhow::Result<()> {
            for (offset, number, texts) in rows {
                let place = places.find(offset, number)?;
                for text in texts {
                    writeln!(out, "{place}: {text}")?;
                }
            }
            Ok(())
        },
    )?;
    Ok(if all.is_empty() {
        Verdict::Fine
    } else {
        Verdict::Flawed
    })
}

/// The flaws of a row that are looked for, each as a text.
fn flaws_of(row: &RowRef<'_>, findings: &Findings, flaws: &[Flaw]) -> Vec<String> {
    let text = crate::text::harmless(row.id_text().as_bytes());
    let has = |flaw: &&Flaw| findings.rows(**flaw).contains(row.index as u64);
    let of_flaw = |flaw: &Flaw| match &row.id {
        Err(_) if text.is_empty() => row.reason().unwrap_or_default(),
        Err(_) => format!("{}: {text:?}", row.reason().unwrap_or_default()),
        Ok(_) => format!("{}: {text}", flaw.entry().label),
    };
    flaws.iter().filter(has).map(of_flaw).collect()
}

fn write_stats(
    out: &mut impl Write,
    findings: &Findings,
    reason: Option<&OrderReason>,
    kind: StatsKind,
    zone: &TimeZone,
) -> io::Result<()> {
    let summary = &findings.summary;
    let verdict = findings.verdict;
    let time =
        |id: Option<ulid_engine::Ulid>| id.map(|id| rfc3339(Timestamp::of(id), zone).to_string());
    let (earliest, latest) = (time(summary.smallest), time(summary.largest));
    let uuids_v7 = summary.uuids_v7();
    let back_ms = summary.worst_step_back.map(|step| step.ms);
    match kind {
        StatsKind::Json => {
            let mut object = json!({
                "rows": summary.rows(),
                "valid": summary.valid,
                "faults": faults(summary),
                "without_id": summary.without,
                "further_ids": summary.further,
                "uuids_v7": uuids_v7,
                "order": reason.map(OrderReason::code),
                "worst_step_back_ms": back_ms,
                "earliest": earliest,
                "latest": latest,
                "randomness": verdict.code(),
                "randomness_is_weak": verdict.is_weak(),
            });
            for entry in &FLAWS {
                object[entry.name] = findings.rows(entry.flaw).len().into();
            }
            writeln!(out, "{object}")
        }
        StatsKind::Text => {
            let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
            let ulids = match uuids_v7 {
                0 => 0,
                _ => summary.valid.saturating_sub(uuids_v7),
            };
            let of_some = [
                ("without an ID", summary.without),
                ("further IDs", summary.further),
                ("UUIDv7", uuids_v7),
                ("ULIDs", ulids),
            ];
            let mut lines = vec![
                ("rows", summary.rows().to_string()),
                ("valid", summary.valid.to_string()),
            ];
            for entry in &FLAWS {
                let rows = findings.rows(entry.flaw).len();
                lines.push((entry.label, rows.to_string()));
            }
            let back = back_ms.map(|ms| duration(ms.cast_signed()).to_string());
            lines.extend([
                ("worst step back", or_none(back)),
                ("earliest", or_none(earliest)),
                ("latest", or_none(latest)),
                ("randomness", verdict.to_string()),
            ]);
            for (label, figure) in lines {
                writeln!(out, "{label:17} {figure}")?;
            }
            // only text and UUIDs have them
            for (label, figure) in of_some.into_iter().filter(|(_, figure)| *figure > 0) {
                writeln!(out, "{label:17} {figure}")?;
            }
            // only rows that are in another order have one
            match reason {
                Some(reason) => writeln!(out, "{:17} {reason}", "order"),
                None => Ok(()),
            }
        }
    }
}

fn write_comparison(
    out: &mut impl Write,
    comparison: &Comparison,
    selection: Option<&RowSet>,
    kind: StatsKind,
) -> io::Result<()> {
    let count = |relation| match selection {
        Some(rows) => comparison.count_among(relation, rows),
        None => comparison.count(relation),
    };
    let (first, second) = (count(Relation::First), count(Relation::Second));
    let (both, moved) = (count(Relation::Both), count(Relation::Moved));
    let (changed, repaired) = (count(Relation::Changed), comparison.repaired());
    match kind {
        StatsKind::Json => {
            let object = json!({
                "first": first, "second": second, "both": both, "changed": changed, "moved": moved,
                "repaired": repaired,
            });
            writeln!(out, "{object}")
        }
        StatsKind::Text => {
            for (label, figure) in [
                ("only in first", first),
                ("only in second", second),
                ("in both", both),
                ("changed", changed),
                ("in other order", moved),
            ] {
                writeln!(out, "{label:17} {figure}")?;
            }
            match repaired {
                0 => Ok(()),
                _ => writeln!(
                    out,
                    "{:17} {repaired} broken IDs, as what they most likely stood for",
                    "matched"
                ),
            }
        }
    }
}

fn faults(summary: &Summary) -> serde_json::Value {
    json!({
        "length": summary.faults.length,
        "character": summary.faults.character,
        "overflow": summary.faults.overflow,
        "uuid": summary.faults.uuid,
        "absent": summary.faults.absent,
    })
}
