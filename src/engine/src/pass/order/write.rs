//! The IDs of rows, written in their order.

use std::io::Write;

use super::SortError;
use crate::{
    RowSet,
    dataset::Dataset,
    format::as_index,
    pass::block::Block,
    progress::Progress,
    sort::{LineSort, SortedLines, Sorter},
};

impl Dataset {
    /// Writes the IDs of all rows, or of the `wanted` ones, in their order, a line for each in canonical spelling. Of rows
    /// without one it writes what stands in its place; they come last in either direction, in their order. A stream that is
    /// still open is waited for.
    ///
    /// It is made for the one use of an order for which no row has to be read again, and takes the memory and the time of
    /// [`sort_lines`](crate::sort::sort_lines). A unit of `progress` is a byte of the source.
    ///
    /// # Errors
    ///
    /// [`SortError`]; the output may have been written in part where writing it or the temporary file failed.
    pub fn write_sorted(
        &self,
        output: impl Write,
        sort: LineSort,
        wanted: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<SortedLines, SortError> {
        let mut sorter = Sorter::new(sort);
        let map = |block: &Block| (keys(block, wanted), others(block, wanted));
        self.pass(progress).try_each(map, |(keys, others)| {
            sorter.add(&keys, progress)?;
            for text in &others {
                sorter.add_invalid(text)?;
            }
            Ok::<_, SortError>(())
        })?;
        Ok(sorter.write(output, progress)?)
    }
}

/// The keys of the rows that are wanted.
fn keys(block: &Block, wanted: Option<&RowSet>) -> Vec<u128> {
    match wanted {
        None if block.faults().is_empty() => block.keys().to_vec(),
        None => block.valid().map(|(_, key)| key).collect(),
        Some(wanted) => {
            let chosen = block.valid().filter(|(row, _)| wanted.contains(*row));
            chosen.map(|(_, key)| key).collect()
        }
    }
}

/// The text in the place of an ID, of the rows that are wanted and have none.
fn others(block: &Block, wanted: Option<&RowSet>) -> Vec<Vec<u8>> {
    if block.faults().is_empty() {
        return Vec::new();
    }
    let rows = block.by_number();
    let faulty = block.faults().iter().map(|fault| fault.row);
    let chosen = faulty.filter(|&row| wanted.is_none_or(|rows| rows.contains(row)));
    let number = |row: u64| as_index(row - block.first_row());
    chosen
        .filter_map(|row| rows.row(number(row), false))
        .map(|row| row.id_text().into_owned().into_bytes())
        .collect()
}
