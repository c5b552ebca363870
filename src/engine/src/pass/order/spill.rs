//! Sorted runs in a temporary file, and the order that they are merged to.

use std::{
    cmp::Ordering,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufWriter, Write},
};

use super::{RowOrder, SortError, row_order::Out};
use crate::{RowSet, progress::Progress, sort::Direction, source::read_at};

/// Bytes of an entry beside its tail: a key, a row, the length of the tail.
const ENTRY: usize = 24;

/// Runs of entries in their order: keys, each with a row and with what the key had no room for.
pub(crate) struct Spill {
    file: BufWriter<File>,
    direction: Direction,
    /// The end of each run in the file, in bytes.
    ends: Vec<u64>,
    /// Bytes written so far.
    len: u64,
}

/// The way in which runs are merged.
pub(crate) struct Merge<'a> {
    /// How many rows there are at most.
    pub(crate) rows: usize,
    /// The rows without a key, which come last.
    pub(crate) last: RowSet,
    /// The rows that are wanted; all of them where nothing is said.
    pub(crate) only: Option<&'a RowSet>,
}

impl Spill {
    /// No runs yet.
    pub(crate) fn new(direction: Direction) -> io::Result<Spill> {
        Ok(Spill {
            file: BufWriter::with_capacity(1 << 20, tempfile::tempfile()?),
            direction,
            ends: Vec::new(),
            len: 0,
        })
    }

    /// Adds an entry to the run that is being written. Whoever writes has put them in order.
    pub(crate) fn write(&mut self, key: u128, row: u32, tail: &[u8]) -> io::Result<()> {
        let len = u32::try_from(tail.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        self.file.write_all(&key.to_le_bytes())?;
        self.file.write_all(&row.to_le_bytes())?;
        self.file.write_all(&len.to_le_bytes())?;
        self.file.write_all(tail)?;
        self.len += (ENTRY + tail.len()) as u64;
        Ok(())
    }

    /// Ends the run.
    pub(crate) fn end_run(&mut self) {
        self.ends.push(self.len);
    }

    /// The order of all runs. Equal entries stand in the order of the runs, whose rows are to ascend from one to the next.
    pub(crate) fn merge(
        self,
        wanted: &Merge<'_>,
        memory: usize,
        progress: &Progress,
    ) -> Result<RowOrder, SortError> {
        const STEP: u64 = 1 << 16;
        let is_wanted = |row: u32| {
            let only = wanted.only;
            only.is_none_or(|rows| rows.contains(u64::from(row)))
        };
        let file = self.file.into_inner();
        let file = file.map_err(io::IntoInnerError::into_error)?;
        let room = (memory / 2 / self.ends.len().max(1)).clamp(64 * ENTRY, 1 << 22);
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let mut runs: Vec<Run<'_>> = starts
            .zip(&self.ends)
            .map(|(at, &end)| Run::new(&file, at, end, room))
            .collect();
        progress.set_total(progress.done() + wanted.rows as u64);
        let mut heads = BinaryHeap::with_capacity(runs.len());
        for (number, run) in runs.iter_mut().enumerate() {
            heads.extend(run.next(number, self.direction)?);
        }
        let mut out = Out::new(wanted.rows, memory)?;
        let mut given = 0_u64;
        while let Some(head) = heads.pop() {
            if is_wanted(head.row) {
                out.extend(&[head.row])?;
            }
            given += 1;
            if given.is_multiple_of(STEP) {
                progress.advance(STEP)?;
            }
            if let Some(run) = runs.get_mut(head.run) {
                heads.extend(run.next(head.run, self.direction)?);
            }
        }
        let last = wanted.last.iter();
        for row in last.filter_map(|row| u32::try_from(row).ok()) {
            if is_wanted(row) {
                out.extend(&[row])?;
            }
        }
        Ok(out.finish(Direction::Ascending)?)
    }
}

/// The next entry of a run. The greatest is the one that comes first, as a heap wants it.
#[derive(PartialEq, Eq)]
struct Head {
    key: u128,
    tail: Vec<u8>,
    run: usize,
    row: u32,
    direction: Direction,
}

impl Ord for Head {
    fn cmp(&self, other: &Head) -> Ordering {
        let values = self.key.cmp(&other.key);
        let values = values.then_with(|| self.tail.cmp(&other.tail));
        let values = match self.direction {
            Direction::Ascending => values.reverse(),
            Direction::Descending => values,
        };
        // of equal ones that of the earlier run comes first, whose rows are the earlier ones
        values.then_with(|| other.run.cmp(&self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Head) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Entries of a run, read one after another.
struct Run<'a> {
    file: &'a File,
    /// The part that is not in the buffer yet, and the end of the run.
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

    fn next(&mut self, run: usize, direction: Direction) -> io::Result<Option<Head>> {
        if self.used == self.buffer.len() && self.at == self.end {
            return Ok(None);
        }
        let key = u128::from_le_bytes(self.take()?);
        let row = u32::from_le_bytes(self.take()?);
        let len = u32::from_le_bytes(self.take()?) as usize;
        self.fill(len)?;
        let tail = self.buffer[self.used..self.used + len].to_vec();
        self.used += len;
        Ok(Some(Head {
            key,
            tail,
            run,
            row,
            direction,
        }))
    }

    fn take<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        self.fill(N)?;
        let bytes = self.buffer[self.used..].first_chunk().copied();
        self.used += N;
        bytes.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Reads on, unless so many bytes are there.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.buffer.len() - self.used >= wanted {
            return Ok(());
        }
        self.buffer.drain(..self.used);
        self.used = 0;
        let begin = self.buffer.len();
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let room = self.room.max(wanted) - begin;
        self.buffer.resize(begin + room.min(left), 0);
        read_full(self.file, &mut self.buffer[begin..], self.at)?;
        self.at += (self.buffer.len() - begin) as u64;
        if self.buffer.len() < wanted {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// Fills a buffer from a place of a file.
pub(crate) fn read_full(file: &File, mut buffer: &mut [u8], mut position: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let count = read_at(file, buffer, position)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer = buffer.split_at_mut(count).1;
        position += count as u64;
    }
    Ok(())
}
