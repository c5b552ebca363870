//! Breakpoints on lines of the file.

use dap::{
    events::{BreakpointEventBody, Event},
    requests::{BreakpointLocationsArguments, SetBreakpointsArguments},
    responses::{BreakpointLocationsResponse, ResponseBody, SetBreakpointsResponse},
    types::{Breakpoint, BreakpointEventReason, BreakpointLocation, Source},
};

use crate::inspect::{
    breakpoints::{Place, What, When},
    program::{Program, same_file},
    session::{Answer, Reply, Session},
};

/// Lines that one answer names.
const LOCATIONS_MAX: i64 = 10_000;

impl Session {
    pub(in crate::inspect) fn set_breakpoints(
        &mut self,
        arguments: &SetBreakpointsArguments,
    ) -> Reply {
        let source = &arguments.source;
        self.breakpoints
            .clear(|what| matches!(what, What::Line { source: set, .. } if same_file(set, source)));
        let wanted = arguments.breakpoints.as_deref().unwrap_or_default();
        let mut breakpoints = Vec::with_capacity(wanted.len());
        for breakpoint in wanted {
            let line = self.line_from_client(breakpoint.line);
            let found = self.find_place(source, line);
            let what = What::Line {
                source: source.clone(),
                line,
                place: found.as_ref().ok().copied(),
            };
            let table = self.program.as_ref().map(|program| program.table.clone());
            let when = When {
                condition: breakpoint.condition.as_deref(),
                hit: breakpoint.hit_condition.as_deref(),
                log: breakpoint.log_message.as_deref(),
                name: None,
                table: table.as_ref(),
                now: (self.clock)(),
            };
            let set = self.breakpoints.add(what, when);
            breakpoints.push(self.describe_line(set, source, line, found.err()));
        }
        self.breakpoints.publish();
        self.count_hits();
        Reply::Body(ResponseBody::SetBreakpoints(SetBreakpointsResponse {
            breakpoints,
        }))
    }

    /// Reads what is set again, for a file that was opened just now, and tells the client what of it can stop there.
    pub(in crate::inspect) fn verify_breakpoints(&mut self) {
        self.breakpoints.reset_hits();
        let table = self.program.as_ref().map(|program| program.table.clone());
        let now = (self.clock)();
        let mut changed = Vec::new();
        for set in &mut self.breakpoints.all {
            let before = set.problem.clone();
            (set.rows, set.told) = (None, None);
            set.read_terms(table.as_ref(), now);
            let is_line = matches!(set.what, What::Line { .. });
            if before != set.problem && !is_line {
                changed.push(Breakpoint {
                    id: Some(set.id),
                    verified: set.problem.is_none(),
                    message: set.problem.clone(),
                    ..Breakpoint::default()
                });
            }
        }
        for breakpoint in changed {
            self.send(Event::Breakpoint(BreakpointEventBody {
                reason: BreakpointEventReason::Changed,
                breakpoint,
            }));
        }
        self.find_rows(|_, _| true);
    }

    /// Tells the client of the breakpoints behind the last line, and of those whose row is another than was thought, once the file
    /// was read to its end: rows can take several lines.
    pub(in crate::inspect) fn find_lines_that_came(&mut self) {
        let Some(table) = self.program.as_ref().map(|program| program.table.clone()) else {
            return;
        };
        self.find_rows(|line, place| {
            let Some(Place::Row(row)) = place else {
                return false;
            };
            table.is_end(row)
                || table
                    .row_of_line(line)
                    .is_ok_and(|found| found != Some(row))
        });
    }

    /// Finds the rows of breakpoints again, those whose row is meant.
    fn find_rows(&mut self, is_meant: impl Fn(i64, Option<Place>) -> bool) {
        let mut all = std::mem::take(&mut self.breakpoints.all);
        for set in &mut all {
            let What::Line {
                source,
                line,
                place,
            } = &mut set.what
            else {
                continue;
            };
            if !is_meant(*line, *place) {
                continue;
            }
            let found = self.find_place(source, *line);
            *place = found.as_ref().ok().copied();
            let known = Breakpoint {
                id: Some(set.id),
                verified: true,
                ..Breakpoint::default()
            };
            let problem = found.err().or_else(|| set.problem.clone());
            let breakpoint = self.describe_line(known, source, *line, problem);
            self.send(Event::Breakpoint(BreakpointEventBody {
                reason: BreakpointEventReason::Changed,
                breakpoint,
            }));
        }
        self.breakpoints.all = all;
        self.breakpoints.publish();
    }

    pub(in crate::inspect) fn breakpoint_locations(
        &self,
        arguments: &BreakpointLocationsArguments,
    ) -> Answer {
        let program = self.program()?;
        let is_ours = program.is_source(&arguments.source);
        let first = self.line_from_client(arguments.line);
        let last = arguments
            .end_line
            .map_or(first, |line| self.line_from_client(line));
        let location = |line| BreakpointLocation {
            line: self.line_to_client(line),
            ..BreakpointLocation::default()
        };
        let breakpoints = (first..=last.min(first.saturating_add(LOCATIONS_MAX)))
            .filter(|&line| is_ours && find_place(program, &arguments.source, line).is_ok())
            .map(location)
            .collect();
        Ok(Reply::Body(ResponseBody::BreakpointLocations(
            BreakpointLocationsResponse { breakpoints },
        )))
    }

    fn find_place(&self, source: &Source, line: i64) -> Result<Place, String> {
        match &self.program {
            None => Err("the file is not open yet".to_owned()),
            Some(program) => find_place(program, source, line),
        }
    }

    fn describe_line(
        &self,
        set: Breakpoint,
        source: &Source,
        line: i64,
        problem: Option<String>,
    ) -> Breakpoint {
        Breakpoint {
            verified: set.verified && problem.is_none(),
            message: set.message.or(problem),
            source: Some(source.clone()),
            line: Some(self.line_to_client(line)),
            ..set
        }
    }

    pub(in crate::inspect) fn line_from_client(&self, line: i64) -> i64 {
        let starts_at_1 = self.client.lines_start_at1.unwrap_or(true);
        line.saturating_add(i64::from(!starts_at_1))
    }

    /// A line, counted from 1, as the client counts.
    pub(in crate::inspect) fn line_to_client(&self, line: i64) -> i64 {
        let starts_at_1 = self.client.lines_start_at1.unwrap_or(true);
        line - i64::from(!starts_at_1)
    }
}

fn find_place(program: &Program, source: &Source, line: i64) -> Result<Place, String> {
    if !program.is_source(source) {
        return Err("this is not the file being inspected".to_owned());
    }
    let table = &program.table;
    let found = table.row_of_line(line).map_err(|error| error.to_string())?;
    let above = (table.end() > 0 && (1..table.line(0)).contains(&line)).then_some(Place::Above);
    found.map(Place::Row).or(above).ok_or_else(|| {
        format!(
            "there is no row on this line, the last row is on line {}",
            table.line(table.end())
        )
    })
}
