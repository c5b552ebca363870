//! Why rows are not given. What they are wanted for is not known here.

use std::io;

use ulid_engine::{
    dataset::{ReadError, ScanError},
    pass::SortError,
    progress::Cancelled,
    query::{EvaluateError, SelectError, TooMuch},
    sort::{LineSortError, OrderError},
};

/// Why rows, or figures of them, are not given.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RowsError {
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
}

impl From<EvaluateError> for RowsError {
    fn from(error: EvaluateError) -> RowsError {
        match error {
            EvaluateError::Select(error) => error.into(),
            EvaluateError::Read(error) => error.into(),
            error @ (EvaluateError::OutOfTime(_) | EvaluateError::NoRow(_)) => {
                RowsError::Expression(error.to_string())
            }
        }
    }
}

impl From<ScanError> for RowsError {
    fn from(error: ScanError) -> RowsError {
        match error {
            ScanError::Cancelled(cancelled) => RowsError::Cancelled(cancelled),
            ScanError::Read(error) => RowsError::Read(error),
        }
    }
}

impl From<SortError> for RowsError {
    fn from(error: SortError) -> RowsError {
        match error {
            SortError::Scan(error) => error.into(),
            SortError::Order(error) => error.into(),
            SortError::Temporary(error) => RowsError::Sort(error),
            SortError::TooMuch(error) => error.into(),
            SortError::Lines(error) => error.into(),
        }
    }
}

impl From<LineSortError> for RowsError {
    fn from(error: LineSortError) -> RowsError {
        match error {
            LineSortError::Cancelled(cancelled) => RowsError::Cancelled(cancelled),
            LineSortError::Read(error) | LineSortError::Temporary(error) => RowsError::Sort(error),
            LineSortError::Write(error) => RowsError::Write(error),
        }
    }
}

impl From<SelectError> for RowsError {
    fn from(error: SelectError) -> RowsError {
        match error {
            SelectError::Scan(error) => error.into(),
            SelectError::Order(error) => error.into(),
            SelectError::TooMuch(error) => error.into(),
        }
    }
}

impl From<OrderError> for RowsError {
    fn from(error: OrderError) -> RowsError {
        match error {
            OrderError::Cancelled(cancelled) => RowsError::Cancelled(cancelled),
            other => RowsError::Order(other),
        }
    }
}
