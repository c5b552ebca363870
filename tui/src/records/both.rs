//! The words of a row about two files that are compared: how it is related, and which of them it is of.

use std::sync::Arc;

use ulid_engine::{compare::Comparison, dataset::RowRef};

/// Two files whose rows are written.
#[derive(Debug, Clone)]
pub(crate) struct Both {
    files: [String; 2],
    /// Rows of the first file, behind which those of the second are counted.
    rows_of_first: usize,
    comparison: Arc<Comparison>,
}

impl Both {
    /// The names of the columns that say it.
    const NAMES: [&'static str; 2] = ["relation", "file"];

    /// The names of the columns of rows that may be of two files.
    pub(crate) fn names(both: Option<&Both>) -> &'static [&'static str] {
        match both {
            Some(_) => &Both::NAMES,
            None => &[],
        }
    }

    /// Two files of these names, of which the first has so many rows.
    pub(crate) fn new(
        files: [String; 2],
        rows_of_first: usize,
        comparison: Arc<Comparison>,
    ) -> Both {
        Both {
            files,
            rows_of_first,
            comparison,
        }
    }

    /// The values of the columns for a row, as it is counted through both files.
    pub(crate) fn values(&self, row: &RowRef<'_>) -> [&str; 2] {
        let [first, second] = &self.files;
        self.told(row, [first, second])
    }

    /// The same for people: of the file a letter.
    pub(crate) fn in_short(&self, row: &RowRef<'_>) -> [&str; 2] {
        self.told(row, ["A", "B"])
    }

    fn told<'t>(&self, row: &RowRef<'_>, [first, second]: [&'t str; 2]) -> [&'t str; 2] {
        let file = match row.index < self.rows_of_first {
            true => first,
            false => second,
        };
        [self.comparison.word_for(row.index), file]
    }

    /// The row as it is counted in its own file.
    pub(crate) fn in_its_file<'a>(&self, row: &RowRef<'a>) -> RowRef<'a> {
        let mut row = *row;
        row.index = in_its_file(row.index, self.rows_of_first);
        row
    }
}

/// The number of a row in its own file, where the first of two files has so many rows. Both count from 0.
pub(crate) fn in_its_file(row: usize, rows_of_first: usize) -> usize {
    row.checked_sub(rows_of_first).unwrap_or(row)
}
