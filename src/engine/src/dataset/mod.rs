//! Rows of a source of any size, in bounded memory: those known so far, by their numbers. This room must not know what a
//! pass over them is for.
//!
//! A source is read by position, never mapped, and a thread builds a sparse index of where its rows begin. The first
//! rows are there as soon as the source is open, [`Dataset::tail`] gives the last ones before the index has come to
//! them, and [`Dataset::extent`] says how far it is.
//!
//! ```
//! use ulid_engine::dataset::Dataset;
//!
//! let sample = Dataset::sample();
//! let faults = sample.rows().filter(|row| row.as_ref().is_ok_and(|row| row.id.is_err())).count();
//! assert_eq!((sample.len(), faults), (20_000, 140));
//! ```

mod anew;
mod arrivals;
mod changed;
mod follow;
mod head;
mod lines;
mod rows;
mod store;

mod index;
mod join;
mod near;
mod records;
mod sample;
mod search;

pub use crate::{
    format::{Format, Layout, OpenOptions, UnknownDelimiter, UnknownFormat, Wait, delimiter},
    row::{Row, RowRef},
    source::{OpenError, OpenProblem, ReadError, ScanError, why_not_followed},
};
pub use follow::Change;
pub(crate) use index::Mark;
pub use lines::{FileLine, LineFinder};
pub use near::Near;
pub use rows::Rows;
pub use search::{Hit, search_file, search_reader, search_stream};
pub(crate) use store::{Lead, Store};

use std::{
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use crate::{
    format::as_index,
    row::Record,
    source::{BLOCK_LEN, Opened, Section, memory, name_of, open_path, open_stream},
};

/// A source of rows. It is shared between threads by reference or `Arc`.
#[derive(Debug)]
pub struct Dataset {
    name: PathBuf,
    pub(crate) store: Arc<Store>,
    /// The end of the rows of a snapshot.
    pub(crate) end: Option<Mark>,
}

/// How far the index of a dataset has come.
#[derive(Debug, Clone)]
pub struct Extent {
    /// Rows known so far.
    pub rows: usize,
    /// Bytes gone over so far.
    pub indexed: u64,
    /// Bytes of the source, as far as they have arrived.
    pub bytes: u64,
    /// True if `rows` is all there is: no bytes are left to go over, and no stream brings more.
    pub complete: bool,
    /// The reason why the indexing ended early: a file that was cut meanwhile, damaged compressed data.
    pub error: Option<ReadError>,
}

/// The last rows of a dataset.
#[derive(Debug, Clone)]
pub struct Tail {
    /// The rows, the last one at the end.
    pub rows: Vec<Row>,
    /// True if their indices are true. While the index is being built they count from an estimate.
    pub exact: bool,
}

impl Dataset {
    /// Opens a file, a compressed file (gzip, zstd), or a named pipe, and detects what it is.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where it cannot be read, is empty, or is no text and no binary records.
    pub fn open(path: &Path) -> Result<Dataset, OpenError> {
        Dataset::open_paths(&[path.to_owned()], &OpenOptions::default())
    }

    /// Opens files as one source, one after another. Each is recognised for itself, and columns are joined by name.
    ///
    /// # Errors
    ///
    /// [`OpenError`] for the first that cannot be read, and as [`Dataset::open`] for the whole.
    pub fn open_paths(paths: &[PathBuf], options: &OpenOptions) -> Result<Dataset, OpenError> {
        let opened = paths.iter().map(|path| open_path(path, options.memory));
        Dataset::from_opened(name_of(paths), opened, options)
    }

    /// Takes rows from bytes that arrive one after another, decompressed if they are compressed. They are written to a
    /// temporary file while they arrive. Returns when so much is there as [`OpenOptions::wait`] says, or the end.
    ///
    /// # Errors
    ///
    /// As [`Dataset::open`], and where there is no room for the temporary file.
    pub fn from_reader(
        name: &str,
        reader: impl Read + Send + 'static,
        options: &OpenOptions,
    ) -> Result<Dataset, OpenError> {
        let name = PathBuf::from(name);
        let opened = open_stream(name.clone(), Box::new(reader), options.memory);
        Dataset::from_opened(name, std::iter::once(opened), options)
    }

    /// Takes rows from bytes in memory.
    ///
    /// # Errors
    ///
    /// As [`Dataset::open`].
    pub fn from_bytes(
        name: &str,
        bytes: Vec<u8>,
        options: &OpenOptions,
    ) -> Result<Dataset, OpenError> {
        let opened = std::iter::once(Ok(memory(name, bytes)));
        Dataset::from_opened(name.into(), opened, options)
    }

    /// The built-in sample: 20,000 IDs with every kind of flaw, the same each time.
    ///
    /// # Panics
    ///
    /// Never: the sample is text.
    #[must_use]
    pub fn sample() -> Dataset {
        let text = sample::text().into_bytes();
        #[expect(clippy::expect_used, reason = "no user data is involved")]
        Dataset::from_bytes("sample", text, &OpenOptions::default()).expect("the sample is text")
    }

    fn from_opened(
        name: PathBuf,
        opened: impl Iterator<Item = Result<Opened, OpenError>>,
        options: &OpenOptions,
    ) -> Result<Dataset, OpenError> {
        let store = Store::open(&name, opened, options)?;
        Ok(Dataset {
            name,
            store,
            end: None,
        })
    }

    /// The rows known by now, as a dataset that is complete: nothing is waited for, and rows that come later are no part of
    /// it, but the rest of a last row that was there in part is. It takes no memory of its own. Of a file that is cut
    /// meanwhile rows can no longer be read.
    #[must_use]
    pub fn snapshot(&self) -> Dataset {
        let index = &self.store.lock().index;
        Dataset {
            name: self.name.clone(),
            store: Arc::clone(&self.store),
            end: Some(self.end.unwrap_or(Mark {
                row: index.rows(),
                offset: index.scanned(),
            })),
        }
    }

    /// The first rows of those known by now, as a dataset that is complete.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the row behind them cannot be read.
    pub fn first(&self, rows: usize) -> Result<Dataset, ReadError> {
        let mut known = self.snapshot();
        let behind = known.window(rows, 1)?.pop();
        let end = behind.map(|row| Mark {
            row: row.index as u64,
            offset: row.offset,
        });
        known.end = end.or(known.end);
        Ok(known)
    }

    /// The path as given, the name of the stream, or `sample`.
    #[must_use]
    pub fn name(&self) -> String {
        self.name.display().to_string()
    }

    /// The files that the source is made of, or the name of the stream.
    #[must_use]
    pub fn paths(&self) -> Vec<PathBuf> {
        let parts = self.store.source.parts();
        parts.iter().map(|part| part.path.clone()).collect()
    }

    /// The look of the rows.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        self.store.layout()
    }

    /// The names of the columns; none for lines, text and binary records.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.store.layout().columns
    }

    /// How far the index has come. Returns at once.
    #[must_use]
    pub fn extent(&self) -> Extent {
        let bytes = self.store.source.len();
        let state = self.store.lock();
        if let Some(end) = self.end {
            return Extent {
                rows: as_index(end.row),
                indexed: end.offset,
                bytes: end.offset,
                complete: true,
                error: state.error.clone(),
            };
        }
        Extent {
            rows: as_index(state.index.rows()),
            indexed: state.index.scanned(),
            bytes,
            complete: state.complete,
            error: state.error.clone(),
        }
    }

    /// How many rows there are. Waits until the index is complete, which for a stream is when it ends: a browser asks
    /// [`Dataset::extent`] instead.
    #[must_use]
    pub fn len(&self) -> usize {
        as_index(self.wait_for_row(u64::MAX).0)
    }

    /// Waits until the index is complete or so much time has passed, and says whether it is complete.
    #[must_use]
    pub fn wait_for_end(&self, at_most: Duration) -> bool {
        self.end.is_some() || self.store.wait_for_end(at_most)
    }

    /// True if there is no row, as in a CSV of a header alone. Waits for the first row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.wait_for_row(0).0 == 0
    }

    /// The row at an index, if there is one. Waits until the index has come to it.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where its bytes can no longer be read.
    pub fn row(&self, index: usize) -> Result<Option<Row>, ReadError> {
        let row = index as u64;
        if row >= self.wait_for_row(row).0 {
            return Ok(None);
        }
        Ok(self.known_rows(row, 1)?.pop())
    }

    /// Up to `count` rows from `first` on, of those that are known so far. Returns at once.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where their bytes can no longer be read.
    pub fn window(&self, first: usize, count: usize) -> Result<Vec<Row>, ReadError> {
        let mut records = Vec::new();
        self.each_known(first, count, Row::TEXT_LIMIT, |record| records.push(record))?;
        records
            .into_iter()
            .map(|record| self.into_row(record))
            .collect()
    }

    /// Calls `each` with up to `count` records from `first` on, of those that are known so far. Of each up to `limit` bytes
    /// are kept.
    pub(crate) fn each_known(
        &self,
        first: usize,
        count: usize,
        limit: usize,
        each: impl FnMut(Record),
    ) -> Result<(), ReadError> {
        let known = self.end.map(|end| end.row);
        let known = known.unwrap_or_else(|| self.store.lock().index.rows());
        let first = first as u64;
        let count = known.saturating_sub(first).min(count as u64);
        self.each_record(first, count, limit, each)
    }

    /// The last `count` rows that are there, at once, even while the index is being built.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where their bytes can no longer be read.
    pub fn tail(&self, count: usize) -> Result<Tail, ReadError> {
        let end = self.store.source.len();
        let (known, indexed, start) = {
            let index = &self.store.lock().index;
            match self.end {
                Some(mark) => (mark.row, end, index.start()),
                None => (index.rows(), index.scanned(), index.start()),
            }
        };
        let last = self.store.source.section_at(end);
        // where elements of an array begin cannot be told from their end
        if indexed >= end || !last.layout.is_found_from_behind() {
            let first = known.saturating_sub(count as u64);
            let rows = self.known_rows(first, known - first)?;
            return Ok(Tail { rows, exact: true });
        }
        let begin = self.begin_of_tail(last, end, count)?;
        let begin = Mark {
            row: 0,
            offset: begin,
        };
        let mut records = self.store.records(begin, Row::TEXT_LIMIT);
        let mut rows = Vec::with_capacity(count);
        while let Some(record) = records.next_record()? {
            rows.push(self.into_row(record)?);
        }
        let per_row = (indexed - start).div_ceil(known.max(1)).max(1);
        let total = known + (end - indexed) / per_row;
        let first = as_index(total).saturating_sub(rows.len());
        rows.iter_mut().for_each(|row| row.index += first);
        Ok(Tail { rows, exact: false })
    }

    /// All rows from the first to the last, each as soon as it is there.
    #[must_use]
    pub fn rows(&self) -> Rows<'_> {
        self.rows_from(0)
    }

    /// All rows from an index on.
    #[must_use]
    pub fn rows_from(&self, first: usize) -> Rows<'_> {
        Rows::new(self, first as u64)
    }

    /// The row that a byte of the source belongs to, if the index has come to it.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where the bytes before it can no longer be read.
    pub fn row_at_offset(&self, offset: u64) -> Result<Option<usize>, ReadError> {
        let mark = {
            let index = &self.store.lock().index;
            let end = self.end.map_or(index.scanned(), |end| end.offset);
            if offset >= end || offset < index.start() {
                return Ok(None);
            }
            index.mark_of_offset(offset)
        };
        let mut records = self.store.records(mark, 0);
        loop {
            let row = records.at().row;
            records.skip_to_row(row + 1)?;
            if records.at().offset > offset || records.at().row == row {
                return Ok(Some(as_index(row)));
            }
        }
    }

    /// Up to `len` bytes of the (decompressed, concatenated) source.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub fn bytes_at(&self, offset: u64, len: usize) -> Result<Vec<u8>, ReadError> {
        let there = self.store.source.len().saturating_sub(offset);
        let mut bytes = vec![0; len.min(usize::try_from(there).unwrap_or(usize::MAX))];
        let count = self.store.source.read_at(offset, &mut bytes)?;
        bytes.truncate(count);
        Ok(bytes)
    }

    /// Waits until a row has ended, or all are known. How many have, and why there are no more where that is a failure.
    fn wait_for_row(&self, row: u64) -> (u64, Option<ReadError>) {
        if let Some(end) = self.end {
            return (end.row, None);
        }
        let state = self.store.wait_for_row(row);
        let known = match state.complete {
            true => state.index.rows(),
            false => state.index.ended(),
        };
        (known, state.error.clone())
    }

    /// Rows that the index knows to be there.
    fn known_rows(&self, first: u64, count: u64) -> Result<Vec<Row>, ReadError> {
        let mut records = Vec::with_capacity(as_index(count).min(4096));
        self.each_record(first, count, Row::TEXT_LIMIT, |record| records.push(record))?;
        records
            .into_iter()
            .map(|record| self.into_row(record))
            .collect()
    }

    /// Calls `each` with records that the index knows to be there.
    fn each_record(
        &self,
        first: u64,
        count: u64,
        limit: usize,
        mut each: impl FnMut(Record),
    ) -> Result<(), ReadError> {
        if count == 0 {
            return Ok(());
        }
        let mark = self.store.lock().index.mark_of_row(first);
        let mut records = self.store.records(mark, limit);
        records.skip_to_row(first)?;
        for _ in 0..count {
            match records.next_record()? {
                Some(record) => each(record),
                None => break,
            }
        }
        Ok(())
    }

    #[expect(
        clippy::wrong_self_convention,
        reason = "the record is what is converted"
    )]
    fn into_row(&self, record: Record) -> Result<Row, ReadError> {
        let layout = &record.layout;
        let mut place = layout.locate(&record.text, record.full_len);
        let len = as_index(record.full_len).min(layout.record_limit());
        // an ID behind what is kept of the record is found nevertheless, as a pass finds it
        if place.id.is_err() && len > record.text.len() {
            let whole = self.bytes_at(record.offset, len)?;
            place = layout.locate(&whole, record.full_len);
        }
        Ok(Row::new(record, place))
    }

    /// The begin of the last `count` records, found from the end of the last file, or of several.
    fn begin_of_tail(&self, last: Section, end: u64, count: usize) -> Result<u64, ReadError> {
        let (mut section, mut end, mut missing) = (last, end, count);
        loop {
            let (begin, found) = self.begin_of_last(&section, end, missing)?;
            missing -= found;
            if missing == 0 || section.number == 0 {
                return Ok(begin);
            }
            section = self.store.source.section(section.number - 1);
            if !section.layout.is_found_from_behind() {
                return Ok(begin);
            }
            end = section.end;
        }
    }

    /// The begin of the last `count` records of a file, or of all that it has, and how many these are. In CSV a line end with
    /// an even number of quotes behind it ends a record, because quotes come in pairs.
    fn begin_of_last(
        &self,
        section: &Section,
        end: u64,
        count: usize,
    ) -> Result<(u64, usize), ReadError> {
        let start = section.rows;
        let quotes_matter = matches!(section.layout.format, Format::Csv | Format::Tsv);
        let skips_blanks = section.layout.divider().skips_blanks();
        let (mut block_end, mut quotes, mut begins) = (end, 0_usize, 0);
        while block_end > start {
            let (block_start, block) = self.store.source.block(block_end - 1)?;
            let len = usize::try_from(block_end - block_start).unwrap_or(BLOCK_LEN);
            let bytes = block.get(..len).unwrap_or(&block);
            for at in memchr::memrchr2_iter(b'\n', b'"', bytes) {
                let next = block_start + at as u64 + 1;
                if next <= start {
                    break;
                }
                if bytes[at] == b'"' {
                    quotes += 1;
                } else if skips_blanks && self.is_blank(&bytes[at + 1..], next)? {
                    continue;
                } else if next < end && (!quotes_matter || quotes.is_multiple_of(2)) {
                    begins += 1;
                    if begins == count {
                        return Ok((next, begins));
                    }
                }
            }
            block_end = block_start;
        }
        Ok((start, (begins + usize::from(start < end)).min(count)))
    }

    /// True if the line at an offset is blank, of which the bytes up to the end of a block are at hand.
    fn is_blank(&self, bytes: &[u8], offset: u64) -> Result<bool, ReadError> {
        let mut next = [0; 2];
        let next = match bytes {
            [first, second, ..] => [*first, *second],
            _ => {
                self.store.source.read_at(offset, &mut next)?;
                next
            }
        };
        Ok(next[0] == b'\n' || next == *b"\r\n")
    }
}

impl Drop for Dataset {
    fn drop(&mut self) {
        if self.end.is_none() {
            self.store.abandoned.store(true, Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
