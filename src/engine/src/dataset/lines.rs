//! The lines of files, as editors count them.

use std::path::PathBuf;

use super::{Dataset, Format, ReadError, as_index};

/// Bytes that are read at a time.
const PIECE: usize = 256 * 1024;
/// A byte order mark is the most that is left out of a file beside a line.
const MARK_LEN: u64 = 3;

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
    /// The begin of each file in the source, with the number of its first line.
    files: Vec<(u64, FileLine)>,
    /// The file gone over.
    file: usize,
    at: u64,
    line: u64,
}

impl Dataset {
    /// A finder of lines, at the begin of the first file.
    #[must_use]
    pub fn lines(&self) -> LineFinder<'_> {
        let mut start = 0;
        let parts = self.store.source.parts();
        let files = parts.iter().map(|part| {
            // a header that the first file has as well is left out of the others
            let line = if part.skip > MARK_LEN { 2 } else { 1 };
            let path = part.path.clone();
            let file = (start, FileLine { path, line });
            start += part.len();
            file
        });
        let files: Vec<_> = files.collect();
        LineFinder {
            dataset: self,
            line: files.first().map_or(1, |(_, first)| first.line),
            files,
            file: 0,
            at: 0,
        }
    }
}

impl LineFinder<'_> {
    /// The line at an offset of the source, which is none before that of the last call.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where the bytes before it can no longer be read.
    pub fn find(&mut self, offset: u64) -> Result<FileLine, ReadError> {
        let file = self.files.partition_point(|(start, _)| *start <= offset);
        let file = file.saturating_sub(1);
        if let Some((start, first)) = self.files.get(file).filter(|_| file != self.file) {
            (self.file, self.at, self.line) = (file, *start, first.line);
        }
        let offset = offset + self.blank_before(offset)?;
        while self.at < offset {
            let len = PIECE.min(as_index(offset - self.at));
            let bytes = self.dataset.bytes_at(self.at, len)?;
            if bytes.is_empty() {
                break;
            }
            self.line += memchr::memchr_iter(b'\n', &bytes).count() as u64;
            self.at += bytes.len() as u64;
        }
        let path = self.files.get(self.file).map(|(_, file)| file.path.clone());
        Ok(FileLine {
            path: path.unwrap_or_default(),
            line: self.line,
        })
    }

    /// Bytes of white space with which an element of an array begins.
    fn blank_before(&self, offset: u64) -> Result<u64, ReadError> {
        const MOST: usize = 4096;
        if self.dataset.layout().format != Format::Json {
            return Ok(0);
        }
        let bytes = self.dataset.bytes_at(offset, MOST)?;
        Ok((bytes.len() - bytes.trim_ascii_start().len()) as u64)
    }
}
