//! Work that takes its time: it runs on a thread of its own, so that no request waits for it.

use std::path::PathBuf;

use ulid_engine::{
    dataset::{Dataset, OpenError},
    progress::Progress,
};

use super::scan::{Halt, Scan};

/// Work to be done.
#[derive(Debug)]
pub(super) enum Job {
    /// Opens a file.
    Open(PathBuf),
    /// Runs through the rows until something stops it.
    Scan(Scan),
}

/// What became of a [`Job`].
#[derive(Debug)]
pub(super) enum Done {
    Opened(Box<Result<Dataset, OpenError>>),
    Halted(Halt),
}

impl Job {
    pub(super) fn run(self, progress: &Progress) -> Done {
        match self {
            Job::Open(path) => Done::Opened(Box::new(Dataset::open(&path))),
            Job::Scan(scan) => Done::Halted(scan.run(progress)),
        }
    }
}
