//! Rows near one of a dataset, which nobody waits for.

use std::cell::Cell;

use super::Dataset;
use crate::{
    row::{Row, RowSource},
    source::ReadError,
};

/// Rows of a dataset near one of them, as far as they are known by now. A row with an ID is looked for some 60,000 rows back,
/// and no further.
#[derive(Debug)]
pub struct Near<'d> {
    dataset: &'d Dataset,
    /// How often a row with an ID was looked for.
    steps: Cell<usize>,
}

impl<'d> Near<'d> {
    /// Rows of a dataset.
    #[must_use]
    pub fn of(dataset: &'d Dataset) -> Near<'d> {
        Near {
            dataset,
            steps: Cell::new(0),
        }
    }
}

impl RowSource for Near<'_> {
    fn window(&self, first: usize, count: usize) -> Result<Vec<Row>, ReadError> {
        self.dataset.window(first, count)
    }

    fn may_go_on(&self) -> bool {
        const MOST: usize = 12;
        self.steps.set(self.steps.get() + 1);
        self.steps.get() <= MOST
    }

    fn is_duplicate(&self, _: usize) -> Option<bool> {
        None
    }

    fn lines_of(&self, rows: &[Row]) -> Result<Vec<Option<u64>>, ReadError> {
        self.dataset.lines_of(rows)
    }
}
