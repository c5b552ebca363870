//! The lines of files, as editors count them.

use std::path::PathBuf;

use super::{Dataset, Format, ReadError, as_index};

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
        let is_array = section.layout.format == Format::Json;
        let blank = if is_array {
            self.blank_before(offset)?
        } else {
            0
        };
        let offset = offset + blank;
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

    /// Bytes of white space with which an element of an array begins.
    fn blank_before(&self, offset: u64) -> Result<u64, ReadError> {
        const MOST: usize = 4096;
        let bytes = self.dataset.bytes_at(offset, MOST)?;
        Ok((bytes.len() - bytes.trim_ascii_start().len()) as u64)
    }
}
