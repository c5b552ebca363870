//! An audit of a dataset, in one pass: an [`Audit`] of neighbouring rows merges with the audit of the rows behind them,
//! and the result is the same however the rows were cut and on how many threads they were read.
//!
//! ```
//! use ulid_engine::{Reading, Timestamp, codec, stats::{Audit, Limits}};
//!
//! let mut audit = Audit::new(Limits::at(Timestamp::now()), 0);
//! for line in ["01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAU"] {
//!     audit.push(codec::parse(line, Reading::Strict).map_err(|fault| fault.kind));
//! }
//! assert_eq!(audit.summary().valid, 2);
//! assert_eq!(audit.summary().faults.character, 1);
//! assert!(audit.flaws().adjacent_duplicates.contains(1));
//! ```
//!
//! **Order** is that of neighbours: a row is out of order when its ID is smaller than that of the valid row before it.
//! One late row is one flaw, and a single ID far in the future does not make all later ones wrong.
//!
//! **Duplicates** of the row before are seen in the pass. Those further apart need an order of the rows:
//! [`duplicates()`].

mod figures;
mod state;

pub(crate) mod ascent;
mod duplicates;
mod even;
mod flaws;
mod follows;
mod histogram;
mod randomness;
mod sample;
pub(crate) mod sieve;
mod sorted_as;
mod steps;
mod summary;
mod verdict;
mod width;

pub use duplicates::{count_duplicates, duplicates};
pub use even::EvenHistogram;
pub use figures::{FaultCounts, Figures};
pub use flaws::Flaws;
pub use follows::Follows;
pub use histogram::{Bucket, Histogram};
pub use randomness::Randomness;
pub use sample::Sample;
pub use sorted_as::{OTHER_ORDERS, OrderReason, OrderSurvey, OtherOrder};
pub use state::StateError;
pub use summary::{Place, Span, Summary};
pub use verdict::{Evidence, Verdict};
pub use width::Width;

use crate::{
    Timestamp, Ulid,
    codec::FaultKind,
    progress::{Cancelled, Progress},
    version7::Versions,
};
use rayon::prelude::*;

use steps::Steps;

/// The limits from which on something counts as a flaw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// IDs of a later time are from the future.
    pub now: Timestamp,
    /// Two neighbours further apart than this, in milliseconds, have a gap between them.
    pub gap_ms: u64,
}

impl Limits {
    /// An hour is the usual limit of a gap.
    pub const GAP_MS: u64 = 3_600_000;

    /// The usual limits at a time.
    #[must_use]
    pub const fn at(now: Timestamp) -> Limits {
        Limits {
            now,
            gap_ms: Limits::GAP_MS,
        }
    }
}

/// A row without a ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowFault {
    /// Which row, from 0 at the begin of the dataset.
    pub row: u64,
    /// The flaws of it.
    pub kind: FaultKind,
}

/// Flaws that later rows need not be looked at for: details that would be lost when their audit is merged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hint {
    width: Width,
    highest: Option<u64>,
}

/// The figures of a stretch of rows, and which rows have a flaw.
#[derive(Debug, Clone)]
pub struct Audit {
    limits: Limits,
    next_row: u64,
    summary: Summary,
    flaws: Flaws,
}

impl Audit {
    /// The audit of no rows yet; the first will be `first_row`.
    #[must_use]
    pub fn new(limits: Limits, first_row: u64) -> Audit {
        Audit {
            limits,
            next_row: first_row,
            summary: Summary::new(),
            flaws: Flaws::default(),
        }
    }

    /// Details that may be left out of an audit that is going to be merged into this one.
    pub(crate) fn hint(&self) -> Hint {
        Hint {
            width: self.summary.histogram.width(),
            highest: self.summary.randomness.highest(),
        }
    }

    /// The audit of no rows yet, to be merged into the one that gave the hint or one that it has grown to.
    pub(crate) fn hinted(limits: Limits, first_row: u64, hint: Hint) -> Audit {
        let mut audit = Audit::new(limits, first_row);
        audit.summary.histogram = Histogram::as_wide_as(hint.width);
        audit.summary.randomness = Randomness::behind(hint.highest);
        audit
    }

    /// Adds the next row.
    pub fn push(&mut self, row: Result<Ulid, FaultKind>) {
        match row {
            Ok(id) => self.extend_valid(&[id.to_u128()]),
            Err(kind) => self.add_fault(kind),
        }
    }

    /// Adds the next rows as columns: a key for each, of which those at `faults` count for nothing. `faults` ascend.
    /// Faults of other rows are ignored.
    pub fn extend(&mut self, keys: &[u128], faults: &[RowFault]) {
        let end = self.next_row + keys.len() as u64;
        let mut rest = keys;
        for fault in faults {
            if fault.row < self.next_row || fault.row >= end {
                continue;
            }
            let valid = usize::try_from(fault.row - self.next_row).unwrap_or(rest.len());
            let (before, from) = rest.split_at(valid);
            self.extend_valid(before);
            self.add_fault(fault.kind);
            rest = from.get(1..).unwrap_or_default();
        }
        self.extend_valid(rest);
    }

    /// Adds the next rows as [`Audit::extend`] does, which are free text: those at `without` have no ID and need none.
    /// `further` IDs stand behind the first of their row.
    pub(crate) fn extend_text(&mut self, keys: &[u128], without: &[RowFault], further: u64) {
        let mut rest = keys;
        for fault in without {
            let valid = usize::try_from(fault.row.saturating_sub(self.next_row));
            let (before, from) = rest.split_at(valid.unwrap_or(rest.len()).min(rest.len()));
            self.extend_valid(before);
            self.summary.without += 1;
            self.next_row += 1;
            rest = from.get(1..).unwrap_or_default();
        }
        self.extend_valid(rest);
        self.summary.further += further;
    }

    /// Adds the audit of the rows that follow.
    pub fn merge(&mut self, mut next: Audit) {
        if let (Some(last), Some(first)) = (self.summary.last, next.summary.first) {
            // The first row of `next` did not know its forerunner. That it is from the future it knew.
            let mut step =
                Steps::between(Some(last.id.to_u128()), &[first.id.to_u128()], self.limits);
            step.future = 0;
            self.summary
                .add_steps(&step, first.row, &[first.id.to_u128()]);
            self.flaws.add(&step, first.row);
            next.summary.take_back_fresh(&step);
        }
        self.next_row = next.next_row;
        self.summary.merge(next.summary);
        self.flaws.merge(next.flaws);
    }

    /// The figures.
    #[must_use]
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The rows with flaws.
    #[must_use]
    pub fn flaws(&self) -> &Flaws {
        &self.flaws
    }

    /// The figures and the rows with flaws.
    #[must_use]
    pub fn into_parts(mut self) -> (Summary, Flaws) {
        self.summary.randomness.shrink();
        (self.summary, self.flaws)
    }

    /// Adds the figures of one of some rows, which stands beside `before` in its source: that is the last valid row before
    /// it, among these rows or not.
    pub(crate) fn push_beside(
        &mut self,
        row: u64,
        id: Result<Ulid, FaultKind>,
        before: Option<Ulid>,
    ) {
        match id {
            Err(kind) => self.summary.figures.add_fault(kind),
            Ok(id) => {
                let keys = [id.to_u128()];
                let steps = Steps::between(before.map(Ulid::to_u128), &keys, self.limits);
                self.summary.last = before.map(|id| Place { row, id });
                self.summary.add_steps(&steps, row, &keys);
                self.summary.add_keys(&steps, row, &keys);
            }
        }
    }

    /// Tells which of the rows added last are written as UUIDs.
    pub(crate) fn add_written(&mut self, written: Versions) {
        self.summary.versions.add(written);
    }

    /// Adds a row of free text without an ID to the figures.
    pub(crate) fn push_without(&mut self) {
        self.summary.without += 1;
    }

    /// Adds the figures of later rows, each of which knew its forerunner.
    pub(crate) fn merge_apart(&mut self, next: Audit) {
        self.summary.merge(next.summary);
    }

    fn add_fault(&mut self, kind: FaultKind) {
        self.summary.figures.add_fault(kind);
        self.flaws.invalid.insert(self.next_row);
        if kind == FaultKind::Overflow {
            self.flaws.overflow.insert(self.next_row);
        }
        self.next_row += 1;
    }

    fn extend_valid(&mut self, keys: &[u128]) {
        for keys in keys.chunks(Steps::LEN) {
            let before = self.summary.last.map(|place| place.id.to_u128());
            let steps = Steps::between(before, keys, self.limits);
            self.summary.add_steps(&steps, self.next_row, keys);
            self.summary.add_keys(&steps, self.next_row, keys);
            self.flaws.add(&steps, self.next_row);
            self.next_row += keys.len() as u64;
        }
    }
}

/// Audits whole columns on all threads of the current rayon pool: `keys` of the rows from 0 on, of which those at
/// `faults` count for nothing. `faults` ascend. A unit of `progress` is a row.
///
/// # Errors
///
/// [`Cancelled`] when `progress` was.
pub fn audit(
    keys: &[u128],
    faults: &[RowFault],
    limits: Limits,
    progress: &Progress,
) -> Result<Audit, Cancelled> {
    const ROWS: usize = 1 << 19;
    let audits: Result<Vec<Audit>, Cancelled> = keys
        .par_chunks(ROWS)
        .enumerate()
        .map(|(index, keys)| {
            let first_row = (index * ROWS) as u64;
            let from = faults.partition_point(|fault| fault.row < first_row);
            let mut audit = Audit::new(limits, first_row);
            for keys in keys.chunks(ROWS / 8) {
                audit.extend(keys, &faults[from..]);
                progress.advance(keys.len() as u64)?;
            }
            Ok(audit)
        })
        .collect();
    let mut whole = Audit::new(limits, 0);
    for audit in audits? {
        whole.merge(audit);
    }
    Ok(whole)
}

#[cfg(test)]
mod tests;
