//! Rows of a source. The only place of the project that opens data files.

mod error;
mod sample;

pub use error::OpenError;

use std::{fs::File, io::Read, path::Path};

use memchr::memchr_iter;
use ulid::Ulid;

use crate::{
    Reading,
    codec::{self, Fault},
};

/// A file of one ID a line.
#[derive(Debug)]
pub struct Dataset {
    name: String,
    bytes: Vec<u8>,
    /// Where each line begins.
    starts: Vec<usize>,
}

/// One row of a dataset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row<'a> {
    /// Which row this is, from 0. Its line is one more.
    pub index: usize,
    /// Where its line begins, in bytes.
    pub offset: usize,
    /// The line without its line ending.
    pub text: &'a [u8],
    /// The ULID, or why it is none.
    pub id: Result<Ulid, Fault>,
}

impl Dataset {
    /// Opens a file. An empty line is a row with a fault; the end of the last line is not a row of its own.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where there is no file of text with at least one line.
    pub fn open(path: &Path) -> Result<Dataset, OpenError> {
        let fail = |reason| OpenError {
            path: path.to_owned(),
            reason,
        };
        let mut file = File::open(path).map_err(|error| fail(error.into()))?;
        if file
            .metadata()
            .map_err(|error| fail(error.into()))?
            .is_dir()
        {
            return Err(fail(error::Reason::Directory));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(|error| fail(error.into()))?;
        Dataset::from_bytes(path.display().to_string(), bytes).map_err(fail)
    }

    /// The built-in sample: 20,000 IDs with every kind of flaw, the same each time.
    #[must_use]
    pub fn sample() -> Dataset {
        Dataset::index("sample".to_owned(), sample::text().into_bytes())
    }

    fn from_bytes(name: String, mut bytes: Vec<u8>) -> Result<Dataset, error::Reason> {
        const BOM: &[u8] = b"\xEF\xBB\xBF";
        if bytes.starts_with(BOM) {
            bytes.drain(..BOM.len());
        }
        if bytes.is_empty() {
            return Err(error::Reason::Empty);
        }
        if memchr::memchr(0, &bytes[..bytes.len().min(64 * 1024)]).is_some() {
            return Err(error::Reason::Binary);
        }
        Ok(Dataset::index(name, bytes))
    }

    fn index(name: String, bytes: Vec<u8>) -> Dataset {
        let ends = memchr_iter(b'\n', &bytes)
            .map(|end| end + 1)
            .filter(|&start| start < bytes.len());
        let starts = std::iter::once(0).chain(ends).collect();
        Dataset {
            name,
            bytes,
            starts,
        }
    }

    /// The path as given, or `sample`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many rows there are; at least one.
    #[must_use]
    #[expect(
        clippy::len_without_is_empty,
        reason = "an empty source is refused when it is opened"
    )]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// The row at an index, if there is one.
    #[must_use]
    pub fn row(&self, index: usize) -> Option<Row<'_>> {
        let offset = *self.starts.get(index)?;
        let end = self
            .starts
            .get(index + 1)
            .copied()
            .unwrap_or(self.bytes.len());
        let text = trim_line_end(&self.bytes[offset..end]);
        Some(Row {
            index,
            offset,
            text,
            id: codec::parse(text, Reading::Strict),
        })
    }

    /// All rows from the first to the last.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).filter_map(|index| self.row(index))
    }

    /// The ULID of every row, nothing for rows that have none.
    #[must_use]
    pub fn ids(&self) -> Vec<Option<Ulid>> {
        self.rows().map(|row| row.id.ok()).collect()
    }
}

fn trim_line_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

#[cfg(test)]
mod tests;
