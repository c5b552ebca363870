//! The one place that knows how the engine hands out rows.

mod compare;
mod watch;

pub use compare::{Comparison, Relation, Unlike};

use std::{
    io::Read,
    ops::{ControlFlow, RangeInclusive},
    path::PathBuf,
    sync::Arc,
};

use ulid_engine::{
    RowSet, Timestamp, Ulid,
    dataset::{
        Block, Dataset, Extent, Layout, MEMORY, OpenError, OpenOptions, ReadError, Row, RowOrder,
    },
    progress::Progress,
    query::{self, Expression, Query, QueryError, Scope},
    sort::{self, Direction},
    stats::{Limits, RowFault},
    timestamp::TimeZone,
};

use crate::{
    findings::Findings,
    jobs::{JobError, Order},
    state::{Arrangement, Counts, Listing},
};

/// The rows of a source. Clones share them.
#[derive(Debug, Clone)]
pub struct Source {
    dataset: Arc<Dataset>,
    /// The first of two files that are compared, alone.
    first: Option<Arc<Dataset>>,
    /// Bytes for sorting and for the search of duplicates.
    memory: usize,
}

/// The IDs of all rows as columns.
struct Keys {
    /// One for each row; that of a row with a fault counts for nothing.
    keys: Vec<u128>,
    faults: Vec<RowFault>,
}

/// Rows that are closer than this are read together.
const NEAR: usize = 256;
/// Rows of a listing that are read at once where all of them are wanted.
pub(crate) const ROWS_AT_ONCE: usize = 1 << 15;
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

    /// Takes rows from a stream, as they come.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where it is empty or no source of rows.
    pub fn from_reader(
        name: &str,
        reader: impl Read + Send + 'static,
        options: &OpenOptions,
    ) -> Result<Source, OpenError> {
        Dataset::from_reader(name, reader, options).map(Source::from)
    }

    /// The built-in sample.
    #[must_use]
    pub fn sample() -> Source {
        Source::from(Dataset::sample())
    }

    /// The same source, with so many bytes for sorting and for the search of duplicates.
    #[must_use]
    pub fn with_memory(self, bytes: usize) -> Source {
        Source {
            memory: bytes,
            ..self
        }
    }

    /// The path as given, or `sample`.
    #[must_use]
    pub fn name(&self) -> String {
        match self.compared() {
            Some([first, second]) => format!("{first} beside {second}"),
            None => self.dataset.name(),
        }
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

    /// All rows from the first on, each as soon as it is there.
    pub fn stream(&self) -> impl Iterator<Item = Result<Row, ReadError>> {
        self.dataset.rows()
    }

    /// Whether no row is known behind this one, but more may come.
    #[must_use]
    pub fn is_last_for_now(&self, row: &Row) -> bool {
        let extent = self.extent();
        !extent.complete && row.index + 1 >= extent.rows
    }

    /// Waits until all rows are known, and says how many there are.
    #[must_use]
    pub fn wait_for_all(&self) -> usize {
        self.dataset.len()
    }

    /// Up to `count` rows of a listing from a place on.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub fn rows_of(
        &self,
        listing: &Listing,
        place: usize,
        count: usize,
    ) -> Result<Vec<Row>, ReadError> {
        if listing.is_source() {
            return self.window(place, count);
        }
        let places = place..place.saturating_add(count);
        let mut wanted: Vec<(usize, usize)> = places
            .map_while(|place| listing.row(place))
            .enumerate()
            .map(|(place, row)| (row, place))
            .collect();
        // Rows that lie near each other in the file are read together.
        wanted.sort_unstable();
        let mut rows = Vec::with_capacity(wanted.len());
        for near in wanted.chunk_by(|(a, _), (b, _)| b - a < NEAR) {
            let (Some((first, _)), Some((last, _))) = (near.first(), near.last()) else {
                continue;
            };
            let mut near = near.iter().peekable();
            for row in self.window(*first, last - first + 1)? {
                if let Some((_, place)) = near.next_if(|(index, _)| *index == row.index) {
                    rows.push((*place, row));
                }
            }
        }
        rows.sort_unstable_by_key(|(place, _)| *place);
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }

    /// The names of the columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        self.dataset.columns()
    }

    /// The line of a row in its file, as editors count, as long as no quoted field holds a line end.
    #[must_use]
    pub fn line_of(&self, row: &Row) -> usize {
        self.number_of(row) + usize::from(self.layout().header)
    }

    /// The rows known by now in the order of their IDs, all or the `wanted` ones; those without one come last.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled, the rows can no longer be read, or are too many.
    pub fn order_by_id(
        &self,
        direction: Direction,
        wanted: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<RowOrder, JobError> {
        if self.extent().complete {
            return Ok(self
                .dataset
                .order(direction, self.memory, wanted, progress)?);
        }
        let keys = self.keys(2, progress)?;
        let mut order = sort::order_keys(&keys.keys, &keys.invalid(), direction, progress)?;
        order.retain(|&row| wanted.is_none_or(|rows| rows.contains(u64::from(row))));
        Ok(order.into())
    }

    /// All rows in the order of an expression; those without a value come last. Waits for the rest of a source that is
    /// not complete.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn order_by(
        &self,
        by: &Expression,
        direction: Direction,
        progress: &Progress,
    ) -> Result<Vec<u32>, JobError> {
        const BYTES_A_ROW: usize = 36;
        let rows = self.extent().rows;
        if rows.saturating_mul(BYTES_A_ROW) > self.memory {
            return Err(JobError::Memory { rows });
        }
        Ok(query::order(&self.dataset, by, direction, progress)?)
    }

    /// What the rows known by now are like.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn audit(&self, now: Timestamp, progress: &Progress) -> Result<Findings, JobError> {
        let (audit, duplicates) = self
            .dataset
            .survey(Limits::at(now), self.memory, progress)?;
        let (summary, flaws) = audit.into_parts();
        Ok(Findings {
            summary,
            flaws,
            duplicates,
        })
    }

    /// Waits for all rows, and says what they are like.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn wait_and_audit(&self) -> Result<Findings, JobError> {
        let _ = self.wait_for_all();
        self.audit(Timestamp::now(), &Progress::new())
    }

    /// Reads a condition on the rows.
    ///
    /// # Errors
    ///
    /// [`QueryError`], which says where it goes wrong and what could stand there.
    pub fn query(&self, text: &str, now: Timestamp, zone: &TimeZone) -> Result<Query, QueryError> {
        Query::parse(text, &Scope::of(&self.dataset, now, zone))
    }

    /// Reads what rows are to be ordered by: the name of a column comes before what else it could mean.
    ///
    /// # Errors
    ///
    /// [`QueryError`] for an expression that is none.
    pub fn order(
        &self,
        arrangement: &Arrangement,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Order, QueryError> {
        Ok(match arrangement {
            Arrangement::ByPosition(direction) => Order::Position(*direction),
            Arrangement::ById(direction) => Order::Id(*direction),
            Arrangement::By(by, direction) => {
                let is_column = self.columns().iter().any(|name| **name == **by);
                let by = if is_column {
                    Expression::of_column(by)
                } else {
                    Expression::of_row(by, &Scope::of(&self.dataset, now, zone))?
                };
                Order::Value(Box::new(by), *direction)
            }
        })
    }

    /// The rows that meet a condition. Waits for the rest of a source that is not complete.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn select(&self, query: &Query, progress: &Progress) -> Result<RowSet, JobError> {
        Ok(query::select(&self.dataset, query, progress)?)
    }

    /// The rows of which `chosen` is true, of those known by now.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn choose(
        &self,
        progress: &Progress,
        chosen: impl Fn(&Row) -> bool,
    ) -> Result<RowSet, JobError> {
        let mut rows = RowSet::new();
        self.each(1, progress, |row| {
            if chosen(&row) {
                rows.insert(row.index as u64);
            }
        })?;
        Ok(rows)
    }

    /// The rows known by now whose ID has its last `bits` in common with another ID.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn sharing_bits(&self, bits: u32, progress: &Progress) -> Result<RowSet, JobError> {
        let keys = self.keys(2, progress)?;
        let invalid = keys.invalid();
        let unused = u128::BITS.saturating_sub(bits);
        let tails: Vec<u128> = keys.keys.iter().map(|key| key << unused).collect();
        let order = sort::order_keys(&tails, &invalid, Direction::Ascending, progress)?;
        let valid = order.len() - keys.faults.len();
        let same_tail = |a: &u32, b: &u32| tails[*a as usize] == tails[*b as usize];
        let mut sharing = RowSet::new();
        for rows in order[..valid].chunk_by(same_tail) {
            let mut ids = rows.iter().map(|&row| keys.keys[row as usize]);
            let first = ids.next();
            if ids.any(|id| Some(id) != first) {
                sharing.extend(rows.iter().map(|&row| u64::from(row)));
            }
        }
        Ok(sharing)
    }

    /// How many IDs fall into each of equal parts of a stretch of time.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn count_times(
        &self,
        times: &RangeInclusive<Timestamp>,
        parts: usize,
        progress: &Progress,
    ) -> Result<Counts, JobError> {
        let mut counts = Counts::new(parts);
        let count_block = |block: &Block| {
            let mut counts = Counts::new(parts);
            let mut faults = block.faults().iter().map(|fault| fault.row).peekable();
            for (row, &key) in (block.first_row()..).zip(block.keys()) {
                if faults.next_if_eq(&row).is_none() {
                    counts.add(Timestamp::of(Ulid(key)), times);
                }
            }
            counts
        };
        self.dataset.scan(0, progress, count_block, |part| {
            counts.merge(&part);
            ControlFlow::Continue(())
        })?;
        Ok(counts)
    }

    /// The keys of the rows known by now. `passes` says how often the caller goes over the rows, this one included.
    fn keys(&self, passes: u64, progress: &Progress) -> Result<Keys, JobError> {
        let mut keys = Keys {
            keys: Vec::with_capacity(self.extent().rows),
            faults: Vec::new(),
        };
        if self.extent().complete {
            self.dataset.scan(
                0,
                progress,
                |block| (block.keys().to_vec(), block.faults().to_vec()),
                |(block, faults)| {
                    keys.keys.extend(block);
                    keys.faults.extend(faults);
                    ControlFlow::Continue(())
                },
            )?;
            return Ok(keys);
        }
        // a pass by the block would wait for the rest of a stream
        self.each(passes, progress, |row| {
            if let Err(fault) = &row.id {
                keys.faults.push(RowFault {
                    row: row.index as u64,
                    kind: fault.kind,
                });
            }
            keys.keys.push(row.id.map_or(0, |id| id.0));
        })?;
        Ok(keys)
    }

    /// Calls `visit` for each of the rows known by now.
    fn each(
        &self,
        passes: u64,
        progress: &Progress,
        mut visit: impl FnMut(Row),
    ) -> Result<(), JobError> {
        let count = self.extent().rows;
        progress.set_total(count as u64 * passes);
        for (index, row) in self.dataset.rows().take(count).enumerate() {
            visit(row?);
            if (index + 1).is_multiple_of(ROWS_A_STEP) {
                progress.advance(ROWS_A_STEP as u64)?;
            }
        }
        progress.advance((count % ROWS_A_STEP) as u64)?;
        Ok(())
    }
}

impl Keys {
    fn invalid(&self) -> RowSet {
        self.faults.iter().map(|fault| fault.row).collect()
    }
}

impl From<Dataset> for Source {
    fn from(dataset: Dataset) -> Source {
        Source {
            dataset: Arc::new(dataset),
            first: None,
            memory: MEMORY,
        }
    }
}
