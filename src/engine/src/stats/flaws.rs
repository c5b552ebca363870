//! The rows behind each figure of an audit. What a flaw is called is not known here.

use super::steps::{Steps, ones};
use crate::RowSet;

/// The rows with a flaw, or something else to be seen, so that a figure can be looked at.
///
/// Each set is compressed: it grows with the number of its rows, and never takes more than a bit for each row of the
/// dataset, 12.5 MB for a hundred million.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flaws {
    /// Rows without a ULID that should have one.
    pub invalid: RowSet,
    /// Rows of those whose ID is above the largest ULID.
    pub overflow: RowSet,
    /// Rows smaller than the valid row before them.
    pub out_of_order: RowSet,
    /// Rows equal to the valid row before them. Duplicates further apart: [`duplicates()`](super::duplicates()).
    pub adjacent_duplicates: RowSet,
    /// Rows later than now.
    pub future: RowSet,
    /// Rows behind a gap.
    pub gaps: RowSet,
    /// Rows of the same millisecond as the valid row before them.
    pub same_ms: RowSet,
}

impl Flaws {
    pub(super) fn add(&mut self, steps: &Steps, first_row: u64) {
        if steps.back | steps.repeat | steps.future | steps.gap | steps.same_ms == 0 {
            return;
        }
        for (bits, rows) in [
            (steps.back, &mut self.out_of_order),
            (steps.repeat, &mut self.adjacent_duplicates),
            (steps.future, &mut self.future),
            (steps.gap, &mut self.gaps),
            (steps.same_ms, &mut self.same_ms),
        ] {
            if bits == u64::MAX {
                // As one, for generators are known that make thousands in a millisecond.
                rows.insert_range(first_row..first_row + Steps::LEN as u64);
            } else {
                rows.extend(ones(bits).map(|index| first_row + index as u64));
            }
        }
    }

    pub(super) fn merge(&mut self, next: Flaws) {
        self.invalid |= next.invalid;
        self.overflow |= next.overflow;
        self.out_of_order |= next.out_of_order;
        self.adjacent_duplicates |= next.adjacent_duplicates;
        self.future |= next.future;
        self.gaps |= next.gaps;
        self.same_ms |= next.same_ms;
    }
}
