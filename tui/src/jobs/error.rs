//! Why jobs fail.

use std::io;

use ulid_engine::{
    dataset::{ReadError, ScanError, SortError},
    progress::Cancelled,
    query::{EvaluateError, SelectError, TooMuch},
    sort::{LineSortError, OrderError},
};

use crate::export::ExportError;

/// Why a job brings nothing back.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Somebody asked for it.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The source can no longer be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no order of so many rows.
    #[error(transparent)]
    Order(OrderError),
    /// The temporary file that an order goes through failed.
    #[error("the rows cannot be sorted: {0}")]
    Sort(io::Error),
    /// An expression cannot be read.
    #[error("{0}")]
    Expression(String),
    /// There is one file where two are compared.
    #[error("two files are compared with --diff; name both")]
    NotTwo,
    /// The rows cannot be written.
    #[error("the rows cannot be written: {0}")]
    Write(io::Error),
    /// A condition needs more memory than is kept for it.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// The file was not made.
    // the sentence has the reason in it, which as a source would be told twice
    #[error("nothing is exported: {0}")]
    Export(ExportError),
}

impl From<ExportError> for JobError {
    fn from(error: ExportError) -> JobError {
        JobError::Export(error)
    }
}

impl From<EvaluateError> for JobError {
    fn from(error: EvaluateError) -> JobError {
        match error {
            EvaluateError::Select(error) => error.into(),
            EvaluateError::Read(error) => error.into(),
            error @ (EvaluateError::OutOfTime(_) | EvaluateError::NoRow(_)) => {
                JobError::Expression(error.to_string())
            }
        }
    }
}

impl From<ScanError> for JobError {
    fn from(error: ScanError) -> JobError {
        match error {
            ScanError::Cancelled(cancelled) => JobError::Cancelled(cancelled),
            ScanError::Read(error) => JobError::Read(error),
        }
    }
}

impl From<SortError> for JobError {
    fn from(error: SortError) -> JobError {
        match error {
            SortError::Scan(error) => error.into(),
            SortError::Order(error) => error.into(),
            SortError::Temporary(error) => JobError::Sort(error),
            SortError::TooMuch(error) => error.into(),
            SortError::Lines(error) => error.into(),
        }
    }
}

impl From<LineSortError> for JobError {
    fn from(error: LineSortError) -> JobError {
        match error {
            LineSortError::Cancelled(cancelled) => JobError::Cancelled(cancelled),
            LineSortError::Read(error) | LineSortError::Temporary(error) => JobError::Sort(error),
            LineSortError::Write(error) => JobError::Write(error),
        }
    }
}

impl From<SelectError> for JobError {
    fn from(error: SelectError) -> JobError {
        match error {
            SelectError::Scan(error) => error.into(),
            SelectError::Order(error) => error.into(),
            SelectError::TooMuch(error) => error.into(),
        }
    }
}

impl From<OrderError> for JobError {
    fn from(error: OrderError) -> JobError {
        match error {
            OrderError::Cancelled(cancelled) => JobError::Cancelled(cancelled),
            other => JobError::Order(other),
        }
    }
}
