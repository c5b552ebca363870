//! An order of rows: where each stands, in memory or in a temporary file.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    sync::{Mutex, PoisonError},
};

use super::spill::read_full;
use crate::sort::Direction;

/// Bytes of a row in an order.
const ROW: usize = size_of::<u32>();

/// Rows in an order, in memory or in a temporary file.
#[derive(Debug)]
pub struct RowOrder {
    rows: Rows,
    /// True if they stand from the last to the first.
    backwards: bool,
}

#[derive(Debug)]
enum Rows {
    Memory(Vec<u32>),
    File {
        file: File,
        len: usize,
        /// The rows read last, and the place of the first of them.
        window: Mutex<(usize, Vec<u32>)>,
    },
}

impl RowOrder {
    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::Memory(rows) => rows.len(),
            Rows::File { len, .. } => *len,
        }
    }

    /// True if there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The row at a place; nothing behind the last one, and where the temporary file can no longer be read.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<u32> {
        const AT_ONCE: usize = 4096;
        let place = self.turned(place)?;
        match &self.rows {
            Rows::Memory(rows) => rows.get(place).copied(),
            Rows::File { file, len, window } if place < *len => {
                let mut window = window.lock().unwrap_or_else(PoisonError::into_inner);
                let (first, rows) = &mut *window;
                if place.checked_sub(*first).is_none_or(|at| at >= rows.len()) {
                    let start = place / AT_ONCE * AT_ONCE;
                    *rows = read_rows(file, start, AT_ONCE.min(len - start)).ok()?;
                    *first = start;
                }
                rows.get(place - *first).copied()
            }
            Rows::File { .. } => None,
        }
    }

    /// The place in the other direction, where they stand so.
    fn turned(&self, place: usize) -> Option<usize> {
        if self.backwards {
            self.len().checked_sub(place + 1)
        } else {
            Some(place)
        }
    }

    #[cfg(test)]
    pub(crate) fn is_in_memory(&self) -> bool {
        matches!(self.rows, Rows::Memory(_))
    }

    /// The place of a row.
    #[must_use]
    pub fn find(&self, row: u32) -> Option<usize> {
        match &self.rows {
            Rows::Memory(rows) => {
                let place = rows.iter().position(|&other| other == row)?;
                self.turned(place)
            }
            Rows::File { len, .. } => (0..*len).find(|&place| self.get(place) == Some(row)),
        }
    }
}

impl From<Vec<u32>> for RowOrder {
    fn from(rows: Vec<u32>) -> RowOrder {
        RowOrder {
            rows: Rows::Memory(rows),
            backwards: false,
        }
    }
}

fn read_rows(file: &File, first: usize, count: usize) -> io::Result<Vec<u32>> {
    let mut bytes = vec![0; count * ROW];
    read_full(file, &mut bytes, (first * ROW) as u64)?;
    let (rows, _) = bytes.as_chunks::<ROW>();
    Ok(rows
        .iter()
        .map(|&bytes| u32::from_le_bytes(bytes))
        .collect())
}

/// An order that is being made.
pub(crate) enum Out {
    Memory(Vec<u32>),
    File(BufWriter<File>, usize),
}

impl Out {
    pub(crate) fn new(rows: usize, memory: usize) -> io::Result<Out> {
        Ok(if rows.saturating_mul(ROW) <= memory / 4 {
            Out::Memory(Vec::new())
        } else {
            Out::File(BufWriter::with_capacity(1 << 20, tempfile::tempfile()?), 0)
        })
    }

    pub(crate) fn extend(&mut self, rows: &[u32]) -> io::Result<()> {
        match self {
            Out::Memory(all) => all.extend_from_slice(rows),
            Out::File(file, count) => {
                for row in rows {
                    file.write_all(&row.to_le_bytes())?;
                }
                *count += rows.len();
            }
        }
        Ok(())
    }

    /// The order. Where it descends, the rows were given from the last to the first.
    pub(crate) fn finish(self, direction: Direction) -> io::Result<RowOrder> {
        let rows = match self {
            Out::Memory(rows) => Rows::Memory(rows),
            Out::File(file, len) => Rows::File {
                file: file.into_inner().map_err(io::IntoInnerError::into_error)?,
                len,
                window: Mutex::default(),
            },
        };
        Ok(RowOrder {
            rows,
            backwards: direction == Direction::Descending,
        })
    }
}
