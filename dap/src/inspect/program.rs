//! The file that stands for the program being debugged.

use std::{path::PathBuf, sync::Arc};

use dap::types::Source;
use ulid_engine::{
    Ulid,
    dataset::{Dataset, Format, OpenOptions, Row},
};

use super::refusal::Refusal;

/// The one thread there is.
pub(super) const THREAD: i64 = 1;
/// The number of the text that stands for a source that an editor cannot show as it is.
pub(super) const RENDERED: i32 = 1;

/// A file to open.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) path: PathBuf,
    pub(super) options: OpenOptions,
}

/// An open file and the place in it.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) target: Target,
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
    pub(super) fn new(target: Target, dataset: Dataset) -> Program {
        Program {
            source: source(&target, &dataset),
            target,
            dataset: Arc::new(dataset),
            at: 0,
            phase: Phase::Configuring,
        }
    }

    /// The number of rows that are known so far, and the place behind the last of them.
    pub(super) fn end(&self) -> usize {
        self.dataset.extent().rows
    }

    /// Whether a place lies behind the last row that there will be.
    pub(super) fn is_end(&self, at: usize) -> bool {
        let extent = self.dataset.extent();
        extent.complete && at >= extent.rows
    }

    /// A row, of those that are known so far.
    pub(super) fn row(&self, index: usize) -> Result<Option<Row>, Refusal> {
        let window = self.dataset.window(index, 1);
        let mut rows = window.map_err(|error| Refusal::Read(error.to_string()))?;
        Ok(rows.pop())
    }

    /// Rows one after another, of those that are known so far.
    pub(super) fn rows(&self, first: usize, count: usize) -> Result<Vec<Row>, Refusal> {
        self.dataset
            .window(first, count)
            .map_err(|error| Refusal::Read(error.to_string()))
    }

    /// The ULID of a row, if it has one.
    pub(super) fn id(&self, index: usize) -> Result<Option<Ulid>, Refusal> {
        Ok(self.row(index)?.and_then(|row| row.id.ok()))
    }

    /// The line of a row, from 1. The end of the file is shown on its last line.
    pub(super) fn line(&self, at: usize) -> i64 {
        let row = at.min(self.end().saturating_sub(1));
        i64::try_from(row + 1 + self.lines_before()).unwrap_or(i64::MAX)
    }

    /// The row of a line, from 1.
    pub(super) fn row_of_line(&self, line: i64) -> Option<usize> {
        let row = usize::try_from(line)
            .ok()?
            .checked_sub(1 + self.lines_before())?;
        (row < self.end()).then_some(row)
    }

    /// Lines of the file before its first row.
    fn lines_before(&self) -> usize {
        usize::from(self.dataset.layout().header)
    }
}

/// The file itself where an editor can show it; else a text that we render.
fn source(target: &Target, dataset: &Dataset) -> Source {
    let path = &target.path;
    let is_plain = dataset.layout().format != Format::Binary
        && path.metadata().is_ok_and(|file| {
            // compressed data and streams have another length than what comes out of them
            file.is_file() && file.len() == dataset.extent().bytes
        });
    let name = path.file_name().unwrap_or(path.as_os_str());
    Source {
        name: Some(name.display().to_string()),
        path: Some(path.display().to_string()),
        source_reference: (!is_plain).then_some(RENDERED),
        ..Source::default()
    }
}
