//! A text of one ULID a line, sorted in bounded memory.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
};

use tempfile::SpooledTempFile;

use super::{Direction, radix, room::Room};
use crate::{
    Reading,
    codec::{Kernel, Lines, Shape},
    progress::{Cancelled, Progress},
};

/// How to sort lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineSort {
    /// Which way.
    pub direction: Direction,
    /// Writes an ID once, however often it occurs.
    pub unique: bool,
    /// Bytes for the keys in memory. With more of them, sorted runs go to a temporary file and are merged. At least
    /// 2 MiB are used.
    pub memory: usize,
}

impl Default for LineSort {
    /// Ascending, all IDs, in 1 GiB.
    fn default() -> LineSort {
        LineSort {
            direction: Direction::Ascending,
            unique: false,
            memory: 1 << 30,
        }
    }
}

/// The lines that were sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SortedLines {
    /// IDs written.
    pub written: u64,
    /// Lines that are no ULID.
    pub invalid: u64,
    /// IDs left out because they were there already.
    pub duplicates: u64,
    /// Sorted runs that went through a temporary file; 0 where the memory was enough.
    pub runs: usize,
}

/// Why lines could not be sorted.
#[derive(Debug, thiserror::Error)]
pub enum LineSortError {
    /// The run was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// The input could not be read.
    #[error("the input cannot be read: {0}")]
    Read(#[source] io::Error),
    /// The output could not be written.
    #[error("the output cannot be written: {0}")]
    Write(#[source] io::Error),
    /// The temporary file could not be made, written or read.
    #[error("the temporary file cannot be used: {0}")]
    Temporary(#[source] io::Error),
}

/// Sorts the lines of a text, one ULID each, and writes them in canonical spelling. Lines that are no ULID come last in
/// either direction, as they are and in their order. A unit of `progress` is a byte of the input.
///
/// Beside the memory for keys it takes a few megabytes, and as much as the longest line.
///
/// # Errors
///
/// [`LineSortError`]; the output may have been written in part where writing it or the temporary file failed.
pub fn sort_lines(
    input: impl Read,
    reading: Reading,
    output: impl Write,
    sort: LineSort,
    progress: &Progress,
) -> Result<SortedLines, LineSortError> {
    let mut sorter = Sorter::new(sort);
    sorter.read(input, reading, progress)?;
    sorter.write(output, progress)
}

/// Bytes of the input that are read at once.
const CHUNK: usize = 1 << 20;
/// Keys that are printed at once: they and their text stay in a core's cache.
const BLOCK: usize = 1 << 13;
/// The least number of keys in memory, 2 MiB of them.
const LEAST_KEYS: usize = 1 << 17;
/// Lines without a ULID up to this many bytes stay in memory.
const INVALID_IN_MEMORY: usize = 1 << 20;

/// Takes IDs and what is none, in any order, and writes them in theirs.
pub(crate) struct Sorter {
    sort: LineSort,
    room: Room<u128>,
    /// Keys in the room. Where the direction is descending, they are complements, which ascend.
    filled: usize,
    runs: Option<Runs>,
    invalid: SpooledTempFile,
    sorted: SortedLines,
}

impl Sorter {
    pub(crate) fn new(sort: LineSort) -> Sorter {
        let keys = (sort.memory / size_of::<u128>()).max(LEAST_KEYS);
        Sorter {
            sort,
            room: Room::of(keys),
            filled: 0,
            runs: None,
            invalid: SpooledTempFile::new(INVALID_IN_MEMORY),
            sorted: SortedLines::default(),
        }
    }

    fn read(
        &mut self,
        mut input: impl Read,
        reading: Reading,
        progress: &Progress,
    ) -> Result<(), LineSortError> {
        let mut text = Vec::with_capacity(CHUNK);
        loop {
            let read = input
                .by_ref()
                .take(CHUNK as u64)
                .read_to_end(&mut text)
                .map_err(LineSortError::Read)?;
            progress.advance(read as u64)?;
            let whole_lines = match memchr::memrchr(b'\n', &text) {
                _ if read == 0 => text.len(),
                Some(end) => end + 1,
                None => continue,
            };
            self.add_lines(&text[..whole_lines], reading, progress)?;
            text.drain(..whole_lines);
            if read == 0 {
                return Ok(());
            }
        }
    }

    fn add_lines(
        &mut self,
        text: &[u8],
        reading: Reading,
        progress: &Progress,
    ) -> Result<(), LineSortError> {
        let mut lines = Lines::new(text, reading);
        while lines.offset() < text.len() {
            let free = &mut self.room.keys()[self.filled..];
            let read = lines.read(free);
            self.added(read, progress)?;
            if let Some(fault) = lines.fault() {
                self.add_invalid(&text[fault.offset..][..fault.len])?;
            }
        }
        Ok(())
    }

    /// Adds IDs.
    pub(crate) fn add(
        &mut self,
        mut keys: &[u128],
        progress: &Progress,
    ) -> Result<(), LineSortError> {
        while !keys.is_empty() {
            let free = &mut self.room.keys()[self.filled..];
            let (fitting, rest) = keys.split_at(keys.len().min(free.len()));
            let added = &mut free[..fitting.len()];
            added.copy_from_slice(fitting);
            self.added(fitting.len(), progress)?;
            keys = rest;
        }
        Ok(())
    }

    /// Adds a line that is no ID.
    pub(crate) fn add_invalid(&mut self, line: &[u8]) -> Result<(), LineSortError> {
        self.sorted.invalid += 1;
        let mut keep = |bytes| self.invalid.write_all(bytes);
        keep(line)
            .and_then(|()| keep(b"\n"))
            .map_err(LineSortError::Temporary)
    }

    /// Takes note of so many keys that were put behind those in the room, and makes room where none is left.
    fn added(&mut self, count: usize, progress: &Progress) -> Result<(), LineSortError> {
        let end = self.filled + count;
        let keys = &mut self.room.keys()[self.filled..end];
        if self.sort.direction == Direction::Descending {
            keys.iter_mut().for_each(|key| *key = !*key);
        }
        self.filled = end;
        if end == self.room.keys().len() {
            self.spill(progress)?;
        }
        Ok(())
    }

    /// Moves the keys in memory into a sorted run of the temporary file.
    fn spill(&mut self, progress: &Progress) -> Result<(), LineSortError> {
        let runs = match &mut self.runs {
            Some(runs) => runs,
            none => none.insert(Runs::new().map_err(LineSortError::Temporary)?),
        };
        let keys = &mut self.room.keys()[..self.filled];
        radix::hand_out(keys, &progress.piece(), |keys| {
            runs.write(keys).map_err(LineSortError::Temporary)
        })?;
        runs.end(self.filled);
        self.filled = 0;
        Ok(())
    }

    /// Writes all of them, and says how many they were.
    pub(crate) fn write(
        mut self,
        mut output: impl Write,
        progress: &Progress,
    ) -> Result<SortedLines, LineSortError> {
        if self.runs.is_some() && self.filled > 0 {
            self.spill(progress)?;
        }
        let mut printer = Printer::new(&mut output, self.sort);
        match self.runs.take() {
            None => {
                let keys = &mut self.room.keys()[..self.filled];
                radix::hand_out(keys, &progress.piece(), |keys| printer.print(keys))?;
            }
            Some(runs) => {
                self.sorted.runs = runs.ends.len();
                runs.merge(self.room.keys(), |keys| {
                    progress.advance(0)?;
                    printer.print(keys)
                })?;
            }
        }
        self.sorted.written = printer.written;
        self.sorted.duplicates = printer.duplicates;
        self.invalid.rewind().map_err(LineSortError::Temporary)?;
        io::copy(&mut self.invalid, &mut output).map_err(LineSortError::Write)?;
        output.flush().map_err(LineSortError::Write)?;
        Ok(self.sorted)
    }
}

/// Writes keys as lines.
struct Printer<'a, W> {
    output: &'a mut W,
    sort: LineSort,
    last: Option<u128>,
    keys: Vec<u128>,
    text: Vec<u8>,
    written: u64,
    duplicates: u64,
}

impl<'a, W: Write> Printer<'a, W> {
    fn new(output: &'a mut W, sort: LineSort) -> Printer<'a, W> {
        Printer {
            output,
            sort,
            last: None,
            keys: Vec::with_capacity(BLOCK),
            text: vec![0; BLOCK * Shape::Lines.stride()],
            written: 0,
            duplicates: 0,
        }
    }

    fn print(&mut self, keys: &[u128]) -> Result<(), LineSortError> {
        keys.chunks(BLOCK)
            .try_for_each(|keys| self.print_block(keys))
    }

    fn print_block(&mut self, keys: &[u128]) -> Result<(), LineSortError> {
        let as_they_are = !self.sort.unique && self.sort.direction == Direction::Ascending;
        let keys = if as_they_are {
            keys
        } else {
            self.choose(keys);
            &self.keys
        };
        let lines = &mut self.text[..keys.len() * Shape::Lines.stride()];
        Kernel::active().print_records(keys, Shape::Lines, lines);
        self.written += keys.len() as u64;
        self.output.write_all(lines).map_err(LineSortError::Write)
    }

    /// Takes keys as they are to be printed.
    fn choose(&mut self, keys: &[u128]) {
        self.keys.clear();
        self.keys.extend_from_slice(keys);
        if self.sort.unique {
            let last = &mut self.last;
            self.keys.retain(|&key| last.replace(key) != Some(key));
            self.duplicates += (keys.len() - self.keys.len()) as u64;
        }
        if self.sort.direction == Direction::Descending {
            self.keys.iter_mut().for_each(|key| *key = !*key);
        }
    }
}

/// Sorted runs of keys, one behind the other in one temporary file.
struct Runs {
    file: File,
    /// The end of each run, in keys.
    ends: Vec<u64>,
}

impl Runs {
    fn new() -> io::Result<Runs> {
        Ok(Runs {
            file: tempfile::tempfile()?,
            ends: Vec::new(),
        })
    }

    /// Adds keys to the run at the end.
    fn write(&mut self, keys: &[u128]) -> io::Result<()> {
        self.file.write_all(bytemuck::cast_slice(keys))
    }

    /// Ends a run of so many keys.
    fn end(&mut self, keys: usize) {
        let start = self.ends.last().copied().unwrap_or(0);
        self.ends.push(start + keys as u64);
    }

    /// Merges the runs by way of `room`, which all of them share, and hands out sorted keys.
    fn merge(
        mut self,
        room: &mut [u128],
        mut on_keys: impl FnMut(&[u128]) -> Result<(), LineSortError>,
    ) -> Result<(), LineSortError> {
        let share = (room.len() / self.ends.len()).max(1);
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let mut parts: Vec<Part> = starts
            .zip(&self.ends)
            .zip(room.chunks_mut(share))
            .map(|((start, &end), room)| Part::new(start..end, room))
            .collect();
        let mut heads = BinaryHeap::with_capacity(parts.len());
        for (index, part) in parts.iter_mut().enumerate() {
            let head = part.next(&mut self.file);
            if let Some(key) = head.map_err(LineSortError::Temporary)? {
                heads.push(Reverse((key, index)));
            }
        }
        let mut sorted = Vec::with_capacity(BLOCK);
        while let Some(Reverse((key, index))) = heads.pop() {
            sorted.push(key);
            if sorted.len() == BLOCK {
                on_keys(&sorted)?;
                sorted.clear();
            }
            let next = parts[index].next(&mut self.file);
            if let Some(key) = next.map_err(LineSortError::Temporary)? {
                heads.push(Reverse((key, index)));
            }
        }
        on_keys(&sorted)
    }
}

/// A run on its way from the file.
struct Part<'a> {
    /// Keys of the file that are yet to read.
    rest: Range<u64>,
    room: &'a mut [u128],
    /// Keys of the room that are yet to give out.
    ready: Range<usize>,
}

impl<'a> Part<'a> {
    fn new(rest: Range<u64>, room: &'a mut [u128]) -> Part<'a> {
        let ready = 0..0;
        Part { rest, room, ready }
    }

    fn next(&mut self, file: &mut File) -> io::Result<Option<u128>> {
        if self.ready.is_empty() {
            let left = usize::try_from(self.rest.end - self.rest.start).unwrap_or(usize::MAX);
            let count = left.min(self.room.len());
            file.seek(SeekFrom::Start(self.rest.start * size_of::<u128>() as u64))?;
            file.read_exact(bytemuck::cast_slice_mut(&mut self.room[..count]))?;
            self.rest.start += count as u64;
            self.ready = 0..count;
        }
        Ok(self.ready.next().map(|at| self.room[at]))
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    use super::*;
    use crate::{Ulid, codec};

    fn text(lines: usize) -> Vec<u8> {
        let mut rng = StdRng::seed_from_u64(lines as u64);
        let mut text = Vec::new();
        for line in 0..lines {
            let key = rng.random_range(0..lines as u128 * 4) << 40;
            match line % 1_000 {
                7 => text.extend(format!("line {line} is none").into_bytes()),
                11 => {}
                13 => text.extend(
                    codec::print(Ulid::from_u128(key))
                        .to_ascii_lowercase()
                        .into_bytes(),
                ),
                _ => text.extend(codec::print(Ulid::from_u128(key)).as_bytes()),
            }
            text.extend(if line % 100 == 3 { "\r\n" } else { "\n" }.bytes());
        }
        text
    }

    /// Lines in a vector, sorted by the standard library.
    fn oracle(text: &[u8], sort: LineSort) -> Vec<u8> {
        let text = str::from_utf8(text).unwrap();
        let (mut valid, mut invalid) = (Vec::new(), Vec::new());
        for line in text.lines() {
            match codec::parse(line, Reading::Strict) {
                Ok(id) => valid.push(codec::print(id).to_string()),
                Err(_) => invalid.push(line.to_owned()),
            }
        }
        valid.sort();
        if sort.unique {
            valid.dedup();
        }
        if sort.direction == Direction::Descending {
            valid.reverse();
        }
        valid.extend(invalid);
        valid
            .iter()
            .flat_map(|line| format!("{line}\n").into_bytes())
            .collect()
    }

    fn check(text: &[u8], sort: LineSort) -> SortedLines {
        let mut output = Vec::new();
        let progress = Progress::new();
        let sorted = sort_lines(text, Reading::Strict, &mut output, sort, &progress).unwrap();
        assert!(
            output == oracle(text, sort),
            "{sort:?} of {} bytes",
            text.len()
        );
        assert_eq!(progress.done(), text.len() as u64);
        sorted
    }

    #[test]
    fn lines_in_memory_and_beyond_it() {
        let small = LineSort {
            memory: 0,
            ..LineSort::default()
        };
        for direction in [Direction::Ascending, Direction::Descending] {
            for unique in [false, true] {
                for (lines, runs) in [(0, 0), (1, 0), (5_000, 0), (450_000, 4)] {
                    let sort = LineSort {
                        direction,
                        unique,
                        ..small
                    };
                    let sorted = check(&text(lines), sort);
                    assert_eq!(sorted.runs, runs, "{lines} lines");
                    assert_eq!(sorted.duplicates > 0, unique && lines > 1_000);
                }
            }
        }
        assert_eq!(check(&text(450_000), LineSort::default()).runs, 0);
    }

    #[test]
    fn a_last_line_without_its_end_and_a_mark_of_byte_order() {
        let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        let mut output = Vec::new();
        let text = format!("\u{FEFF}{id}\nnone\n{}", id.to_lowercase());
        let sorted = sort_lines(
            text.as_bytes(),
            Reading::Strict,
            &mut output,
            LineSort::default(),
            &Progress::new(),
        );
        let sorted = sorted.unwrap();
        assert_eq!((sorted.written, sorted.invalid), (2, 1));
        assert_eq!(output, format!("{id}\n{id}\nnone\n").into_bytes());
    }

    #[test]
    fn a_cancelled_sort_and_a_full_disk_are_told() {
        let progress = Progress::new();
        progress.cancel();
        let text = text(100);
        let cancelled = sort_lines(
            &text[..],
            Reading::Strict,
            Vec::new(),
            LineSort::default(),
            &progress,
        );
        assert!(matches!(cancelled, Err(LineSortError::Cancelled(_))));
        let full = sort_lines(
            &text[..],
            Reading::Strict,
            &mut [0_u8; 50][..],
            LineSort::default(),
            &Progress::new(),
        );
        assert!(matches!(full, Err(LineSortError::Write(_))), "{full:?}");
    }
}
