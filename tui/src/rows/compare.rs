//! Two files beside each other.

use std::{path::PathBuf, sync::Arc};

use ulid_engine::{
    compare::{Comparison, PairError, Relation, TwoFiles},
    dataset::{OpenOptions, Row},
    pass::MEMORY,
    progress::Progress,
};

use super::{RowsError, Source};
use crate::records::{Both, in_its_file};

/// The sign of a relation before the ID.
#[must_use]
pub(crate) fn sign_of(relation: Relation) -> &'static str {
    match relation {
        Relation::First => "-",
        Relation::Second => "+",
        Relation::Changed => "≠",
        Relation::Moved => "~",
        Relation::Both | Relation::Different => " ",
    }
}

/// The words for a relation.
#[must_use]
pub(crate) fn words_for(relation: Relation) -> &'static str {
    match relation {
        Relation::Different => "in one file, or changed",
        Relation::First => "in the first file",
        Relation::Second => "in the second file",
        Relation::Both => "in both files",
        Relation::Changed => "changed",
        Relation::Moved => "in another order",
    }
}

impl Source {
    /// Opens two files to be compared, as one source, as [`TwoFiles::open`] does.
    ///
    /// # Errors
    ///
    /// [`PairError`]
    pub(crate) fn open_both(
        files: [&PathBuf; 2],
        options: &OpenOptions,
        key: Option<&str>,
    ) -> Result<Source, PairError> {
        let (both, pair) = TwoFiles::open(files, options, key)?;
        Ok(Source {
            dataset: Arc::new(both),
            compared: Some(Arc::new(pair)),
            memory: MEMORY,
            is_sample: false,
        })
    }

    /// The names of the two files that are compared.
    #[must_use]
    pub(crate) fn compared(&self) -> Option<[String; 2]> {
        let first = self.compared.as_ref()?.first().name();
        let second = self.dataset.paths().pop()?.display().to_string();
        Some([first, second])
    }

    /// The two files for rows that are written, if two are compared.
    #[must_use]
    pub(crate) fn both(&self, comparison: Arc<Comparison>) -> Option<Both> {
        let files = self.compared()?;
        Some(Both::new(files, self.rows_of_first(), comparison))
    }

    /// True if two files are compared whose rows have more than their keys.
    #[must_use]
    pub(crate) fn compares_columns(&self) -> bool {
        let compared = self.compared.as_deref();
        compared.is_some_and(|compared| !compared.common().is_empty())
    }

    /// A sentence about columns that only one of two files has, which are not compared.
    #[must_use]
    pub(crate) fn lacking_columns(&self) -> Option<String> {
        let compared = self.compared.as_deref()?;
        let [first, second] = self.compared()?;
        let [first_only, second_only] = compared.only();
        let told = |file: &str, only: &[String]| match only {
            [] => None,
            names => Some(format!("only {file} has {}", names.join(", "))),
        };
        let parts = [told(&first, first_only), told(&second, second_only)];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("{}; these columns are not compared", parts.join(", ")))
    }

    /// The letter of the file that a row is of, where two are compared.
    #[must_use]
    pub(crate) fn file_of(&self, row: usize) -> Option<char> {
        self.compared.as_ref()?;
        Some(match row < self.rows_of_first() {
            true => 'A',
            false => 'B',
        })
    }

    /// The number of a row in its own file, from 1.
    #[must_use]
    pub(crate) fn number_of(&self, row: usize) -> usize {
        in_its_file(row, self.rows_of_first()).saturating_add(1)
    }

    /// The rows of the first of two files, as soon as all are known.
    pub(super) fn rows_of_first(&self) -> usize {
        let extent = self
            .compared
            .as_ref()
            .map(|compared| compared.first().extent());
        extent
            .filter(|extent| extent.complete)
            .map_or(0, |extent| extent.rows)
    }

    /// The columns of the file, by their positions, in which two rows differ.
    #[must_use]
    pub(crate) fn columns_changed(&self, row: &Row, other: &Row) -> Vec<usize> {
        let compared = self.compared.as_deref();
        compared.map_or_else(Vec::new, |compared| compared.columns_changed(row, other))
    }

    /// Compares the two files, as [`TwoFiles::compare`] does.
    ///
    /// # Errors
    ///
    /// [`RowsError`] if `progress` is cancelled, the rows can no longer be read, or are too many.
    pub(crate) fn compare(&self, progress: &Progress) -> Result<Comparison, RowsError> {
        let Some(compared) = self.compared.as_deref() else {
            return Err(RowsError::NotTwo);
        };
        Ok(compared.compare(&self.dataset, self.memory, progress)?)
    }
}
