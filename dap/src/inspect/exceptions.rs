//! Flaws as exceptions: filters to stop at them, and what is wrong with the row at hand.

use dap::{
    events::{BreakpointEventBody, Event},
    requests::{ExceptionInfoArguments, SetExceptionBreakpointsArguments},
    responses::{ExceptionInfoResponse, ResponseBody, SetExceptionBreakpointsResponse},
    types::{
        Breakpoint, BreakpointEventReason, ExceptionBreakMode, ExceptionBreakpointsFilter,
        ExceptionDetails,
    },
};
use ulid_engine::{
    RowSet, Timestamp,
    dataset::{ReadError, Row},
    row::{FLAWS, Flaw, FlawEntry, KeyStep, RowSource as _, duration},
    stats::Limits,
};

use super::{
    breakpoints::{HitCondition, Live, What, When, split_log},
    job::Job,
    refusal::Refusal,
    scan::{Goal, Scan, Tally, Way},
    session::{Answer, Reply, Session, check_thread},
    table::Table,
};

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

impl Session {
    pub(super) fn set_exception_breakpoints(
        &mut self,
        arguments: &SetExceptionBreakpointsArguments,
    ) -> Reply {
        self.breakpoints.clear(|what| matches!(what, What::Flaw(_)));
        self.has_filters = true;
        let table = self.program.as_ref().map(|program| program.table.clone());
        let now = (self.clock)();
        let at = self.program.as_ref().map_or(0, |program| program.at);
        let told = |flaw| {
            let table = table.as_ref().filter(|table| is_known(table, flaw))?;
            Some(found(table, flaw, at))
        };
        let set = |(name, text): (&str, Option<&str>)| {
            let (text, log) = text.map_or((None, None), split_log);
            let (condition, hit) = text.map_or((None, None), HitCondition::split);
            let when = When {
                condition,
                hit,
                log,
                name: None,
                table: table.as_ref(),
                now,
            };
            match Flaw::named(name) {
                Some(flaw) => {
                    let set = self.breakpoints.add(What::Flaw(flaw), when);
                    let is_plain = set.message.is_none() && condition.is_none();
                    let told = is_plain.then(|| told(flaw)).flatten();
                    if let (Some(id), Some(words)) = (set.id, &told) {
                        self.breakpoints.has_told(id, words);
                    }
                    Breakpoint {
                        message: told.or(set.message.clone()),
                        ..set
                    }
                }
                None => Breakpoint {
                    message: Some(format!("there is no filter {name:?}")),
                    ..Breakpoint::default()
                },
            }
        };
        let plain = arguments.filters.iter().map(|name| (name.as_str(), None));
        let options = arguments.filter_options.as_deref().unwrap_or_default();
        let options = options
            .iter()
            .map(|option| (option.filter_id.as_str(), option.condition.as_deref()));
        let breakpoints = plain.chain(options).map(set).collect();
        self.breakpoints.publish();
        self.count_hits();
        Reply::Body(ResponseBody::SetExceptionBreakpoints(
            SetExceptionBreakpointsResponse {
                breakpoints: Some(breakpoints),
            },
        ))
    }

    pub(super) fn exception_info(&self, arguments: &ExceptionInfoArguments) -> Answer {
        check_thread(arguments.thread_id)?;
        let program = self.standing()?;
        let mut flaws = flaws_of(&program.table, program.at)?;
        // what is no fault is told if somebody asked for it
        flaws.retain(|&(flaw, _)| flaw != Flaw::SameMillisecond || self.breakpoints.stops_at(flaw));
        // the program stands because of those that a filter is set for
        flaws.sort_by_key(|&(flaw, _)| !self.breakpoints.stops_at(flaw));
        let Some((first, _)) = flaws.first() else {
            return Err(Refusal::NoException);
        };
        let mut sentences: Vec<&str> = flaws.iter().map(|(_, words)| words.as_str()).collect();
        sentences.dedup();
        let description = sentences.join("; ");
        Ok(Reply::Body(ResponseBody::ExceptionInfo(
            ExceptionInfoResponse {
                exception_id: first.entry().name.to_owned(),
                description: Some(description.clone()),
                break_mode: ExceptionBreakMode::Always,
                details: Some(ExceptionDetails {
                    message: Some(description),
                    type_name: Some(first.entry().name.to_owned()),
                    ..ExceptionDetails::default()
                }),
            },
        )))
    }
}

impl Session {
    /// Begins to count the rows that meet conditions, functions and watched fields. What was begun before is given up.
    pub(super) fn count_hits(&mut self) {
        self.cancel_counts();
        let Some(program) = &self.program else {
            return;
        };
        let table = &program.table;
        let stops = self.breakpoints.countable();
        // of rows to come nobody knows, and an ID that was put in place is not in the file
        if stops.is_empty() || table.is_endless() || table.is_changed() {
            return;
        }
        let live = Live::of(stops);
        let scan = Scan::new(table.clone(), Way::ForwardFrom(0), Goal::Farthest, live);
        self.start(Job::Count(scan), None);
    }

    /// Keeps the rows that meet breakpoints, and tells how many they are.
    pub(super) fn counted(&mut self, tallies: Vec<Tally>) {
        for tally in tallies {
            self.breakpoints.keep_rows(tally.id, tally.rows);
        }
        self.tell_places();
    }

    /// Tells how many rows meet each breakpoint, and where the next is from here, where that is news.
    pub(super) fn tell_places(&mut self) {
        let Some(program) = &self.program else {
            return;
        };
        let (table, at) = (program.table.clone(), program.at);
        // an ID that was put in place is not in the file
        if table.is_changed() {
            return;
        }
        let of_rows = |rows: &RowSet| {
            let next = rows.select(rows.rank(at as u64));
            words(
                &table,
                rows.len(),
                next.and_then(|row| usize::try_from(row).ok()),
            )
        };
        let of_flaw = |flaw| is_known(&table, flaw).then(|| found(&table, flaw, at));
        for (id, message) in self.breakpoints.news(of_rows, of_flaw) {
            self.tell_breakpoint(id, message);
        }
    }

    fn tell_breakpoint(&mut self, id: i64, message: String) {
        self.send(Event::Breakpoint(BreakpointEventBody {
            reason: BreakpointEventReason::Changed,
            breakpoint: Breakpoint {
                id: Some(id),
                verified: true,
                message: Some(message),
                ..Breakpoint::default()
            },
        }));
    }
}

/// True if all rows with a flaw that there will be are known.
fn is_known(table: &Table, flaw: Flaw) -> bool {
    table.survey.knows(flaw) && !table.is_endless()
}

/// Number of rows with a flaw, and the line of the next, as a sentence.
fn found(table: &Table, flaw: Flaw, at: usize) -> String {
    let (count, next) = table.survey.count_from(flaw, at + 1);
    words(table, count, next)
}

fn words(table: &Table, count: u64, next: Option<usize>) -> String {
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
        (Flaw::Invalid | Flaw::Overflow, Err(fault), ..) => fault.to_string(),
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
