//! Orders of keys and of rows.
//!
//! A key is the 128 bits of a ULID; the order of keys is the order of their text. Everything here is stable where that
//! can be seen, gives the same answer on any number of threads, and tells a [`Progress`] how many keys are placed.

mod bits;
mod blocks;
mod key;
mod lines;
mod radix;
mod room;
mod rows;

pub(crate) use lines::Sorter;
pub use lines::{LineSort, LineSortError, SortedLines, sort_lines};
pub use rows::{order, order_keys};

use crate::progress::{Cancelled, Progress};

/// Which way an order runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

impl Direction {
    /// The other way.
    #[must_use]
    pub fn reversed(self) -> Direction {
        match self {
            Direction::Ascending => Direction::Descending,
            Direction::Descending => Direction::Ascending,
        }
    }
}

/// Why there is no order of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The run was cancelled.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// An order numbers its rows with 32 bits.
    #[error("{rows} rows cannot be ordered, the limit is {}", u32::MAX)]
    TooManyRows {
        /// The rows there are.
        rows: usize,
    },
}

/// Sorts keys from the smallest to the largest, on all threads of the current rayon pool. Beside the
/// keys it needs a few megabytes for each thread.
///
/// # Errors
///
/// [`Cancelled`], with the keys in an order of no use.
pub fn sort_keys(keys: &mut [u128], progress: &Progress) -> Result<(), Cancelled> {
    radix::sort(keys, progress)
}

#[cfg(test)]
mod tests;
