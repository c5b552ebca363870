//! Breakpoints, and what they make a run look for.

mod data;
mod hits;
mod lines;

pub(super) use hits::{HitCondition, Hits};

use dap::{
    requests::SetFunctionBreakpointsArguments,
    responses::{ResponseBody, SetFunctionBreakpointsResponse},
    types::{Breakpoint, FunctionBreakpoint, Source},
};

use super::{
    scan::{Sought, Stop},
    session::{Reply, Session},
    survey::Flaw,
    watch::Watch,
};

/// All breakpoints of a session.
#[derive(Debug, Default)]
pub(super) struct Breakpoints {
    all: Vec<Set>,
    last_id: i64,
}

/// A breakpoint.
#[derive(Debug)]
struct Set {
    id: i64,
    what: What,
    hit: Option<HitCondition>,
    /// What to write instead of stopping.
    log: Option<String>,
    hits: Hits,
}

/// Where a breakpoint is.
#[derive(Debug)]
pub(super) enum What {
    /// On a line, counted from 1, of a file. The row of it is known once the file is open and has that line.
    Line {
        source: Source,
        line: i64,
        row: Option<usize>,
    },
    /// At every row with this flaw.
    Flaw(Flaw),
    /// Where a time or an ID is reached.
    Function(Watch),
    /// Where a field changes.
    Data(Watch),
}

/// Why a run has stopped, as clients tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Flaw,
    Line,
    Function,
    Data,
}

impl Breakpoints {
    /// What a run is to look for.
    pub(super) fn stops(&self) -> Vec<Stop> {
        let stop = |set: &Set| {
            let (kind, sought) = match &set.what {
                What::Line { row, .. } => (Kind::Line, Sought::Row((*row)?)),
                What::Flaw(flaw) => (Kind::Flaw, Sought::Flaw(*flaw)),
                What::Function(watch) => (Kind::Function, Sought::Watch(watch.clone())),
                What::Data(watch) => (Kind::Data, Sought::Watch(watch.clone())),
            };
            Some(Stop {
                id: set.id,
                kind,
                sought,
                hit: set.hit,
                logs: set.log.is_some(),
                hits: set.hits.clone(),
            })
        };
        self.all.iter().filter_map(stop).collect()
    }

    /// Takes away all that are of a kind.
    pub(super) fn clear(&mut self, is_meant: impl Fn(&What) -> bool) {
        self.all.retain(|set| !is_meant(&set.what));
    }

    /// Adds one, and says what became of it.
    pub(super) fn add(&mut self, what: What, hit: Option<&str>, log: Option<&str>) -> Breakpoint {
        self.last_id += 1;
        let id = self.last_id;
        let given = |text: &&str| !text.trim().is_empty();
        let hit = match hit.filter(given).map(HitCondition::parse).transpose() {
            Ok(hit) => hit,
            Err(reason) => return refused(id, reason),
        };
        self.all.push(Set {
            id,
            what,
            hit,
            log: log.filter(given).map(str::to_owned),
            hits: Hits::default(),
        });
        Breakpoint {
            id: Some(id),
            verified: true,
            ..Breakpoint::default()
        }
    }

    /// What a log point writes.
    pub(super) fn log_message(&self, id: i64) -> Option<&str> {
        self.all.iter().find(|set| set.id == id)?.log.as_deref()
    }

    /// Forgets how often each was hit.
    pub(super) fn reset_hits(&self) {
        self.all.iter().for_each(|set| set.hits.reset());
    }
}

impl Session {
    pub(super) fn set_function_breakpoints(
        &mut self,
        arguments: &SetFunctionBreakpointsArguments,
    ) -> Reply {
        self.breakpoints
            .clear(|what| matches!(what, What::Function(_)));
        let set = |function: &FunctionBreakpoint| match Watch::parse(&function.name) {
            Ok(watch) => {
                let hit = function.hit_condition.as_deref();
                self.breakpoints.add(What::Function(watch), hit, None)
            }
            Err(reason) => Breakpoint {
                message: Some(reason),
                ..Breakpoint::default()
            },
        };
        let breakpoints = arguments.breakpoints.iter().map(set).collect();
        Reply::Body(ResponseBody::SetFunctionBreakpoints(
            SetFunctionBreakpointsResponse { breakpoints },
        ))
    }
}

fn refused(id: i64, reason: String) -> Breakpoint {
    Breakpoint {
        id: Some(id),
        message: Some(reason),
        ..Breakpoint::default()
    }
}
