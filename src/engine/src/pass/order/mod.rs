//! The rows of a dataset in the order of their IDs, in bounded memory: what fits is sorted there, and runs of more go
//! through a temporary file and are merged.

mod nearly_sorted;
mod row_order;
pub(crate) mod spill;
mod write;

pub use row_order::RowOrder;

use std::io;

use crate::dataset::Dataset;
use crate::{
    RowSet,
    progress::{Cancelled, Progress},
    sort,
    sort::{Direction, LineSortError, OrderError},
    source::{ReadError, ScanError},
    stats::RowFault,
};
use spill::{Merge, Spill};

/// Bytes that a row takes while it is sorted in memory: its key, an entry, room for the sort, its place.
pub(crate) const SORTED_BYTES: usize = 52;

/// Memory for a sort that is not to be had for less.
pub(crate) const LEAST_MEMORY: usize = 4 << 20;

/// The values of the rows before take more memory than is kept for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the values of the rows before take more than 4 GiB; ask for `id`, `time` or a number, or of fewer rows"
)]
pub struct TooMuch;

/// Why rows could not be ordered.
#[derive(Debug, thiserror::Error)]
pub enum SortError {
    /// The pass over them ended early.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// There are too many.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The temporary file could not be made, written or read.
    #[error("the temporary file cannot be used: {0}")]
    Temporary(#[from] io::Error),
    /// A condition or figure needs more memory than is kept for it.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    /// The sorted rows could not be kept or written.
    #[error(transparent)]
    Lines(#[from] LineSortError),
}

impl From<Cancelled> for SortError {
    fn from(cancelled: Cancelled) -> SortError {
        SortError::Scan(cancelled.into())
    }
}

impl From<ReadError> for SortError {
    fn from(error: ReadError) -> SortError {
        SortError::Scan(error.into())
    }
}

impl Dataset {
    /// The rows in the order of their IDs, of all or of the `wanted` ones. Equal ones keep their order in either
    /// direction, and rows without a ULID come last in either direction. A stream that is still open is waited for.
    ///
    /// It takes `memory` bytes, at least four megabytes: where they do not suffice, runs go to a temporary file, and so
    /// does the order itself where it would take more than a quarter. Rows that nearly ascend are gone over twice instead,
    /// and take memory for the few that are late. A unit of `progress` is a byte of the source, then a row.
    ///
    /// # Errors
    ///
    /// [`SortError`]
    pub fn order(
        &self,
        direction: Direction,
        memory: usize,
        wanted: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<RowOrder, SortError> {
        let memory = memory.max(LEAST_MEMORY);
        if let Some(order) = nearly_sorted::order(self, direction, memory, wanted, progress)? {
            return Ok(order);
        }
        let mut runs = Runs::new(direction, memory);
        let map = |block: &super::Block| (block.keys().to_vec(), block.faults().to_vec());
        self.pass(progress)
            .try_each(map, |(keys, faults)| runs.add(&keys, &faults, progress))?;
        runs.finish(wanted, progress)
    }
}

/// Sorted runs of neighbouring rows.
struct Runs {
    direction: Direction,
    memory: usize,
    /// Rows that the runs hold, and those without a ULID.
    rows: usize,
    invalid: RowSet,
    /// Rows that are not in a run yet.
    keys: Vec<u128>,
    faults: RowSet,
    spill: Option<Spill>,
}

impl Runs {
    fn new(direction: Direction, memory: usize) -> Runs {
        Runs {
            direction,
            memory,
            rows: 0,
            invalid: RowSet::new(),
            keys: Vec::new(),
            faults: RowSet::new(),
            spill: None,
        }
    }

    fn add(
        &mut self,
        keys: &[u128],
        faults: &[RowFault],
        progress: &Progress,
    ) -> Result<(), SortError> {
        let first = self.rows as u64;
        self.faults
            .extend(faults.iter().map(|fault| fault.row - first));
        self.keys.extend_from_slice(keys);
        // a block more than fits, so that what fits needs no file
        if self.keys.len().saturating_mul(SORTED_BYTES) > self.memory {
            self.write_run(progress)?;
        }
        Ok(())
    }

    /// The rows in memory, ordered.
    fn sorted(&self, progress: &Progress) -> Result<Vec<u32>, OrderError> {
        sort::order_keys(&self.keys, &self.faults, self.direction, progress)
    }

    fn write_run(&mut self, progress: &Progress) -> Result<(), SortError> {
        let first = self.rows;
        let after = first + self.keys.len();
        u32::try_from(after).map_err(|_| OrderError::TooManyRows { rows: after })?;
        let order = self.sorted(&progress.piece())?;
        let valid = order.len() - usize::try_from(self.faults.len()).unwrap_or(order.len());
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill::new(self.direction)?),
        };
        for &row in &order[..valid] {
            // it was seen above that they can be counted so
            spill.write(self.keys[row as usize], first as u32 + row, &[])?;
        }
        spill.end_run();
        self.invalid
            .extend(self.faults.iter().map(|row| row + first as u64));
        self.rows = after;
        self.keys.clear();
        self.faults.clear();
        Ok(())
    }

    fn finish(
        mut self,
        wanted: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<RowOrder, SortError> {
        if self.spill.is_some() {
            self.write_run(progress)?;
        }
        let Some(spill) = self.spill else {
            let mut order = self.sorted(progress)?;
            if let Some(wanted) = wanted {
                order.retain(|&row| wanted.contains(u64::from(row)));
            }
            return Ok(order.into());
        };
        self.keys = Vec::new();
        let wanted = Merge {
            rows: self.rows,
            last: self.invalid,
            only: wanted,
        };
        spill.merge(&wanted, self.memory, progress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ulid, codec, format::OpenOptions};

    const ROWS: u64 = 400_000;

    /// Each thousandth line is no ID, the others are those of a number for each row.
    fn dataset(number: impl Fn(u64) -> u64) -> Dataset {
        let line = |row: u64| match row % 1000 {
            7 => "none\n".to_owned(),
            _ => {
                let number = u128::from(number(row));
                format!("{}\n", codec::print(Ulid::from_u128(number << 70 | number)))
            }
        };
        let text: String = (0..ROWS).map(line).collect();
        let options = OpenOptions::default();
        Dataset::from_bytes("test", text.into_bytes(), &options).unwrap()
    }

    fn mixed(row: u64) -> u64 {
        row.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    /// Each twice.
    fn shuffled(row: u64) -> u64 {
        mixed(row) % (ROWS / 2)
    }

    /// Some late by a little, some by much, some far ahead, some again.
    fn nearly(row: u64) -> u64 {
        match row % 2003 {
            3 | 4 => ROWS + row,
            5..=40 => row.saturating_sub(mixed(row) % 3000),
            41 => mixed(row) % ROWS,
            42 => row - 1,
            _ => row,
        }
    }

    fn rows(order: &RowOrder) -> Vec<u32> {
        (0..order.len())
            .map(|place| order.get(place).unwrap())
            .collect()
    }

    #[test]
    fn orders_through_a_file_and_of_late_rows_are_those_of_memory() {
        let some: RowSet = (0..ROWS).filter(|row| row % 3 == 0).collect();
        let progress = Progress::new();
        for (dataset, is_nearly) in [(dataset(shuffled), false), (dataset(nearly), true)] {
            let ids = dataset.ids().unwrap();
            for direction in [Direction::Ascending, Direction::Descending] {
                let all = sort::order(&ids, direction, &progress).unwrap();
                let third = all.iter().copied().filter(|row| row % 3 == 0).collect();
                for (wanted, expected) in [(None, all), (Some(&some), third)] {
                    for memory in [1 << 20, crate::pass::MEMORY] {
                        let found =
                            nearly_sorted::order(&dataset, direction, memory, wanted, &progress);
                        assert_eq!(found.unwrap().is_some(), is_nearly);
                        let order = dataset.order(direction, memory, wanted, &progress).unwrap();
                        let in_memory = order.is_in_memory();
                        assert_eq!(in_memory, memory > 1 << 20);
                        assert_eq!(rows(&order), expected, "{direction:?} in {memory}");
                        assert_eq!(order.find(expected[1234]), Some(1234));
                        assert_eq!(order.get(order.len()), None);
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_written_sorted_are_the_rows_in_their_order() {
        let some: RowSet = (0..ROWS).filter(|row| row % 3 == 0).collect();
        let dataset = dataset(shuffled);
        let progress = Progress::new();
        for direction in [Direction::Ascending, Direction::Descending] {
            for (wanted, runs) in [(None, 4), (Some(&some), 2)] {
                let order = dataset
                    .order(direction, 1 << 30, wanted, &progress)
                    .unwrap();
                let rows: Vec<usize> = rows(&order).iter().map(|&row| row as usize).collect();
                let text = |row: &crate::dataset::Row| format!("{}\n", row.text());
                let expected: String = dataset.rows_at(&rows).unwrap().iter().map(text).collect();
                for (memory, runs) in [(0, runs), (1 << 30, 0)] {
                    let sort = sort::LineSort {
                        direction,
                        memory,
                        ..sort::LineSort::default()
                    };
                    let mut written = Vec::new();
                    let sorted = dataset.write_sorted(&mut written, sort, wanted, &progress);
                    let sorted = sorted.unwrap();
                    assert!(written == expected.as_bytes(), "{direction:?} in {memory}");
                    assert_eq!(sorted.written + sorted.invalid, rows.len() as u64);
                    assert_eq!(sorted.runs, runs);
                }
            }
        }
    }
}
