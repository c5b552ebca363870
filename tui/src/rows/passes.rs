//! Passes over all rows: orders, figures, choices.

use std::ops::{ControlFlow, RangeInclusive};

use ulid_engine::{
    RowSet, Timestamp, Ulid,
    dataset::{Block, Row, RowOrder},
    progress::Progress,
    query::{self, Expression, Query},
    sort::{self, Direction},
    stats::{Limits, RowFault},
};

use super::Source;
use crate::{findings::Findings, jobs::JobError, state::Counts};

/// The IDs of all rows as columns.
pub(super) struct Keys {
    /// One for each row; that of a row with a fault counts for nothing.
    pub(super) keys: Vec<u128>,
    pub(super) faults: Vec<RowFault>,
}

/// Rows that are gone over between two looks at whether the run is cancelled.
const ROWS_A_STEP: usize = 1 << 16;

impl Source {
    /// The rows known by now in the order of their IDs, all or the `wanted` ones; those without one come last.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled, the rows can no longer be read, or are too many.
    pub fn order_by_id(
        &self,
        direction: Direction,
        wanted: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<RowOrder, JobError> {
        if self.extent().complete {
            return Ok(self
                .dataset
                .order(direction, self.memory, wanted, progress)?);
        }
        let keys = self.keys(2, progress)?;
        let mut order = sort::order_keys(&keys.keys, &keys.invalid(), direction, progress)?;
        order.retain(|&row| wanted.is_none_or(|rows| rows.contains(u64::from(row))));
        Ok(order.into())
    }

    /// All rows in the order of an expression; those without a value come last. Waits for the rest of a source that is
    /// not complete.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn order_by(
        &self,
        by: &Expression,
        direction: Direction,
        wanted: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<RowOrder, JobError> {
        Ok(query::order(
            &self.dataset,
            by,
            direction,
            self.memory,
            wanted,
            progress,
        )?)
    }

    /// What the rows known by now are like.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn audit(&self, now: Timestamp, progress: &Progress) -> Result<Findings, JobError> {
        let (audit, duplicates) = self
            .dataset
            .survey(Limits::at(now), self.memory, progress)?;
        let (summary, flaws) = audit.into_parts();
        Ok(Findings {
            verdict: summary.verdict().0,
            summary,
            flaws,
            duplicates,
        })
    }

    /// Waits for all rows, and says what they are like.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn wait_and_audit(&self) -> Result<Findings, JobError> {
        let _ = self.wait_for_all();
        self.audit(Timestamp::now(), &Progress::new())
    }

    /// The rows that meet a condition. Waits for the rest of a source that is not complete.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn select(&self, query: &Query, progress: &Progress) -> Result<RowSet, JobError> {
        Ok(query::select(&self.dataset, query, progress)?)
    }

    /// The rows of which `chosen` is true, of those known by now.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn choose(
        &self,
        progress: &Progress,
        chosen: impl Fn(&Row) -> bool,
    ) -> Result<RowSet, JobError> {
        let mut rows = RowSet::new();
        self.each(1, progress, |row| {
            if chosen(&row) {
                rows.insert(row.index as u64);
            }
        })?;
        Ok(rows)
    }

    /// The rows known by now whose ID has its last `bits` in common with another ID.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn sharing_bits(&self, bits: u32, progress: &Progress) -> Result<RowSet, JobError> {
        let keys = self.keys(2, progress)?;
        let invalid = keys.invalid();
        let unused = u128::BITS.saturating_sub(bits);
        let tails: Vec<u128> = keys.keys.iter().map(|key| key << unused).collect();
        let order = sort::order_keys(&tails, &invalid, Direction::Ascending, progress)?;
        let valid = order.len() - keys.faults.len();
        let same_tail = |a: &u32, b: &u32| tails[*a as usize] == tails[*b as usize];
        let mut sharing = RowSet::new();
        for rows in order[..valid].chunk_by(same_tail) {
            let mut ids = rows.iter().map(|&row| keys.keys[row as usize]);
            let first = ids.next();
            if ids.any(|id| Some(id) != first) {
                sharing.extend(rows.iter().map(|&row| u64::from(row)));
            }
        }
        Ok(sharing)
    }

    /// How many IDs fall into each of equal parts of a stretch of time.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub fn count_times(
        &self,
        times: &RangeInclusive<Timestamp>,
        parts: usize,
        progress: &Progress,
    ) -> Result<Counts, JobError> {
        let mut counts = Counts::new(parts);
        let count_block = |block: &Block| {
            let mut counts = Counts::new(parts);
            let mut faults = block.faults().iter().map(|fault| fault.row).peekable();
            for (row, &key) in (block.first_row()..).zip(block.keys()) {
                if faults.next_if_eq(&row).is_none() {
                    counts.add(Timestamp::of(Ulid(key)), times);
                }
            }
            counts
        };
        self.dataset.scan(0, progress, count_block, |part| {
            counts.merge(&part);
            ControlFlow::Continue(())
        })?;
        Ok(counts)
    }

    /// The keys of the rows known by now. `passes` says how often the caller goes over the rows, this one included.
    pub(super) fn keys(&self, passes: u64, progress: &Progress) -> Result<Keys, JobError> {
        let mut keys = Keys {
            keys: Vec::with_capacity(self.extent().rows),
            faults: Vec::new(),
        };
        if self.extent().complete {
            self.dataset.scan(
                0,
                progress,
                |block| (block.keys().to_vec(), block.faults().to_vec()),
                |(block, faults)| {
                    keys.keys.extend(block);
                    keys.faults.extend(faults);
                    ControlFlow::Continue(())
                },
            )?;
            return Ok(keys);
        }
        // a pass by the block would wait for the rest of a stream
        self.each(passes, progress, |row| {
            if let Err(fault) = &row.id {
                keys.faults.push(RowFault {
                    row: row.index as u64,
                    kind: fault.kind,
                });
            }
            keys.keys.push(row.id.map_or(0, |id| id.0));
        })?;
        Ok(keys)
    }

    /// Calls `visit` for each of the rows known by now.
    fn each(
        &self,
        passes: u64,
        progress: &Progress,
        mut visit: impl FnMut(Row),
    ) -> Result<(), JobError> {
        let count = self.extent().rows;
        progress.set_total(count as u64 * passes);
        for (index, row) in self.dataset.rows().take(count).enumerate() {
            visit(row?);
            if (index + 1).is_multiple_of(ROWS_A_STEP) {
                progress.advance(ROWS_A_STEP as u64)?;
            }
        }
        progress.advance((count % ROWS_A_STEP) as u64)?;
        Ok(())
    }
}

impl Keys {
    pub(super) fn invalid(&self) -> RowSet {
        self.faults.iter().map(|fault| fault.row).collect()
    }
}
