//! Why jobs fail.

use crate::{export::ExportError, rows::RowsError};

/// Why a job brings nothing back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    /// The rows are not given.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// The file was not made.
    // the sentence has the reason in it, which as a source would be told twice
    #[error("nothing is exported: {0}")]
    Export(ExportError),
}

impl JobError {
    /// True if somebody asked for the end.
    #[must_use]
    pub(crate) fn is_cancelled(&self) -> bool {
        matches!(self, JobError::Rows(RowsError::Cancelled(_)))
    }
}

impl From<ExportError> for JobError {
    fn from(error: ExportError) -> JobError {
        match error {
            ExportError::Rows(error) => JobError::Rows(error),
            error => JobError::Export(error),
        }
    }
}
