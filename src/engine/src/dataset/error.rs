//! Reasons for which a source cannot be opened or read further, each in one sentence for people. They name no flag of a
//! program.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::options::Format;
use crate::{progress::Cancelled, visible::visible};

/// Why a source cannot be opened, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", shown(path))]
pub struct OpenError {
    /// The path as given, or the name of the stream.
    pub path: PathBuf,
    pub(super) reason: Reason,
}

/// Kinds of reasons for which a source cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenProblem {
    /// The path names nothing.
    Missing,
    /// The user may not read it.
    Denied,
    /// The path names a directory.
    Directory,
    /// The contents are not what was asked for, or cannot be read.
    Content,
}

impl OpenError {
    /// True for a source that holds nothing, which is no error for a program that reads many.
    #[must_use]
    pub fn is_empty_source(&self) -> bool {
        matches!(self.reason, Reason::Empty)
    }

    /// The kind of the reason, for whoever gives advice.
    #[must_use]
    pub fn problem(&self) -> OpenProblem {
        match self.reason {
            Reason::Missing => OpenProblem::Missing,
            Reason::Permission => OpenProblem::Denied,
            Reason::Directory => OpenProblem::Directory,
            _ => OpenProblem::Content,
        }
    }

    /// The error as one of a read, for a file whose turn comes after others.
    pub(super) fn into_io(self) -> io::Error {
        match self.reason {
            Reason::Io(error) => error,
            other => io::Error::other(other.to_string()),
        }
    }

    /// The error of the read that failed, if one did for a reason that has no sentence here.
    #[must_use]
    pub fn io(&self) -> Option<&io::Error> {
        match &self.reason {
            Reason::Io(error) => Some(error),
            _ => None,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Reason {
    #[error("no such file")]
    Missing,
    #[error("permission denied")]
    Permission,
    #[error("is a directory, give a file of IDs")]
    Directory,
    #[error("is empty, there is no ID to show")]
    Empty,
    #[error("is a binary file, give text, or records of 16 bytes as format binary")]
    Binary,
    #[cfg(not(feature = "parquet"))]
    #[error("is a Parquet file, which this build does not read; build with the feature parquet")]
    Parquet,
    #[error("{what}; {todo}")]
    Packed {
        what: &'static str,
        todo: &'static str,
    },
    #[error("has no column {column:?}; it has {}", List(columns))]
    NoColumn {
        column: String,
        columns: Vec<String>,
    },
    #[error("has no field {field:?}; it has {}", List(fields))]
    NoField { field: String, fields: Vec<String> },
    #[error("has the format {format}, whose IDs are in no column; leave the column out")]
    NoColumns { format: Format },
    #[error(
        "each ID of a text can be a row, and the format {format} was asked for; leave the format out"
    )]
    NotEvery { format: Format },
    #[error(
        "has the format {format}, which is no table with a delimiter and a header; leave these options out, or add --format csv"
    )]
    NoTable { format: Format },
    #[error("has the format {format}, which has no lines to pass over; leave these options out")]
    NoLines { format: Format },
    #[error(
        "has JSON objects: name the field of the IDs, not a column; it has {}",
        List(fields)
    )]
    FieldWanted { fields: Vec<String> },
    #[error(
        "has the format {format} and no fields of JSON; name a column; it has {}",
        List(columns)
    )]
    ColumnWanted {
        format: Format,
        columns: Vec<String>,
    },
    #[error("{0}")]
    Io(io::Error),
}

/// A path as a terminal may be shown it: a name in an archive that somebody unpacked is data as well.
fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}

/// Names in a sentence: quoted, the first dozen of them.
struct List<'a>(&'a [String]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 12;
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (position, name) in self.0.iter().take(SHOWN).enumerate() {
            let comma = if position == 0 { "" } else { ", " };
            write!(f, "{comma}{name:?}")?;
        }
        if self.0.len() > SHOWN {
            write!(f, " and {} more", self.0.len() - SHOWN)?;
        }
        Ok(())
    }
}

impl From<io::Error> for Reason {
    fn from(error: io::Error) -> Reason {
        match error.kind() {
            io::ErrorKind::NotFound => Reason::Missing,
            io::ErrorKind::PermissionDenied => Reason::Permission,
            io::ErrorKind::IsADirectory => Reason::Directory,
            _ => Reason::Io(error),
        }
    }
}

/// Why rows of an open source cannot be read any more. The rows read before stay what they were.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ReadError {
    /// Somebody made the file shorter while it was open.
    #[error("{}: was cut from {was} to {now} bytes while it was open", shown(path))]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Its size in bytes when it was last looked at.
        was: u64,
        /// Its size in bytes at the failed read.
        now: u64,
    },
    /// A quote of CSV is opened and never closed, so that all behind it is one row.
    #[error(
        "{}:{line}: a quote is opened in this row and never closed, so that all behind it is one row; close it, or read the lines as --format text",
        shown(path)
    )]
    Quote {
        /// The file, or the name of the stream.
        path: PathBuf,
        /// The line on which the row begins, from 1.
        line: u64,
    },
    /// The system refused a read, or compressed data is damaged.
    #[error("{}: {error}", shown(path))]
    Io {
        /// The file, or the name of the stream.
        path: PathBuf,
        /// The error of the system.
        error: Arc<io::Error>,
    },
}

/// Why a pass over all rows ended early.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ScanError {
    /// Somebody asked for it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The source can no longer be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}
