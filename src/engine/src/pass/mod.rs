//! Passes over the rows of a dataset: blocks of decoded rows on all threads, chosen rows, orders, and the survey of all of
//! them. This room must not know what rows are wanted for: no condition, no figure of a query, no screen.

mod block;
mod in_order;
mod order;
mod reader;
mod scan;
mod survey;

pub use block::Block;
pub(crate) use block::{BlockColumns, Case, Cells};
pub use in_order::Chunk;
pub(crate) use order::{
    LEAST_MEMORY, SORTED_BYTES,
    spill::{Merge, Spill},
};
pub use order::{RowOrder, SortError, TooMuch};
pub(crate) use scan::Decoding;
pub use scan::{Keys, Pass, growing_ranges_back};
pub(crate) use survey::Beside;
pub use survey::MEMORY;
