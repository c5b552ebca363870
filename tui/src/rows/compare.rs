//! Two files beside each other.

use std::{fs, path::PathBuf, sync::Arc};

use ulid_engine::{
    RowSet,
    dataset::{Dataset, MEMORY, OpenError, OpenOptions},
    diff::{self, Diff},
    progress::Progress,
};

use super::Source;
use crate::jobs::JobError;

/// How a row is related to the other file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Relation {
    /// Only one of the files has the ID
    Different,
    /// Only the first file has the ID
    First,
    /// Only the second file has the ID
    Second,
    /// Both files have the ID
    Both,
    /// Both have the ID, but not in the same order as the others
    Moved,
}

impl Relation {
    /// The sign before the ID.
    #[must_use]
    pub fn glyph(self) -> &'static str {
        match self {
            Relation::First => "-",
            Relation::Second => "+",
            Relation::Moved => "~",
            Relation::Both | Relation::Different => " ",
        }
    }

    /// The words for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Relation::Different => "in one file",
            Relation::First => "in the first file",
            Relation::Second => "in the second file",
            Relation::Both => "in both files",
            Relation::Moved => "in another order",
        }
    }
}

/// How the rows of two files are related.
#[derive(Debug, Clone)]
pub struct Comparison {
    diff: Diff,
}

impl Comparison {
    /// The rows of a relation.
    #[must_use]
    pub fn rows(&self, relation: Relation) -> RowSet {
        let diff = &self.diff;
        match relation {
            Relation::Different => &diff.only_first | &diff.only_second,
            Relation::First => diff.only_first.clone(),
            Relation::Second => diff.only_second.clone(),
            Relation::Both => diff.both.clone(),
            Relation::Moved => diff.moved.clone(),
        }
    }

    /// How many IDs are so. One that is in both files is one.
    #[must_use]
    pub fn count(&self, relation: Relation) -> u64 {
        let diff = &self.diff;
        match relation {
            Relation::Different => diff.only_first.len() + diff.only_second.len(),
            Relation::First => diff.only_first.len(),
            Relation::Second => diff.only_second.len(),
            Relation::Both => diff.both.len() / 2,
            Relation::Moved => diff.moved.len() / 2,
        }
    }

    /// What is to be said of a row; nothing where both files have it in its place, and where it has no ID.
    #[must_use]
    pub fn of_row(&self, row: usize) -> Option<Relation> {
        let row = row as u64;
        let diff = &self.diff;
        [
            (Relation::First, &diff.only_first),
            (Relation::Second, &diff.only_second),
            (Relation::Moved, &diff.moved),
        ]
        .into_iter()
        .find_map(|(relation, rows)| rows.contains(row).then_some(relation))
    }
}

/// Two files of different kinds.
#[derive(Debug, thiserror::Error)]
#[error(
    "{first} and {second} cannot be compared; say with --format, --column or --field what both are"
)]
pub struct Unlike {
    first: String,
    second: String,
}

/// The row of a source in its own file, where the first of two files has so many rows.
pub(super) fn in_its_file(row: usize, rows_of_first: usize) -> usize {
    row.checked_sub(rows_of_first).unwrap_or(row)
}

/// A pipe where a file is needed: two files are read once each alone, and once together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is a pipe, and --diff reads its files twice; write it to a file first")]
pub struct OnlyOnce(String);

impl Source {
    /// Opens two files to be compared, as one source: the rows of the second stand behind those of the first.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where one cannot be read, [`Unlike`] where their rows differ in kind, [`OnlyOnce`] for a pipe.
    pub fn open_both(files: [&PathBuf; 2], options: &OpenOptions) -> anyhow::Result<Source> {
        let is_pipe = |file: &&PathBuf| {
            fs::metadata(file).is_ok_and(|kind| !kind.is_file() && !kind.is_dir())
        };
        if let Some(pipe) = files.into_iter().find(is_pipe) {
            return Err(OnlyOnce(pipe.display().to_string()).into());
        }
        let alone = |file: &PathBuf| -> Result<Dataset, OpenError> {
            Dataset::open_paths(std::slice::from_ref(file), options)
        };
        let (first, second) = (alone(files[0])?, alone(files[1])?);
        let kind = |dataset: &Dataset| {
            let layout = dataset.layout();
            (
                layout.format,
                layout.spelling,
                layout.columns.clone(),
                layout.field.clone(),
            )
        };
        if kind(&first) != kind(&second) {
            let described =
                |dataset: &Dataset| format!("{} ({})", dataset.name(), dataset.layout());
            return Err(Unlike {
                first: described(&first),
                second: described(&second),
            }
            .into());
        }
        let both = Dataset::open_paths(&files.map(Clone::clone), options)?;
        Ok(Source {
            dataset: Arc::new(both),
            first: Some(Arc::new(first)),
            memory: MEMORY,
        })
    }

    /// The names of the two files that are compared.
    #[must_use]
    pub fn compared(&self) -> Option<[String; 2]> {
        let first = self.first.as_ref()?.name();
        let second = self.dataset.paths().pop()?.display().to_string();
        Some([first, second])
    }

    /// The number of a row in its own file, from 1.
    #[must_use]
    pub fn number_of(&self, row: usize) -> usize {
        in_its_file(row, self.rows_of_first()).saturating_add(1)
    }

    /// The rows of the first of two files, as soon as all are known.
    pub(super) fn rows_of_first(&self) -> usize {
        let extent = self.first.as_ref().map(|first| first.extent());
        extent
            .filter(|extent| extent.complete)
            .map_or(0, |extent| extent.rows)
    }

    /// Compares the two files. Waits until all their rows are known.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled, the rows can no longer be read, or are too many.
    pub fn compare(&self, progress: &Progress) -> Result<Comparison, JobError> {
        let first_rows = self.first.as_ref().map_or(0, |first| first.len());
        let _ = self.wait_for_all();
        let keys = self.keys(2, progress)?;
        let diff = diff::diff(&keys.keys, &keys.invalid(), first_rows, progress)?;
        Ok(Comparison { diff })
    }
}
