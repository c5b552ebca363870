//! Reasons for which a source cannot be opened or read further, each in one sentence for people. They name no flag of a
//! program.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{format::Reason, progress::Cancelled, visible::visible};

/// Why a source cannot be opened, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", shown(path))]
pub struct OpenError {
    /// The path as given, or the name of the stream.
    pub path: PathBuf,
    pub(crate) reason: Reason,
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
    /// The source has not the column, the field or the format that was asked for: the call is wrong, and not the source.
    Asked,
    /// The contents cannot be read.
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
            Reason::NoColumn { .. }
            | Reason::NoField { .. }
            | Reason::NoColumns { .. }
            | Reason::NotEvery { .. }
            | Reason::NoTable { .. }
            | Reason::NoLines { .. }
            | Reason::FieldWanted { .. }
            | Reason::ColumnWanted { .. } => OpenProblem::Asked,
            _ => OpenProblem::Content,
        }
    }

    /// The error as one of a read, for a file whose turn comes after others.
    pub(crate) fn into_io(self) -> io::Error {
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

/// A path as a terminal may be shown it: a name in an archive that somebody unpacked is data as well.
fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
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
    /// An array of JSON, or an object, is opened and not closed at the end of the file.
    #[error(
        "{}: ends before its JSON does; it was cut, or is still written, and what is there is read",
        shown(path)
    )]
    Unclosed {
        /// The file, or the name of the stream.
        path: PathBuf,
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
