//! Breakpoints, and what they make a run look for.

use dap::{
    events::{BreakpointEventBody, Event},
    requests::SetBreakpointsArguments,
    responses::{ResponseBody, SetBreakpointsResponse},
    types::{Breakpoint, BreakpointEventReason, Source},
};

use super::{
    program::Program,
    scan::Stops,
    session::{Reply, Session},
};

/// All breakpoints of a session.
#[derive(Debug, Default)]
pub(super) struct Breakpoints {
    lines: Vec<LineBreakpoint>,
    last_id: i64,
}

/// A breakpoint on a line of a file.
#[derive(Debug)]
struct LineBreakpoint {
    id: i64,
    source: Source,
    /// From 1.
    line: i64,
    /// The row of the line, once the file is open and has that line.
    row: Option<usize>,
}

impl Breakpoints {
    pub(super) fn stops(&self) -> Stops {
        let mut stops = Stops::default();
        for breakpoint in &self.lines {
            if let Some(row) = breakpoint.row {
                stops.lines.entry(row).or_default().push(breakpoint.id);
            }
        }
        stops
    }

    fn next_id(&mut self) -> i64 {
        self.last_id += 1;
        self.last_id
    }
}

impl Session {
    pub(super) fn set_breakpoints(&mut self, arguments: &SetBreakpointsArguments) -> Reply {
        let source = &arguments.source;
        self.breakpoints
            .lines
            .retain(|breakpoint| !same_file(&breakpoint.source, source));
        let wanted = arguments.breakpoints.as_deref().unwrap_or_default();
        let mut answer = Vec::with_capacity(wanted.len());
        for breakpoint in wanted {
            let mut set = LineBreakpoint {
                id: self.breakpoints.next_id(),
                source: source.clone(),
                line: self.line_from_client(breakpoint.line),
                row: None,
            };
            answer.push(self.verify(&mut set));
            self.breakpoints.lines.push(set);
        }
        Reply::Body(ResponseBody::SetBreakpoints(SetBreakpointsResponse {
            breakpoints: answer,
        }))
    }

    /// Tells the client of breakpoints that were set before the file was open.
    pub(super) fn verify_breakpoints(&mut self) {
        for mut breakpoint in std::mem::take(&mut self.breakpoints.lines) {
            let answer = self.verify(&mut breakpoint);
            self.breakpoints.lines.push(breakpoint);
            self.send(Event::Breakpoint(BreakpointEventBody {
                reason: BreakpointEventReason::Changed,
                breakpoint: answer,
            }));
        }
    }

    /// Finds the row of a breakpoint and says what became of it.
    fn verify(&self, breakpoint: &mut LineBreakpoint) -> Breakpoint {
        let found = match &self.program {
            None => Err("the file is not open yet".to_owned()),
            Some(program) => find_row(program, breakpoint),
        };
        breakpoint.row = found.as_ref().ok().copied();
        Breakpoint {
            id: Some(breakpoint.id),
            verified: found.is_ok(),
            message: found.err(),
            source: Some(breakpoint.source.clone()),
            line: Some(self.line_to_client(breakpoint.line)),
            ..Breakpoint::default()
        }
    }

    pub(super) fn line_from_client(&self, line: i64) -> i64 {
        let starts_at_1 = self.client.lines_start_at1.unwrap_or(true);
        line.saturating_add(i64::from(!starts_at_1))
    }

    /// A line, counted from 1, as the client counts.
    pub(super) fn line_to_client(&self, line: i64) -> i64 {
        let starts_at_1 = self.client.lines_start_at1.unwrap_or(true);
        line - i64::from(!starts_at_1)
    }
}

fn find_row(program: &Program, breakpoint: &LineBreakpoint) -> Result<usize, String> {
    if !same_file(&program.source, &breakpoint.source) {
        return Err("this is not the file being inspected".to_owned());
    }
    program
        .row_of_line(breakpoint.line)
        .ok_or_else(|| format!("the file has {} lines", program.end()))
}

fn same_file(a: &Source, b: &Source) -> bool {
    if let (Some(a), Some(b)) = (&a.path, &b.path) {
        return a == b || same_on_disk(a, b);
    }
    a.source_reference.is_some() && a.source_reference == b.source_reference
}

/// Clients send the path of their editor, which can be another spelling of the one that was launched.
fn same_on_disk(a: &str, b: &str) -> bool {
    let canonical = |path: &str| std::path::Path::new(path).canonicalize().ok();
    canonical(a).is_some_and(|a| Some(a) == canonical(b))
}
