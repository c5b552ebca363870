//! The one place that knows how the engine hands out rows.

use std::{path::PathBuf, sync::Arc, thread, time::Duration};

use ulid_engine::{
    dataset::{Dataset, Extent, Layout, OpenError, OpenOptions, ReadError, Row},
    progress::Progress,
    sort::{self, Direction},
    stats::RowFault,
};

use crate::jobs::JobError;

/// The rows of a source. Clones share them.
#[derive(Debug, Clone)]
pub struct Source {
    dataset: Arc<Dataset>,
}

/// The IDs of all rows as columns.
struct Keys {
    /// One for each row; that of a row with a fault counts for nothing.
    keys: Vec<u128>,
    faults: Vec<RowFault>,
}

/// Rows that are gone over between two looks at whether the run is cancelled.
const ROWS_A_STEP: usize = 1 << 16;

impl Source {
    /// Opens files as one source.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where one cannot be read, or is no source of rows.
    pub fn open(paths: &[PathBuf], options: &OpenOptions) -> Result<Source, OpenError> {
        Dataset::open_paths(paths, options).map(Source::from)
    }

    /// The built-in sample.
    #[must_use]
    pub fn sample() -> Source {
        Source::from(Dataset::sample())
    }

    /// The path as given, or `sample`.
    #[must_use]
    pub fn name(&self) -> String {
        self.dataset.name()
    }

    /// What the rows look like.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        self.dataset.layout()
    }

    /// How many rows are known by now, and whether there are more to come. Returns at once.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.dataset.extent()
    }

    /// Up to `count` rows from `first` on, of those known by now. Returns at once.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub fn window(&self, first: usize, count: usize) -> Result<Vec<Row>, ReadError> {
        self.dataset.window(first, count)
    }

    /// The last `count` rows, at once, even where the index has not come to them: their numbers are estimates then.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub fn tail(&self, count: usize) -> Result<Vec<Row>, ReadError> {
        Ok(self.dataset.tail(count)?.rows)
    }

    /// The rows known by now in the order of their IDs; those without one come last.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled, the rows can no longer be read, or are too many.
    pub fn order_by_id(
        &self,
        direction: Direction,
        progress: &Progress,
    ) -> Result<Vec<u32>, JobError> {
        let keys = self.keys(2, progress)?;
        let invalid = keys.faults.iter().map(|fault| fault.row).collect();
        Ok(sort::order_keys(&keys.keys, &invalid, direction, progress)?)
    }

    /// The keys of the rows known by now. `passes` says how often the caller goes over the rows, this one included.
    fn keys(&self, passes: u64, progress: &Progress) -> Result<Keys, JobError> {
        let count = self.extent().rows;
        progress.set_total(count as u64 * passes);
        let mut keys = Keys {
            keys: Vec::with_capacity(count),
            faults: Vec::new(),
        };
        for (index, row) in (0..).zip(self.dataset.rows().take(count)) {
            let row = row?;
            if let Err(fault) = &row.id {
                keys.faults.push(RowFault {
                    row: index,
                    kind: fault.kind,
                });
            }
            keys.keys.push(row.id.map_or(0, |id| id.0));
            if keys.keys.len().is_multiple_of(ROWS_A_STEP) {
                progress.advance(ROWS_A_STEP as u64)?;
            }
        }
        Ok(keys)
    }

    /// Calls `tell` when rows have been added, at most ten times a second, until the source is complete or `tell` says
    /// that nobody listens any more. Sleeps in between, for as long as nothing comes. Does nothing for a source that is
    /// complete already.
    pub fn watch(&self, tell: impl Fn() -> bool + Send + 'static) {
        const PAUSE: Duration = Duration::from_millis(100);
        let source = self.clone();
        if source.extent().complete {
            return;
        }
        thread::spawn(move || {
            loop {
                let before = source.extent();
                // the last look tells that the source is complete
                if !tell() || before.complete {
                    break;
                }
                // waits for the row behind the last known one; what it holds is of no interest here
                let _ = source.dataset.row(before.rows);
                thread::sleep(PAUSE);
            }
        });
    }
}

impl From<Dataset> for Source {
    fn from(dataset: Dataset) -> Source {
        Source {
            dataset: Arc::new(dataset),
        }
    }
}
