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
    Timestamp,
    codec::FaultKind,
    dataset::{ReadError, Row},
    stats::{Follows, Limits},
};

use super::{
    breakpoints::{HitCondition, What, When},
    refusal::Refusal,
    session::{Answer, Reply, Session, check_thread},
    survey::Flaw,
    table::Table,
};

/// What a person reads in the field beside a filter.
const CONDITION: &str =
    "A condition (time > \"2026-01-01\"), a hit count (% 100), or both (line > 9; >= 5)";

/// The filters as a client offers them.
pub(super) fn filters() -> Vec<ExceptionBreakpointsFilter> {
    let filter = |flaw: Flaw| ExceptionBreakpointsFilter {
        filter: flaw.name().to_owned(),
        label: flaw.label().to_owned(),
        description: Some(flaw.description().to_owned()),
        supports_condition: Some(true),
        condition_description: Some(CONDITION.to_owned()),
        default: Some(matches!(flaw, Flaw::Invalid | Flaw::Overflow)),
    };
    Flaw::ALL.into_iter().map(filter).collect()
}

impl Session {
    pub(super) fn set_exception_breakpoints(
        &mut self,
        arguments: &SetExceptionBreakpointsArguments,
    ) -> Reply {
        self.breakpoints.clear(|what| matches!(what, What::Flaw(_)));
        let table = self.program.as_ref().map(|program| program.table.clone());
        let now = (self.clock)();
        let at = self.program.as_ref().map_or(0, |program| program.at);
        let known = table.as_ref().filter(|table| is_known(table));
        let told = known.map(|table| move |flaw| found(table, flaw, at));
        let set = |(name, text): (&str, Option<&str>)| {
            let (condition, hit) = text.map_or((None, None), HitCondition::split);
            let when = When {
                condition,
                hit,
                log: None,
                name: None,
                table: table.as_ref(),
                now,
            };
            let flaw = Flaw::ALL.into_iter().find(|flaw| flaw.name() == name);
            match flaw {
                Some(flaw) => {
                    let set = self.breakpoints.add(What::Flaw(flaw), when);
                    let told = told
                        .as_ref()
                        .filter(|_| set.message.is_none() && condition.is_none());
                    Breakpoint {
                        message: told.map(|told| told(flaw)).or(set.message.clone()),
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
        // the program stands because of those that a filter is set for
        flaws.sort_by_key(|&(flaw, _)| !self.breakpoints.stops_at(flaw));
        let Some((first, _)) = flaws.first() else {
            return Err(Refusal::NoException);
        };
        let sentences: Vec<&str> = flaws.iter().map(|(_, words)| words.as_str()).collect();
        let description = sentences.join("; ");
        Ok(Reply::Body(ResponseBody::ExceptionInfo(
            ExceptionInfoResponse {
                exception_id: first.name().to_owned(),
                description: Some(description.clone()),
                break_mode: ExceptionBreakMode::Always,
                details: Some(ExceptionDetails {
                    message: Some(description),
                    type_name: Some(first.name().to_owned()),
                    ..ExceptionDetails::default()
                }),
            },
        )))
    }
}

impl Session {
    /// Tells how many rows each filter meets, once the whole file was gone over.
    pub(super) fn tell_filters(&mut self) {
        let program = self.program.as_ref();
        let Some(program) = program.filter(|program| is_known(&program.table)) else {
            return;
        };
        let (table, at) = (program.table.clone(), program.at);
        for (id, flaw) in self.breakpoints.filters() {
            let breakpoint = Breakpoint {
                id: Some(id),
                verified: true,
                message: Some(found(&table, flaw, at)),
                ..Breakpoint::default()
            };
            self.send(Event::Breakpoint(BreakpointEventBody {
                reason: BreakpointEventReason::Changed,
                breakpoint,
            }));
        }
    }
}

/// True if the flaws of all rows that there will be are known.
fn is_known(table: &Table) -> bool {
    table.survey.is_complete() && !table.is_endless()
}

/// Number of rows with a flaw, and the line of the next, as a sentence.
fn found(table: &Table, flaw: Flaw, at: usize) -> String {
    let (count, next) = table.survey.count_from(flaw, at + 1);
    let rows = if count == 1 { "row" } else { "rows" };
    match next {
        Some(next) => format!("{count} {rows}, the next on line {}", table.line(next)),
        None if count == 0 => "no row".to_owned(),
        None => format!("{count} {rows}, none of them further on"),
    }
}

/// What is wrong with a row, each in one sentence.
pub(super) fn flaws_of(table: &Table, at: usize) -> Result<Vec<(Flaw, String)>, ReadError> {
    let limits = table.survey.limits;
    let Some(row) = table.row(at)? else {
        return Ok(Vec::new());
    };
    let id = match row.id {
        Ok(id) => id,
        Err(fault) => {
            let flaw = match fault.kind {
                FaultKind::Overflow => Flaw::Overflow,
                _ => Flaw::Invalid,
            };
            return Ok(vec![(flaw, fault.to_string())]);
        }
    };
    let mut flaws = Vec::new();
    if let Some(before) = table.valid_before(at)? {
        flaws.extend(step(&before, &row, table.line(before.index), limits));
    }
    if limits.is_future(id) {
        let words = format!("{} is later than now, {}", Timestamp::of(id), limits.now);
        flaws.push((Flaw::Future, words));
    }
    Ok(flaws)
}

/// What is wrong with the step from a valid row to the next.
fn step(before: &Row, row: &Row, line: i64, limits: Limits) -> Option<(Flaw, String)> {
    match limits.follows(before.id.ok()?, row.id.ok()?) {
        Follows::Repeats => Some((Flaw::Duplicate, format!("the same ID as line {line}"))),
        Follows::Back { ms } => Some((Flaw::OutOfOrder, format!("{ms} ms before line {line}"))),
        Follows::Gap { ms } => Some((Flaw::Gap, format!("{ms} ms after line {line}"))),
        Follows::Ahead { .. } => None,
    }
}
