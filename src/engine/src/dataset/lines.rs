//! The lines of files, as editors count them.

use std::path::PathBuf;

use super::Dataset;
use crate::{
    format::{Format, as_index},
    row::Row,
    source::ReadError,
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
            Some(offset) if offset < first && known > first => self.first_row_within(line, known),
            Some(offset) => self.row_at_offset(offset),
            None => Ok(None),
        }
    }

    /// The first row, if it begins within a line: behind the bracket of an array.
    fn first_row_within(&self, line: u64, known: u64) -> Result<Option<usize>, ReadError> {
        let first = self.store.lock().index.start();
        let begin = first + self.blank_before(first)?;
        let next = self.store.source.begin_of_line(line + 1, known)?;
        Ok(next.is_none_or(|next| next > begin).then_some(0))
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
