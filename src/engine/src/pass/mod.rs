//! Passes over the rows of a dataset: blocks of decoded rows on all threads, chosen rows, orders, and the survey of all of
//! them. This room must not know what rows are wanted for: no condition, no figure of a query, no screen.

mod block;
mod gather;
mod order;
mod reader;
mod scan;
mod survey;

pub use block::Block;
pub(crate) use block::{Case, Cells, Numbered};
pub use gather::Stretch;
pub(crate) use order::{
    LEAST_MEMORY, SORTED_BYTES,
    spill::{Spill, Wanted},
};
pub use order::{RowOrder, SortError, TooMuch};
pub(crate) use scan::Decoding;
pub use scan::{Keys, Pass, stretches_back};
pub(crate) use survey::Beside;
pub use survey::MEMORY;
