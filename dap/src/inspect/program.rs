//! The file that stands for the program being debugged.

#[cfg(unix)]
use std::io::{self, PipeReader, PipeWriter};
use std::{
    fs::{File, Metadata},
    io::Read as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use dap::types::Source;
use serde::Deserialize;
use ulid_engine::{
    dataset::{Dataset, Format, OpenOptions, why_not_followed},
    query::{Scope, Writers},
    stats::Limits,
    timestamp::TimeZone,
};

use super::{command::Running, refusal::Refusal, survey::Survey, table::Table};
use crate::visible::visible;

/// Words for writers of rows that are not all there.
const BY_OF_ALL: &str = "\"by\" asks for all rows, and more may come to a file that is followed and from a pipe; take it away, or write the rows to a file first";
/// The one thread there is.
pub(super) const THREAD: i64 = 1;
/// The number of the text that stands for a source that an editor cannot show as it is.
pub(super) const RENDERED: i32 = 1;

/// The request that a configuration comes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// The program stands at its first row unless it is told otherwise.
    Launch,
    /// The program runs, and goes on with what is written to the file.
    Attach,
}

/// Rows to write as they go by, and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a message in quotes, or an object with \"message\" and perhaps \"when\""
)]
pub(super) struct LogSetting {
    /// Condition of the rows; all rows without one.
    #[serde(default)]
    pub(super) when: Option<String>,
    /// The message, with names and expressions in braces.
    pub(super) message: String,
}

/// A file to open, and how.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub(super) manner: Manner,
    pub(super) path: PathBuf,
    /// Program whose output is read instead of a file, and its arguments.
    pub(super) command: Option<Vec<String>>,
    /// The folder in which that program runs, and from which paths are meant.
    pub(super) folder: Option<PathBuf>,
    pub(super) options: OpenOptions,
    pub(super) launch: Launch,
    /// The zone of the times that are shown and typed.
    pub(super) zone: TimeZone,
    /// Expression that tells apart what made the IDs.
    pub(super) by: Option<String>,
    /// Rows to write, and how.
    pub(super) logs: Vec<LogSetting>,
    /// Lines that log points of every row write in a second at most.
    pub(super) logs_per_second: u32,
}

/// Begin of the program.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Launch {
    pub(super) stop_on_entry: bool,
    pub(super) no_debug: bool,
    /// True if the program goes on at the end of the file with what is written there.
    pub(super) follow: bool,
}

/// Time for which a source is read: until the [`Holder`] is dropped.
#[derive(Debug, Clone, Default)]
pub(super) struct Lease {
    is_over: Arc<AtomicBool>,
    /// A pipe whose other end is closed with it, for whoever waits for that.
    #[cfg(unix)]
    end: Option<Arc<PipeReader>>,
}

/// Whoever wants what is read.
#[derive(Debug, Default)]
pub(super) struct Holder {
    lease: Lease,
    #[cfg(unix)]
    end: Option<PipeWriter>,
    /// Program whose output is read.
    running: Option<Running>,
}

#[cfg(unix)]
impl Lease {
    pub(super) fn is_over(&self) -> bool {
        self.is_over.load(Relaxed)
    }

    /// A pipe that has something to tell once it is over; none where the system had none to give.
    pub(super) fn end(&self) -> Option<&PipeReader> {
        self.end.as_deref()
    }
}

impl Holder {
    #[cfg(unix)]
    pub(super) fn lease(&mut self) -> Lease {
        if self.end.is_none()
            && let Ok((reader, writer)) = io::pipe()
        {
            (self.lease.end, self.end) = (Some(Arc::new(reader)), Some(writer));
        }
        self.lease.clone()
    }

    /// Keeps a program running for as long as its output is wanted.
    pub(super) fn keep(&mut self, running: Running) {
        self.running = Some(running);
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        self.lease.is_over.store(true, Relaxed);
    }
}

/// An open file and the place in it.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) target: Target,
    /// Keeps a pipe being read.
    _holder: Holder,
    pub(super) table: Table,
    pub(super) source: Source,
    /// The row that is looked at; the number of rows for the end of the file.
    pub(super) at: usize,
    pub(super) phase: Phase,
}

/// The state of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// It waits for the end of the configuration.
    Configuring,
    Stopped,
    Running,
    Ended,
}

impl Program {
    /// A program that waits for the end of the configuration.
    ///
    /// # Errors
    ///
    /// [`Refusal::Setting`] where the file has nothing of the kind that tells writers apart.
    pub(super) fn new(
        target: Target,
        holder: Holder,
        dataset: Dataset,
        limits: Limits,
    ) -> Result<Program, Refusal> {
        // a pipe or a device
        let is_pipe = || target.path.metadata().is_ok_and(|file| !file.is_file());
        let is_live = target.command.is_some() || is_pipe();
        let has_lines = has_lines(&target, &dataset);
        let source = source(&target, &dataset, has_lines);
        if target.by.is_some() && (is_live || target.launch.follow) {
            return Err(Refusal::Setting(BY_OF_ALL.to_owned()));
        }
        let is_followed = target.launch.follow && !is_live;
        if let Some(reason) = why_not_followed(&target.path).filter(|_| is_followed) {
            return Err(Refusal::Setting(format!(
                "the file cannot be followed: {reason}; launch it with \"follow\": false, or let a \"command\" bring its rows"
            )));
        }
        let scope = Scope::of(&dataset, limits.now, &target.zone);
        let by = target.by.as_deref().map(|by| Writers::parse(by, &scope));
        let by = by
            .transpose()
            .map_err(|error| Refusal::Setting(format!("\"by\" tells no writers apart: {error}")))?;
        let mut table = Table::new(dataset, Survey::new(limits, by), target.zone.clone());
        table.has_lines = has_lines;
        table.is_live = is_live;
        table.is_followed = is_followed;
        Ok(Program {
            source,
            target,
            _holder: holder,
            table,
            at: 0,
            phase: Phase::Configuring,
        })
    }
}

impl Program {
    /// True if a request speaks of this file; one that names none does.
    pub(super) fn is_source(&self, source: &Source) -> bool {
        let is_named = source.path.is_some() || source.source_reference.is_some_and(|it| it != 0);
        !is_named || same_file(&self.source, source)
    }
}

/// True if rows are found by lines of the text that an editor shows: it holds what the file does. An array of JSON is shown as it stands if
/// its rows begin on lines of their own, as in what `jq` writes; one that is a single line is shown row by row.
fn has_lines(target: &Target, dataset: &Dataset) -> bool {
    if dataset.layout().format != Format::Json {
        return dataset.layout().has_lines();
    }
    let rows = dataset.window(0, 2).unwrap_or_default();
    let lines = dataset.lines_of(&rows).unwrap_or_default();
    is_plain(target, dataset) && !lines.is_empty() && lines.is_sorted_by(|a, b| a < b)
}

/// True if an editor that opens the file shows the text that is read of it. Compressed data and streams have another length than what
/// comes out of them; a mark of the encoding is read by editors, too.
fn is_plain(target: &Target, dataset: &Dataset) -> bool {
    let path = &target.path;
    let Some(file) = path.metadata().ok().filter(Metadata::is_file) else {
        return false;
    };
    target.command.is_none()
        && match mark(path) {
            Mark::Utf8 => file.len() == dataset.extent().bytes + 3,
            Mark::Utf16 => true,
            Mark::None => file.len() == dataset.extent().bytes,
        }
}

/// The mark of the encoding with which a text may begin, as those of Excel do.
enum Mark {
    None,
    Utf8,
    Utf16,
}

fn mark(path: &Path) -> Mark {
    let mut head = Vec::with_capacity(3);
    let read = File::open(path).and_then(|file| file.take(3).read_to_end(&mut head));
    match &head[..] {
        _ if read.is_err() => Mark::None,
        [0xEF, 0xBB, 0xBF] => Mark::Utf8,
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Mark::Utf16,
        _ => Mark::None,
    }
}

/// The file itself where an editor can show it; else a text that we render.
fn source(target: &Target, dataset: &Dataset, has_lines: bool) -> Source {
    if target.command.is_some() {
        return Source {
            name: Some(visible(&dataset.name()).into_owned()),
            source_reference: Some(RENDERED),
            ..Source::default()
        };
    }
    let path = &target.path;
    let is_shown = has_lines && is_plain(target, dataset);
    let name = path.file_name().unwrap_or(path.as_os_str());
    // the folder of the adapter is not that of the editor
    let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
    Source {
        name: Some(visible(&name.display().to_string()).into_owned()),
        path: Some(path.display().to_string()),
        source_reference: (!is_shown).then_some(RENDERED),
        ..Source::default()
    }
}

pub(super) fn same_file(a: &Source, b: &Source) -> bool {
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
