//! Every reason for which a request is refused.

use ulid_engine::{dataset::ReadError, query::QueryError};

use crate::{message::Failure, visible::visible};

/// Why a request was refused, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("the inspector does not know the request {0:?}")]
    Unsupported(String),
    #[error("the arguments of {command:?} cannot be read: {reason}")]
    Arguments { command: String, reason: String },
    #[error("no file is open, launch one first")]
    NotLaunched,
    #[error("a file is open already, end this session before another launch")]
    AlreadyLaunched,
    #[error("give the file to open as \"program\"")]
    NoProgram,
    #[error("{0}")]
    Setting(String),
    #[error("{0}")]
    Open(String),
    #[error("notStopped")]
    NotStopped,
    #[error("there is no thread {0}, the dataset is thread 1")]
    Thread(i64),
    #[error("there is no thread {0}, the files are threads 1 to {1}")]
    ThreadOf(i64, usize),
    #[error("there is no frame {0} any more, ask for the stack trace again")]
    Frame(i64),
    #[error("the reference {0} is of an earlier stop, ask for the scopes again")]
    Stale(i64),
    #[error("{0}")]
    Expression(String),
    #[error("there is no row on line {0}, the file has {1} rows")]
    Line(i64, usize),
    #[error("line {0} is not read yet, {1} rows are; ask again in a moment")]
    NotYet(i64, usize),
    #[error("no row stands here, at the end of the file, so that nothing can be set")]
    NoRow,
    #[error("{0} bytes are too many for one answer, ask for at most {1}")]
    TooMany(i64, usize),
    #[error("the target {0} was not offered, ask for the targets again")]
    Target(i64),
    #[error("{0}")]
    Read(String),
    #[error("the first row of this frame is too far away, and the file is not in order")]
    Begin,
    #[error("nothing is wrong with this row")]
    NoException,
    #[error("cancelled")]
    Cancelled,
    #[error("a pipe is read once, so that it cannot begin again; launch what writes to it anew")]
    ReadOnce,
    #[error("{0:?} is no place in the file")]
    Memory(String),
    #[error("there is no source {0}")]
    Source(i64),
    #[error("there is no row at the location {0}")]
    Location(i64),
    #[error("nothing of the number {0} is under way")]
    NothingToCancel(String),
}

impl Refusal {
    /// A stable number of the kind.
    fn id(&self) -> i64 {
        match self {
            Refusal::Unsupported(_) => 1,
            Refusal::Arguments { .. } => 2,
            Refusal::NotLaunched => 3,
            Refusal::AlreadyLaunched => 4,
            Refusal::NoProgram => 5,
            Refusal::Open(_) => 6,
            Refusal::NotStopped => 7,
            Refusal::Thread(_) | Refusal::ThreadOf(..) => 8,
            Refusal::Frame(_) => 9,
            Refusal::Stale(_) => 10,
            Refusal::Expression(_) => 11,
            Refusal::Line(..) => 12,
            Refusal::Target(_) => 13,
            Refusal::NothingToCancel(_) => 14,
            Refusal::Read(_) => 15,
            Refusal::NoException => 16,
            Refusal::Cancelled => 17,
            Refusal::Memory(_) => 18,
            Refusal::Source(_) => 19,
            Refusal::Begin => 20,
            Refusal::ReadOnce => 21,
            Refusal::NotYet(..) => 22,
            Refusal::NoRow => 23,
            Refusal::TooMany(..) => 24,
            Refusal::Setting(_) => 25,
            Refusal::Location(_) => 26,
        }
    }
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Refusal {
        Refusal::Expression(error.to_string())
    }
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Refusal {
        Refusal::Read(error.to_string())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure {
            id: refusal.id(),
            message: visible(&refusal.to_string()).into_owned(),
            is_quiet: matches!(
                refusal,
                Refusal::NotStopped | Refusal::Cancelled | Refusal::NothingToCancel(_)
            ),
        }
    }
}
