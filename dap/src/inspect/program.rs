//! The file that stands for the program being debugged.

use std::{path::Path, sync::Arc};

use dap::types::Source;
use ulid_engine::dataset::{Dataset, Row};

/// The one thread there is.
pub(super) const THREAD: i64 = 1;

/// An open file and the place in it.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) dataset: Arc<Dataset>,
    pub(super) source: Source,
    /// The row that is looked at; the number of rows for the end of the file.
    pub(super) at: usize,
    pub(super) phase: Phase,
}

/// What the program does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It waits for the end of the configuration.
    Configuring,
    Stopped,
    Running,
    Ended,
}

impl Program {
    pub(super) fn new(dataset: Dataset, path: &Path) -> Program {
        let name = path.file_name().unwrap_or(path.as_os_str());
        Program {
            source: Source {
                name: Some(name.display().to_string()),
                path: Some(path.display().to_string()),
                ..Source::default()
            },
            dataset: Arc::new(dataset),
            at: 0,
            phase: Phase::Configuring,
        }
    }

    /// The number of rows, and the place behind the last.
    pub(super) fn end(&self) -> usize {
        self.dataset.len()
    }

    pub(super) fn row(&self, index: usize) -> Option<Row> {
        self.dataset.row(index).ok().flatten()
    }

    /// The line of a row, from 1. The end of the file is shown on its last line.
    pub(super) fn line(&self, at: usize) -> i64 {
        i64::try_from(at.min(self.end().saturating_sub(1)) + 1).unwrap_or(i64::MAX)
    }

    /// The row of a line, from 1.
    pub(super) fn row_of_line(&self, line: i64) -> Option<usize> {
        let row = usize::try_from(line).ok()?.checked_sub(1)?;
        (row < self.end()).then_some(row)
    }
}
