//! Flaws as exceptions: filters to stop at them, and what is wrong with the row at hand.

use dap::{
    events::{BreakpointEventBody, Event},
    requests::{ExceptionInfoArguments, SetExceptionBreakpointsArguments},
    responses::{ExceptionInfoResponse, ResponseBody, SetExceptionBreakpointsResponse},
    types::{Breakpoint, BreakpointEventReason, ExceptionBreakMode, ExceptionDetails},
};
use ulid_engine::{RowSet, row::Flaw};

use crate::inspect::{
    breakpoints::{What, When, split_log},
    flaws::{flaws_of, found, is_known, words},
    job::Job,
    refusal::Refusal,
    scan::{Goal, HitCondition, Live, Scan, Tally, Way},
    session::{Answer, Reply, Session, check_thread},
};

impl Session {
    pub(in crate::inspect) fn set_exception_breakpoints(
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

    pub(in crate::inspect) fn exception_info(&self, arguments: &ExceptionInfoArguments) -> Answer {
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
    pub(in crate::inspect) fn count_hits(&mut self) {
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
    pub(in crate::inspect) fn counted(&mut self, tallies: Vec<Tally>) {
        for tally in tallies {
            self.breakpoints.keep_rows(tally.id, tally.rows);
        }
        self.tell_places();
    }

    /// Tells how many rows meet each breakpoint, and where the next is from here, where that is news.
    pub(in crate::inspect) fn tell_places(&mut self) {
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
