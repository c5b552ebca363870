//! Work that takes its time: it runs on a thread of its own, so that no request waits for it.

use std::{process::ChildStdout, sync::Arc, time::Duration};

use ulid_engine::{
    dataset::Dataset,
    pass::MEMORY,
    progress::Progress,
    query::{EvaluateError, Expression, Grouping, Value},
};

use super::{
    advice::in_settings,
    command::Running,
    program::{Holder, Target},
    scan::{Halt, Logged, Scan, Tally},
    settings::why_no_path,
    table::Table,
};

/// The number of a piece of work.
pub(super) type Ticket = u64;

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
        table: Box<Table>,
        at: usize,
        budget: Duration,
    },
    /// Comes to figures of groups of all rows.
    Figures {
        figures: Box<Grouping>,
        table: Box<Table>,
        budget: Duration,
    },
    /// Goes over the whole file once.
    Survey(Table),
    /// Finds the rows that meet breakpoints.
    Count(Scan),
}

/// The outcome of a [`Job`].
#[derive(Debug)]
pub(super) enum Done {
    Opened(Opened),
    Reopened(Opened),
    Halted(Halt),
    Surveyed,
    Counted(Vec<Tally>),
    Evaluated(Box<Result<Value, EvaluateError>>),
    Told(Result<Value, String>),
}

/// The outcome for a file that was to be opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) target: Target,
    pub(super) holder: Holder,
    pub(super) dataset: Result<Dataset, String>,
}

impl Job {
    /// The words while it takes long.
    pub(super) fn title(&self) -> &'static str {
        match self {
            Job::Open(_) | Job::Reopen(_) => "Opening the file",
            Job::Scan(_) => "Running through the rows",
            Job::Survey(_) => "Going over the file",
            Job::Count(_) => "Counting the rows of breakpoints",
            Job::Evaluate { .. } | Job::Figures { .. } => "Looking at all rows",
        }
    }

    /// Time that whoever asked for it waits.
    pub(super) fn patience(&self) -> Option<Duration> {
        match self {
            Job::Evaluate { budget, .. } | Job::Figures { budget, .. } => Some(*budget),
            _ => None,
        }
    }

    /// Does it. What is to be written is given to `log` by the way.
    pub(super) fn run(self, progress: &Arc<Progress>, log: &mut dyn FnMut(Logged)) -> Done {
        match self {
            Job::Open(target) => Done::Opened(open(target, progress)),
            Job::Reopen(target) => Done::Reopened(open(target, progress)),
            Job::Survey(table) => {
                table.survey.run(&table.dataset, progress);
                Done::Surveyed
            }
            Job::Evaluate {
                expression,
                table,
                at,
                budget,
            } => {
                let dataset = match table.all() {
                    Ok(dataset) => dataset,
                    Err(words) => return Done::Told(Err(words)),
                };
                // IDs that were put in place count
                let is_changed = table.is_changed() && expression.needs_duplicates();
                let found = is_changed.then(|| table.find_duplicates(progress));
                let value = match found.transpose() {
                    Ok(found) => {
                        let duplicates = found.and_then(|()| table.duplicates());
                        expression.evaluate(&dataset, at, duplicates, budget, progress)
                    }
                    Err(error) => Err(error.into()),
                };
                Done::Evaluated(Box::new(value))
            }
            Job::Figures { figures, table, .. } => Done::Told(table.all().and_then(|dataset| {
                let told = figures.tell(&dataset, MEMORY, progress);
                told.map(Value::Text).map_err(|error| error.to_string())
            })),
            Job::Scan(scan) => Done::Halted(scan.run(progress, log)),
            Job::Count(scan) => Done::Counted(scan.count(progress).unwrap_or_default()),
        }
    }
}

fn open(target: Target, progress: &Arc<Progress>) -> Opened {
    let mut holder = Holder::default();
    let dataset = match &target.command {
        Some(words) => open_output(words, &target, progress, &mut holder),
        None => open_pipe(&target, progress, &mut holder).unwrap_or_else(|| {
            let paths = std::slice::from_ref(&target.path);
            Dataset::open_paths(paths, &target.options).map_err(|error| {
                let words = in_settings(&error);
                match why_no_path(&target.path) {
                    Some(why) => format!("{words}; {why}"),
                    None => words,
                }
            })
        }),
    };
    Opened {
        target,
        holder,
        dataset,
    }
}

/// Runs a program and opens what it prints.
fn open_output(
    words: &[String],
    target: &Target,
    progress: &Arc<Progress>,
    holder: &mut Holder,
) -> Result<Dataset, String> {
    let (running, output) = Running::start(words, target.folder.as_deref())?;
    holder.keep(running);
    let output = readable(output, progress, holder);
    let name = words.join(" ");
    Dataset::from_reader(&name, output, &target.options).map_err(|error| in_settings(&error))
}

#[cfg(unix)]
fn readable(
    output: ChildStdout,
    progress: &Arc<Progress>,
    holder: &mut Holder,
) -> super::pipe::Pipe {
    super::pipe::Pipe::over(output.into(), progress.clone(), holder.lease())
}

#[cfg(not(unix))]
fn readable(output: ChildStdout, _: &Arc<Progress>, _: &mut Holder) -> ChildStdout {
    output
}

/// Opens a pipe; none where the path is that of something else.
#[cfg(unix)]
fn open_pipe(
    target: &Target,
    progress: &Arc<Progress>,
    holder: &mut Holder,
) -> Option<Result<Dataset, String>> {
    use crate::inspect::pipe::{Pipe, is_pipe};

    if !is_pipe(&target.path) {
        return None;
    }
    let pipe = Pipe::open(&target.path, progress.clone(), holder.lease()).ok()?;
    let name = target.path.display().to_string();
    let dataset = Dataset::from_reader(&name, pipe, &target.options);
    Some(dataset.map_err(|error| in_settings(&error)))
}

#[cfg(not(unix))]
fn open_pipe(_: &Target, _: &Arc<Progress>, _: &mut Holder) -> Option<Result<Dataset, String>> {
    None
}
