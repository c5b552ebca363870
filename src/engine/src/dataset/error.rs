use std::{io, path::PathBuf};

/// Why a source cannot be opened, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", path.display())]
pub struct OpenError {
    /// The path as given.
    pub path: PathBuf,
    pub(super) reason: Reason,
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
    #[error("is a binary file, give text with one ID a line")]
    Binary,
    #[error("{0}")]
    Io(io::Error),
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
