//! Reasons for which contents cannot be read as they were asked for, each in one sentence for people. They name no flag of
//! a program, and no source.

use std::{fmt, io};

use super::Format;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Reason {
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
