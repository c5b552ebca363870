//! The file that stands for the program being debugged.

use std::path::PathBuf;

use dap::types::Source;
use ulid_engine::{
    dataset::{Dataset, OpenOptions},
    stats::Limits,
};

use super::{survey::Survey, table::Table};

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
    pub(super) table: Table,
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
    pub(super) fn new(target: Target, dataset: Dataset, limits: Limits) -> Program {
        Program {
            source: source(&target, &dataset),
            target,
            table: Table::new(dataset, Survey::new(limits)),
            at: 0,
            phase: Phase::Configuring,
        }
    }
}

/// The file itself where an editor can show it; else a text that we render.
fn source(target: &Target, dataset: &Dataset) -> Source {
    let path = &target.path;
    let is_plain = dataset.layout().has_lines()
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
