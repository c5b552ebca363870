//! Work that takes its time: it runs on a thread of its own, so that no request waits for it.

use ulid_engine::{
    dataset::{Dataset, OpenError},
    progress::Progress,
};

use super::{
    program::Target,
    scan::{Halt, Scan},
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
}

/// What became of a [`Job`].
#[derive(Debug)]
pub(super) enum Done {
    Opened(Opened),
    Reopened(Opened),
    Halted(Halt),
}

/// What became of a file that was to be opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) target: Target,
    pub(super) dataset: Result<Dataset, OpenError>,
}

impl Job {
    pub(super) fn run(self, progress: &Progress) -> Done {
        match self {
            Job::Open(target) => Done::Opened(open(target)),
            Job::Reopen(target) => Done::Reopened(open(target)),
            Job::Scan(scan) => Done::Halted(scan.run(progress)),
        }
    }
}

fn open(target: Target) -> Opened {
    let dataset = Dataset::open_paths(std::slice::from_ref(&target.path), &target.options);
    Opened { target, dataset }
}
