//! Flaws of rows in words: the filters that stop at them, and what is wrong with a row.

use dap::types::ExceptionBreakpointsFilter;
use ulid_engine::{
    Timestamp,
    dataset::{ReadError, Row},
    row::{FLAWS, Flaw, FlawEntry, KeyStep, RowSource as _, duration},
    stats::Limits,
};

use super::table::Table;

/// The words in the field beside a filter.
const CONDITION: &str = "A condition (time > \"2026-01-01\"), a hit count (% 100), or both (line > 9; >= 5), and what to write (log: {time})";

/// Flaws whose filters are set unless a person takes them away.
const USUAL: [Flaw; 2] = [Flaw::Invalid, Flaw::Overflow];

/// The same, for a client that sets no filters.
pub(super) fn usual() -> Vec<Flaw> {
    USUAL.to_vec()
}

/// The filters as a client offers them.
pub(super) fn filters() -> Vec<ExceptionBreakpointsFilter> {
    // sentences speak of the gap, and not of the time
    let limits = Limits::at(Timestamp::MIN);
    let filter = |entry: &FlawEntry| ExceptionBreakpointsFilter {
        filter: entry.name.to_owned(),
        label: label(entry),
        description: Some(entry.flaw.sentence(limits)),
        supports_condition: Some(true),
        condition_description: Some(CONDITION.to_owned()),
        default: Some(USUAL.contains(&entry.flaw)),
    };
    FLAWS.iter().map(filter).collect()
}

/// Label of a flaw as an editor lists it: `Out of order`.
fn label(entry: &FlawEntry) -> String {
    let mut letters = entry.label.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// True if all rows with a flaw that there will be are known.
pub(super) fn is_known(table: &Table, flaw: Flaw) -> bool {
    table.survey.knows(flaw) && !table.is_endless()
}

/// Number of rows with a flaw, and the line of the next, as a sentence.
pub(super) fn found(table: &Table, flaw: Flaw, at: usize) -> String {
    let (count, next) = table.survey.count_from(flaw, at + 1);
    words(table, count, next)
}

pub(super) fn words(table: &Table, count: u64, next: Option<usize>) -> String {
    let rows = counted(count);
    match next {
        Some(next) => format!("{rows}, the next on line {}", table.line(next)),
        None if count == 0 => "no row".to_owned(),
        None => format!("{rows}, none of them further on"),
    }
}

/// A number of rows: `1 row`, `12 rows`.
pub(super) fn counted(rows: u64) -> String {
    match rows {
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    }
}

/// The flaws of a row, each with a sentence. A duplicate is one of them once duplicates are known.
pub(super) fn flaws_of(table: &Table, at: usize) -> Result<Vec<(Flaw, String)>, ReadError> {
    let limits = table.survey.limits;
    let Some(row) = table.row(at)? else {
        return Ok(Vec::new());
    };
    let before = table.valid_before(at)?;
    let valid_before = before.as_ref().and_then(|row| row.id.ok());
    let keys = KeyStep::to(&row.borrow(), valid_before);
    let has = |flaw: Flaw| {
        if table.survey.is_by_writer(flaw) {
            return table.survey.has_by_writer(flaw, at).unwrap_or(false);
        }
        let on_keys = flaw.is_at(&keys, limits);
        on_keys.or_else(|| table.is_duplicate(at)).unwrap_or(false)
    };
    let line = before.map(|row| table.line(row.index));
    // that a copy has the same millisecond goes without saying
    let is_implied = |flaw| flaw == Flaw::SameMillisecond && has(Flaw::Duplicate);
    let found = FLAWS.iter().map(|entry| entry.flaw);
    let found = found.filter(|&flaw| has(flaw) && !is_implied(flaw));
    let mut flaws: Vec<(Flaw, String)> = found
        .map(|flaw| (flaw, sentence(table, flaw, &row, &keys, line)))
        .collect();
    // an overflow says more than that a row is invalid
    flaws.sort_by_key(|(flaw, _)| *flaw != Flaw::Overflow);
    Ok(flaws)
}

/// Sentence about a flaw of a row; `line` is that of the last row with an ID before it.
fn sentence(table: &Table, flaw: Flaw, row: &Row, keys: &KeyStep, line: Option<i64>) -> String {
    let by = table.survey.by();
    if let Some(by) = by.filter(|_| table.survey.is_by_writer(flaw)) {
        return match flaw {
            Flaw::Gap => format!(
                "{} or more after the row before of the same {by}",
                duration(table.survey.limits.gap_ms.cast_signed())
            ),
            _ => format!("a smaller ID than the row before of the same {by}"),
        };
    }
    let apart = || {
        let (id, before) = (keys.id?, keys.valid_before?);
        let ms = id.timestamp_ms().abs_diff(before.timestamp_ms());
        Some(duration(ms.cast_signed()))
    };
    match (flaw, row.id, apart(), line) {
        (Flaw::Invalid | Flaw::Overflow, Err(_), ..) => row.reason().unwrap_or_default(),
        (Flaw::OutOfOrder, _, Some(apart), Some(line)) => format!("{apart} before line {line}"),
        (Flaw::Gap, _, Some(apart), Some(line)) => format!("{apart} after line {line}"),
        (Flaw::SameMillisecond, _, _, Some(line)) => {
            format!("the same millisecond as line {line}")
        }
        (Flaw::Duplicate, Ok(id), _, Some(line)) if keys.valid_before == Some(id) => {
            format!("the same ID as line {line}")
        }
        (Flaw::Duplicate, ..) => "an earlier row has the same ID".to_owned(),
        (Flaw::Future, Ok(id), ..) => {
            let now = table.time(table.survey.limits.now);
            format!("{} is later than now, {now}", table.time(Timestamp::of(id)))
        }
        _ => flaw.entry().label.to_owned(),
    }
}
