//! The lines of files, as editors count them.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use super::{
    Dataset, Format, ReadError, Row, as_index,
    source::{Part, Source},
};

/// Bytes that are read at a time.
const PIECE: usize = 256 * 1024;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLine {
    /// The file, or the name of the stream.
    pub path: PathBuf,
    /// The line, from 1. Line ends within quotes count, as do headers.
    pub line: u64,
}

/// Bytes between two counts of line ends.
const STRIDE: u64 = 1 << 20;

/// Line ends before each stride of a source, as far as somebody asked: any line is at most a stride away from a count.
#[derive(Debug, Default)]
pub(super) struct LineCounts(Mutex<Vec<u64>>);

impl LineCounts {
    /// Forgets the counts of a source that was cut.
    pub(super) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}

impl Source {
    /// Line of a file, from 1, on which a byte of the source stands.
    pub(super) fn line_at(&self, offset: u64) -> Result<u64, ReadError> {
        let start = self.section_at(offset).start;
        let ends = self.line_ends_before(offset)? - self.line_ends_before(start)?;
        Ok(ends + 1)
    }

    /// Line ends in all bytes before an offset, which have to be there.
    fn line_ends_before(&self, offset: u64) -> Result<u64, ReadError> {
        let whole = offset / STRIDE;
        let before = {
            let mut counts = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
            if counts.is_empty() {
                counts.push(0);
            }
            while counts.len() as u64 <= whole {
                let stride = counts.len() as u64 - 1;
                let last = counts.last().copied().unwrap_or_default();
                let ends = self.line_ends_in(stride * STRIDE, (stride + 1) * STRIDE)?;
                counts.push(last + ends);
            }
            counts.get(as_index(whole)).copied().unwrap_or_default()
        };
        Ok(before + self.line_ends_in(whole * STRIDE, offset)?)
    }

    /// Begin of the stride in which the line end of a number stands, or of the last one before `end`. What is counted
    /// already is not read again.
    fn stride_of_line_end(&self, number: u64, end: u64) -> Result<u64, ReadError> {
        let counted = {
            let counts = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner);
            let before = counts.partition_point(|&ends| ends < number) as u64;
            (before < counts.len() as u64, before.saturating_sub(1))
        };
        let (is_behind, mut stride) = counted;
        while !is_behind
            && (stride + 1) * STRIDE < end
            && self.line_ends_before((stride + 1) * STRIDE)? < number
        {
            stride += 1;
        }
        Ok(stride * STRIDE)
    }

    fn line_ends_in(&self, from: u64, to: u64) -> Result<u64, ReadError> {
        let (mut at, mut ends) = (from, 0);
        let mut bytes = vec![0; PIECE.min(as_index(to - from))];
        while at < to {
            let len = bytes.len().min(as_index(to - at));
            let count = self.read_at(at, &mut bytes[..len])?;
            if count == 0 {
                break;
            }
            ends += memchr::memchr_iter(b'\n', &bytes[..count]).count() as u64;
            at += count as u64;
        }
        Ok(ends)
    }

    /// Begin of a line of the first file; `None` if fewer lines stand in its bytes before `end`.
    pub(super) fn begin_of_line(&self, line: u64, end: u64) -> Result<Option<u64>, ReadError> {
        let Some(wanted) = line.checked_sub(1) else {
            return Ok(None);
        };
        if wanted == 0 {
            return Ok(Some(0));
        }
        let end = end.min(self.parts().first().map_or(0, Part::len));
        let mut at = self.stride_of_line_end(wanted, end)?;
        let mut left = wanted - self.line_ends_before(at)?;
        let mut bytes = vec![0; PIECE];
        while left > 0 && at < end {
            let len = PIECE.min(as_index(end - at));
            let count = self.read_at(at, &mut bytes[..len])?;
            if count == 0 {
                return Ok(None);
            }
            let mut ends = memchr::memchr_iter(b'\n', &bytes[..count]);
            match ends.by_ref().nth(as_index(left - 1)) {
                Some(last) => return Ok(Some(at + last as u64 + 1)),
                None => left -= memchr::memchr_iter(b'\n', &bytes[..count]).count() as u64,
            }
            at += count as u64;
        }
        Ok((left == 0).then_some(at))
    }
}

impl Dataset {
    /// Line of the file, from 1, on which a row begins, as editors count: line ends within quotes, headers and titles count.
    /// `offset` is that of the row. What lies before it is read the first time. `None` for binary records.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the bytes before it can no longer be read.
    pub fn line_at(&self, offset: u64) -> Result<Option<u64>, ReadError> {
        let source = &self.store.source;
        if !source.section_at(offset).layout.has_line_numbers() {
            return Ok(None);
        }
        let blank = self.blank_before(offset)?;
        source.line_at(offset + blank).map(Some)
    }

    /// The same of neighbouring rows. What lies between rows of one file is read once.
    ///
    /// # Errors
    ///
    /// As [`Dataset::line_at`].
    pub fn lines_of(&self, rows: &[Row]) -> Result<Vec<Option<u64>>, ReadError> {
        let source = &self.store.source;
        let mut known: Option<(u64, u64)> = None;
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            let begin = row.offset + self.blank_before(row.offset)?;
            let start = source.section_at(begin).start;
            let line = match known {
                Some((at, line)) if at >= start => Some(line + source.line_ends_in(at, begin)?),
                _ => self.line_at(row.offset)?,
            };
            known = line.map(|line| (begin, line));
            lines.push(line);
        }
        Ok(lines)
    }

    /// The row to which a line of the first file belongs, of those known so far. Lines are counted from 1.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the bytes before it can no longer be read.
    pub fn row_of_line(&self, line: u64) -> Result<Option<usize>, ReadError> {
        let known = self.extent().indexed;
        let first = self.store.lock().index.start();
        match self.store.source.begin_of_line(line, known)? {
            // nothing needs to be read for it
            Some(offset) if offset == first && known > first => Ok(Some(0)),
            Some(offset) => self.row_at_offset(offset),
            None => Ok(None),
        }
    }

    /// Bytes of white space with which an element of an array begins.
    fn blank_before(&self, offset: u64) -> Result<u64, ReadError> {
        const MOST: usize = 4096;
        let layout = self.store.source.section_at(offset).layout;
        if layout.format != Format::Json {
            return Ok(0);
        }
        Ok(layout.blank_before(&self.bytes_at(offset, MOST)?) as u64)
    }
}

/// Finds the lines of places that ascend. All that lies between them is read once.
#[derive(Debug)]
pub struct LineFinder<'d> {
    dataset: &'d Dataset,
    /// The file gone over.
    file: usize,
    /// Its begin in the source.
    start: u64,
    path: PathBuf,
    at: u64,
    line: u64,
}

impl Dataset {
    /// A finder of lines, at the begin of the first file.
    #[must_use]
    pub fn lines(&self) -> LineFinder<'_> {
        let mut finder = LineFinder {
            dataset: self,
            file: 0,
            start: 0,
            path: PathBuf::new(),
            at: 0,
            line: 1,
        };
        finder.enter(0);
        finder
    }
}

impl LineFinder<'_> {
    /// Goes to the begin of a file.
    fn enter(&mut self, file: usize) {
        let parts = self.dataset.store.source.parts();
        if let Some(part) = parts.get(file) {
            (self.file, self.start, self.path) = (file, part.start(), part.path.clone());
            (self.at, self.line) = (self.start, 1);
        }
    }

    /// The line at an offset of the source, which is none before that of the last call.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where the bytes before it can no longer be read.
    pub fn find(&mut self, offset: u64) -> Result<FileLine, ReadError> {
        let section = self.dataset.store.source.section_at(offset);
        if section.number != self.file {
            self.enter(section.number);
        }
        let offset = offset + self.dataset.blank_before(offset)?;
        while self.at < offset {
            let len = PIECE.min(as_index(offset - self.at));
            let bytes = self.dataset.bytes_at(self.at, len)?;
            if bytes.is_empty() {
                break;
            }
            self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
            self.at += bytes.len() as u64;
        }
        Ok(FileLine {
            path: self.path.clone(),
            line: self.line,
        })
    }
}
