//! Work that takes its time: it runs on a thread of its own, so that no request waits for it.

use std::{sync::Arc, time::Duration};

use ulid_engine::{
    dataset::{Dataset, OpenError},
    progress::Progress,
    query::{EvaluateError, Expression, Value},
};

use super::{
    program::Target,
    scan::{Halt, Logged, Scan},
    table::Table,
};

/// Work to be done.
#[derive(Debug)]
pub(super) enum Job {
    /// Opens a file.
    Open(Target),
    /// Opens the file of a session again.
    Reopen(Target),
    /// Runs through the rows until something stops it.
    Scan(Scan),
    /// Comes to a value that depends on all rows.
    Evaluate {
        expression: Box<Expression>,
        dataset: Arc<Dataset>,
        at: usize,
        budget: Duration,
    },
    /// Goes over the whole file once.
    Survey(Table),
}

/// What became of a [`Job`].
#[derive(Debug)]
pub(super) enum Done {
    Opened(Opened),
    Reopened(Opened),
    Halted(Halt),
    Surveyed,
    Evaluated(Box<Result<Value, EvaluateError>>),
}

/// What became of a file that was to be opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) target: Target,
    pub(super) dataset: Result<Dataset, OpenError>,
}

impl Job {
    /// What a person reads while it takes long.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Job::Open(_) | Job::Reopen(_) => "Opening the file",
            Job::Scan(_) => "Running through the rows",
            Job::Survey(_) => "Going over the file",
            Job::Evaluate { .. } => "Looking at all rows",
        }
    }

    /// Does it. What is to be written is given to `log` by the way.
    pub(super) fn run(self, progress: &Progress, log: &mut dyn FnMut(Logged)) -> Done {
        match self {
            Job::Open(target) => Done::Opened(open(target)),
            Job::Reopen(target) => Done::Reopened(open(target)),
            Job::Survey(table) => {
                table.survey.run(&table.dataset, progress);
                Done::Surveyed
            }
            Job::Evaluate {
                expression,
                dataset,
                at,
                budget,
            } => {
                let value = expression.evaluate(&dataset, at, None, budget, progress);
                Done::Evaluated(Box::new(value))
            }
            Job::Scan(scan) => Done::Halted(scan.run(progress, log)),
        }
    }
}

fn open(target: Target) -> Opened {
    let dataset = Dataset::open_paths(std::slice::from_ref(&target.path), &target.options);
    Opened { target, dataset }
}
