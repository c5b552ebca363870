//! The order of rows that nearly ascend, as those of most files do: two passes, and memory for the late rows alone.
//!
//! The first pass finds the rows that are late, the second puts them among the others. Where more than a few are late the
//! first gives up, which it does early where rows are in no order at all.

use std::{
    io, mem,
    ops::{ControlFlow, Range},
};

use rayon::prelude::*;

use super::{RowOrder, SortError, row_order::Out};
use crate::{RowSet, dataset::Dataset, pass::block::Block, progress::Progress, sort::Direction};

/// Keys at each end of a block that are kept, to see how blocks follow one another.
const EDGE: usize = 64;
/// Rows that may be late however few there are.
const FEW: usize = 64;

/// A key and its row.
type Entry = (u128, u32);

/// The rows in the order of their IDs, as [`Dataset::order`] gives them; nothing where they do not nearly ascend.
pub(crate) fn order(
    dataset: &Dataset,
    direction: Direction,
    memory: usize,
    wanted: Option<&RowSet>,
    progress: &Progress,
) -> Result<Option<RowOrder>, SortError> {
    let Some(found) = Ascent::find(dataset, memory, progress)? else {
        return Ok(None);
    };
    Merge::new(found, direction, wanted).run(dataset, memory, progress)
}

/// Result of the first pass.
#[derive(Default)]
struct Ascent {
    rows: u64,
    invalid: RowSet,
    late: Vec<Entry>,
    /// The last of those that ascend.
    tail: Vec<Entry>,
    /// True if others ascend before the tail.
    has_more: bool,
}

/// The rows of a block.
#[derive(Default)]
struct Part {
    late: Vec<Entry>,
    /// The first of those that ascend.
    head: Vec<Entry>,
    /// The last of those that ascend.
    tail: Vec<Entry>,
    /// True if others ascend before the tail.
    has_more: bool,
    late_in_a_row: usize,
}

fn are_few(late: usize, rows: u64) -> bool {
    late as u64 <= FEW as u64 + rows / 8
}

impl Part {
    /// The figures of a block, unless too many of its rows are late.
    fn of(block: &Block) -> Option<Part> {
        let mut part = Part::default();
        for (row, key) in block.valid() {
            part.add((key, u32::try_from(row).ok()?));
            if !are_few(part.late.len(), row - block.first_row()) {
                return None;
            }
        }
        if !part.has_more {
            part.head.clone_from(&part.tail);
        }
        Some(part)
    }

    fn add(&mut self, entry: Entry) {
        let last = self.tail.last();
        let is_late = last.is_some_and(|last| entry.0 <= last.0);
        if is_late && !self.displaces_tail(entry.0) {
            self.late.push(entry);
            self.late_in_a_row += 1;
            return;
        }
        if self.tail.len() == 4 * EDGE {
            if !self.has_more {
                self.head.extend_from_slice(&self.tail[..EDGE]);
                self.has_more = true;
            }
            self.tail.drain(..3 * EDGE);
        }
        self.tail.push(entry);
        self.late_in_a_row = 0;
    }

    /// Makes the last few rows late that are ahead of a key, unless they are more than those that were late because of
    /// them. So rows that are far ahead are late themselves, and not all that come behind.
    fn displaces_tail(&mut self, key: u128) -> bool {
        let most = self.late_in_a_row + 1;
        let backwards = self.tail.iter().rev();
        let ahead = backwards
            .take(most)
            .take_while(|other| other.0 > key)
            .count();
        let rest = self.tail.len() - ahead;
        let ascends = match self.tail[..rest].last() {
            Some(before) => before.0 < key,
            None => !self.has_more,
        };
        if ascends {
            self.late.extend(self.tail.drain(rest..));
        }
        ascends
    }
}

impl Ascent {
    /// Goes over the rows, unless they do not nearly ascend, or the late ones do not fit half of the memory.
    fn find(
        dataset: &Dataset,
        memory: usize,
        progress: &Progress,
    ) -> Result<Option<Ascent>, SortError> {
        /// A late row here, and once more in the second pass.
        const BYTES: usize = size_of::<Entry>() + size_of::<u32>();
        let mut found = Ascent::default();
        let mut ascends = true;
        let map = |block: &Block| {
            let invalid: Vec<u64> = block.faults().iter().map(|fault| fault.row).collect();
            (block.keys().len() as u64, invalid, Part::of(block))
        };
        dataset.pass(progress).each(map, |(rows, invalid, part)| {
            found.rows += rows;
            found.invalid.extend(invalid);
            ascends = part.is_some_and(|part| found.add(part))
                && u32::try_from(found.rows).is_ok()
                && found.late.len() * BYTES <= memory / 2;
            if ascends {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        Ok(ascends.then_some(found))
    }

    /// Adds the late rows of the next block, and says whether the rows still nearly ascend.
    fn add(&mut self, part: Part) -> bool {
        self.late.extend(part.late);
        let lowest = part.head.first().map(|entry| entry.0);
        let highest = self.tail.last().map(|entry| entry.0);
        let mut head = &part.head[..];
        if lowest.is_some() && lowest <= highest {
            // Either the first of the block are late, or the last before it are ahead.
            let late = head.partition_point(|entry| Some(entry.0) <= highest);
            let ahead = self.tail.partition_point(|entry| Some(entry.0) < lowest);
            if late <= self.tail.len() - ahead {
                if late == head.len() && part.has_more {
                    return false;
                }
                self.late.extend(&head[..late]);
                head = &head[late..];
            } else if ahead == 0 && self.has_more {
                return false;
            } else {
                self.late.extend(self.tail.drain(ahead..));
            }
        }
        if part.has_more {
            self.tail = part.tail;
            self.has_more = true;
        } else {
            self.tail.extend(head);
            let passed = self.tail.len().saturating_sub(4 * EDGE);
            self.tail.drain(..passed);
            self.has_more |= passed > 0;
        }
        are_few(self.late.len(), self.rows)
    }
}

/// The second pass.
struct Merge<'a> {
    rows: u64,
    invalid: RowSet,
    /// The late rows in the order of their keys, and in that of their numbers.
    late: Vec<Entry>,
    late_rows: Vec<u32>,
    direction: Direction,
    wanted: Option<&'a RowSet>,
}

/// A block whose late rows are replaced by those that belong there.
struct Merged {
    /// Places, in the order of the late rows, of the rows that were put here.
    late: Range<usize>,
    /// How many rows ascend, wanted or not.
    ascending: u64,
    /// The rows that are wanted.
    rows: Vec<u32>,
}

impl<'a> Merge<'a> {
    fn new(found: Ascent, direction: Direction, wanted: Option<&'a RowSet>) -> Merge<'a> {
        let mut late_rows: Vec<u32> = found.late.iter().map(|entry| entry.1).collect();
        late_rows.par_sort_unstable();
        let mut merge = Merge {
            rows: found.rows,
            invalid: found.invalid,
            late: found.late,
            late_rows,
            direction,
            wanted,
        };
        let mut late = mem::take(&mut merge.late);
        late.par_sort_unstable_by_key(|&entry| merge.place(entry));
        Merge { late, ..merge }
    }

    /// The key by which entries are ordered. A descending order is an ascending one, read backwards; equal keys are read backwards with it.
    fn place(&self, (key, row): Entry) -> (u128, u32) {
        match self.direction {
            Direction::Ascending => (key, row),
            Direction::Descending => (key, !row),
        }
    }

    fn is_wanted(&self, row: u32) -> bool {
        self.wanted
            .is_none_or(|wanted| wanted.contains(u64::from(row)))
    }

    /// The order; nothing where the rows are no longer those of the first pass.
    fn run(
        &self,
        dataset: &Dataset,
        memory: usize,
        progress: &Progress,
    ) -> Result<Option<RowOrder>, SortError> {
        let mut out = Out::new(self.rows as usize, memory)?;
        let invalid = || {
            let rows = self.invalid.iter();
            rows.filter_map(|row| u32::try_from(row).ok())
        };
        if self.direction == Direction::Descending {
            self.put(invalid().rev(), &mut out)?;
        }
        // of those that ascend, and of the late ones
        let (mut ascending, mut late) = (0, 0);
        let map = |block: &Block| self.merged(block);
        dataset.pass(progress).try_each(map, |part| {
            ascending += part.ascending;
            let between = self.late.get(late..part.late.start).unwrap_or_default();
            late = late.max(part.late.end);
            self.put(between.iter().map(|entry| entry.1), &mut out)?;
            out.extend(&part.rows).map_err(SortError::Temporary)
        })?;
        let behind = self.late.get(late..).unwrap_or_default();
        self.put(behind.iter().map(|entry| entry.1), &mut out)?;
        if self.direction == Direction::Ascending {
            self.put(invalid(), &mut out)?;
        }
        let rows = ascending + self.late.len() as u64 + self.invalid.len();
        Ok(if rows == self.rows {
            Some(out.finish(self.direction)?)
        } else {
            None
        })
    }

    fn put(&self, rows: impl Iterator<Item = u32>, out: &mut Out) -> io::Result<()> {
        let mut rows = rows.filter(|&row| self.is_wanted(row));
        rows.try_for_each(|row| out.extend(&[row]))
    }

    fn merged(&self, block: &Block) -> Merged {
        let first = self
            .late_rows
            .partition_point(|&row| u64::from(row) < block.first_row());
        let mut skipped = self.late_rows[first..].iter().peekable();
        let entries = block.valid().take_while(|&(row, _)| row < self.rows);
        let entries = entries.map(|(row, key)| (key, row as u32));
        let mut entries = entries
            .filter(|(_, row)| skipped.next_if_eq(&row).is_none())
            .peekable();
        let begin = entries.peek().map(|&first| self.place(first));
        let begin = begin.map_or(0, |first| {
            self.late.partition_point(|&late| self.place(late) < first)
        });
        let mut merged = Merged {
            late: begin..begin,
            ascending: 0,
            rows: Vec::with_capacity(block.keys().len() + EDGE),
        };
        let mut put = |row| {
            merged
                .rows
                .extend(Some(row).filter(|&row| self.is_wanted(row)))
        };
        for entry in entries {
            while let Some(&late) = self.late.get(merged.late.end)
                && self.place(late) < self.place(entry)
            {
                put(late.1);
                merged.late.end += 1;
            }
            put(entry.1);
            merged.ascending += 1;
        }
        merged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Ulid, codec, format::OpenOptions, pass::survey::MEMORY};

    fn dataset(keys: impl Iterator<Item = u128>) -> Dataset {
        let text: String = keys
            .map(|key| format!("{}\n", codec::print(Ulid::from_u128(key))))
            .collect();
        Dataset::from_bytes("test", text.into_bytes(), &OpenOptions::default()).unwrap()
    }

    fn found(dataset: &Dataset) -> Option<Ascent> {
        Ascent::find(dataset, MEMORY, &Progress::new()).unwrap()
    }

    #[test]
    fn rows_that_are_others_in_the_second_pass_make_no_order() {
        let late = |row: u128| if row % 100 == 99 { row - 50 } else { row };
        let before = dataset((0..50_000).map(late));
        for (after, is_same) in [
            (dataset((0..50_000).map(late)), true),
            (dataset((0..60_000).map(late)), true),
            (dataset((0..40_000).map(late)), false),
        ] {
            let merge = Merge::new(found(&before).unwrap(), Direction::Ascending, None);
            let order = merge.run(&after, MEMORY, &Progress::new()).unwrap();
            assert_eq!(order.is_some(), is_same);
            assert!(order.is_none_or(|order| order.len() == 50_000));
        }
    }

    #[test]
    fn what_is_in_no_order_is_given_up() {
        let twice = (0..50_000).chain(0..50_000);
        for keys in [twice.collect(), (0..50_000).rev().collect::<Vec<u128>>()] {
            assert!(found(&dataset(keys.into_iter())).is_none());
        }
        let ahead = |row: u128| {
            if row.is_multiple_of(30) {
                row << 64
            } else {
                row
            }
        };
        let ascent = found(&dataset((1..50_000).map(ahead))).unwrap();
        assert_eq!(ascent.late.len(), 50_000 / 30);
    }
}
