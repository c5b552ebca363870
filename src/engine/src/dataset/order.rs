//! The rows of a dataset in the order of their IDs, in bounded memory: what fits is sorted there, and runs of more go
//! through a temporary file and are merged.

mod nearly;
mod places;

pub use places::RowOrder;

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufWriter, Write},
    ops::ControlFlow,
};

use super::{Dataset, ReadError, ScanError};
use crate::{
    RowSet,
    progress::{Cancelled, Progress},
    sort::{self, Direction, OrderError},
    stats::RowFault,
};
use places::{Out, read_full};

/// Bytes that a row takes while it is sorted in memory: its key, an entry, room for the sort, its place.
const SORTED_BYTES: usize = 52;
/// Bytes of an entry of a run: a key and a row.
const ENTRY: usize = 20;

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
    /// does the order itself where it would take more than a quarter. Rows that nearly ascend are gone over twice instead, and
    /// take memory for the few that are late. A unit of `progress` is a byte of the source, then a row.
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
        const LEAST: usize = 4 << 20;
        let memory = memory.max(LEAST);
        if let Some(order) = nearly::order(self, direction, memory, wanted, progress)? {
            return Ok(order);
        }
        let mut runs = Runs::new(direction, memory);
        let mut failure = None;
        let map = |block: &super::Block| (block.keys().to_vec(), block.faults().to_vec());
        self.scan(0, progress, map, |(keys, faults)| {
            match runs.add(&keys, &faults) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failure = Some(error);
                    ControlFlow::Break(())
                }
            }
        })?;
        if let Some(error) = failure {
            return Err(error);
        }
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
    file: Option<BufWriter<File>>,
    /// Where each run ends in the file, in entries.
    ends: Vec<u64>,
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
            file: None,
            ends: Vec::new(),
        }
    }

    fn add(&mut self, keys: &[u128], faults: &[RowFault]) -> Result<(), SortError> {
        let first = self.rows as u64;
        self.faults
            .extend(faults.iter().map(|fault| fault.row - first));
        self.keys.extend_from_slice(keys);
        // a block more than fits, so that what fits needs no file
        if self.keys.len().saturating_mul(SORTED_BYTES) > self.memory {
            self.write_run()?;
        }
        Ok(())
    }

    /// The rows in memory, ordered.
    fn sorted(&self, progress: &Progress) -> Result<Vec<u32>, OrderError> {
        sort::order_keys(&self.keys, &self.faults, self.direction, progress)
    }

    fn write_run(&mut self) -> Result<(), SortError> {
        let first = self.rows;
        let after = first + self.keys.len();
        u32::try_from(after).map_err(|_| OrderError::TooManyRows { rows: after })?;
        let order = self.sorted(&Progress::new())?;
        let valid = order.len() - usize::try_from(self.faults.len()).unwrap_or(order.len());
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(BufWriter::with_capacity(1 << 20, tempfile::tempfile()?)),
        };
        for &row in &order[..valid] {
            let key = self.keys[row as usize] ^ flip(self.direction);
            file.write_all(&key.to_le_bytes())?;
            // it was seen above that they can be counted so
            file.write_all(&(first as u32 + row).to_le_bytes())?;
        }
        let before = self.ends.last().copied().unwrap_or(0);
        self.ends.push(before + valid as u64);
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
        let is_wanted = |row: u32| wanted.is_none_or(|rows| rows.contains(u64::from(row)));
        if self.file.is_none() {
            let mut order = self.sorted(progress)?;
            if wanted.is_some() {
                order.retain(|&row| is_wanted(row));
            }
            return Ok(order.into());
        }
        self.write_run()?;
        self.keys = Vec::new();
        let invalid = std::mem::take(&mut self.invalid);
        let file = self.file.take().map(BufWriter::into_inner).transpose();
        let file = file.map_err(io::IntoInnerError::into_error)?;
        let mut out = Out::new(self.rows, self.memory)?;
        if let Some(file) = file {
            progress.set_total(progress.done() + self.rows as u64);
            self.merge(&file, progress, |row| {
                if is_wanted(row) {
                    out.extend(&[row])
                } else {
                    Ok(())
                }
            })?;
        }
        for row in invalid.iter().filter_map(|row| u32::try_from(row).ok()) {
            if is_wanted(row) {
                out.extend(&[row])?;
            }
        }
        Ok(out.finish(Direction::Ascending)?)
    }

    /// Gives the rows of all runs in their order.
    fn merge(
        &self,
        file: &File,
        progress: &Progress,
        mut give: impl FnMut(u32) -> io::Result<()>,
    ) -> Result<(), SortError> {
        const STEP: u64 = 1 << 16;
        let room = (self.memory / 2 / self.ends.len().max(1)).clamp(64 * ENTRY, 1 << 22);
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let runs = starts.zip(&self.ends);
        let mut runs: Vec<Run<'_>> = runs
            .map(|(at, &end)| Run::new(file, at, end, room))
            .collect();
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (number, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next()?.map(|(key, row)| Reverse((key, number, row))));
        }
        let mut given = 0_u64;
        while let Some(Reverse((_, number, row))) = heads.pop() {
            give(row)?;
            given += 1;
            if given.is_multiple_of(STEP) {
                progress.advance(STEP)?;
            }
            let next = runs.get_mut(number).map_or(Ok(None), Run::next)?;
            // of equal keys the one of the earlier run comes first, whose rows are the earlier ones
            heads.extend(next.map(|(key, row)| Reverse((key, number, row))));
        }
        Ok(())
    }
}

/// Makes the largest key the smallest, where that is to come first.
fn flip(direction: Direction) -> u128 {
    match direction {
        Direction::Ascending => 0,
        Direction::Descending => u128::MAX,
    }
}

/// Entries of a run, read one after another.
struct Run<'a> {
    file: &'a File,
    /// The next entry that is not in the buffer, and the end of the run.
    at: u64,
    end: u64,
    buffer: Vec<u8>,
    /// Bytes of the buffer that are used up.
    used: usize,
    room: usize,
}

impl<'a> Run<'a> {
    fn new(file: &'a File, at: u64, end: u64, room: usize) -> Run<'a> {
        Run {
            file,
            at,
            end,
            buffer: Vec::new(),
            used: 0,
            room,
        }
    }

    fn next(&mut self) -> io::Result<Option<(u128, u32)>> {
        if self.used >= self.buffer.len() {
            let count = ((self.room / ENTRY) as u64).min(self.end - self.at);
            if count == 0 {
                return Ok(None);
            }
            self.buffer.resize(count as usize * ENTRY, 0);
            read_full(self.file, &mut self.buffer, self.at * ENTRY as u64)?;
            self.at += count;
            self.used = 0;
        }
        let entry = self
            .buffer
            .get(self.used..)
            .and_then(|rest| rest.split_first_chunk::<16>());
        let Some((key, rest)) = entry else {
            return Ok(None);
        };
        let row = rest.first_chunk().copied().unwrap_or_default();
        self.used += ENTRY;
        Ok(Some((u128::from_le_bytes(*key), u32::from_le_bytes(row))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ulid, codec, dataset::OpenOptions};

    const ROWS: u64 = 400_000;

    /// Each thousandth line is no ID, the others are those of a number for each row.
    fn dataset(number: impl Fn(u64) -> u64) -> Dataset {
        let line = |row: u64| match row % 1000 {
            7 => "none\n".to_owned(),
            _ => {
                let number = u128::from(number(row));
                format!("{}\n", codec::print(Ulid(number << 70 | number)))
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
                    for memory in [1 << 20, super::super::MEMORY] {
                        let found = nearly::order(&dataset, direction, memory, wanted, &progress);
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
}
