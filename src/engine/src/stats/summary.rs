//! The statistics of neighbouring rows, those of their order among them. Which rows have a flaw is not known here, only how
//! many.

use std::ops::Deref;

use crate::{Ulid, version7::Versions};

use super::{
    Figures, Histogram, Randomness, Verdict,
    steps::{Steps, ones},
    verdict::Evidence,
};

/// The statistics of a stretch of rows: those that need no order of the rows, which a summary gives out as if they were its
/// own, and those that do.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Figures that do not depend on the order of the rows.
    pub figures: Figures,
    /// Rows of free text without a ULID, which is no fault of theirs.
    pub without: u64,
    /// ULIDs of free text that stand behind the first of their row, which alone is the ID of the row.
    pub further: u64,
    /// The first valid row.
    pub first: Option<Place>,
    /// The last valid row.
    pub last: Option<Place>,
    /// Rows smaller than the valid row before them.
    pub out_of_order: u64,
    /// The largest step back in time; 0 ms where only the randomness fell.
    pub worst_step_back: Option<Span>,
    /// Rows equal to the valid row before them.
    pub adjacent_duplicates: u64,
    /// Rows of the same millisecond as the valid row before them.
    pub same_ms: u64,
    /// Rows behind a gap.
    pub gaps: u64,
    /// The largest step ahead in time, be it a gap or not.
    pub largest_gap: Option<Span>,
    /// How the IDs lie in time.
    pub histogram: Histogram,
    /// How many of them are UUIDs of version 7.
    pub(crate) versions: Versions,
    /// Figures of their randomness.
    pub randomness: Randomness,
}

/// A valid row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which row, from 0.
    pub row: u64,
    /// Its ID.
    pub id: Ulid,
}

/// A step in time from one valid row to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The row stepped into. Of several equally large steps the first.
    pub row: u64,
    /// The size of the step, in milliseconds.
    pub ms: u64,
}

impl Summary {
    pub(super) fn new() -> Summary {
        Summary {
            figures: Figures::default(),
            without: 0,
            further: 0,
            first: None,
            last: None,
            out_of_order: 0,
            worst_step_back: None,
            adjacent_duplicates: 0,
            same_ms: 0,
            gaps: 0,
            largest_gap: None,
            histogram: Histogram::new(Histogram::BUCKETS),
            versions: Versions::default(),
            randomness: Randomness::default(),
        }
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.valid + self.invalid() + self.without
    }

    /// True if no valid row is smaller than the one before.
    #[must_use]
    pub fn is_sorted(&self) -> bool {
        self.out_of_order == 0
    }

    /// IDs a second on the average, between the earliest and the latest; nothing where all are of one millisecond.
    #[must_use]
    pub fn rate_per_second(&self) -> Option<f64> {
        let span_ms = self.span_ms().filter(|&ms| ms > 0)?;
        Some((self.valid - 1) as f64 * 1000.0 / span_ms as f64)
    }

    /// IDs that are UUIDs of version 7, as TypeIDs are, rather than ULIDs: those that are written as UUIDs and have its
    /// bits, and of the others as many as chance does not explain.
    #[must_use]
    pub fn uuids_v7(&self) -> u64 {
        self.versions.uuids_v7(self.valid, self.version_7)
    }

    /// How the randomness was made, as far as it can be told, and by what. What is fixed in UUIDs of version 7 is no part
    /// of it.
    #[must_use]
    pub fn verdict(&self) -> (Verdict, Evidence) {
        self.randomness.verdict(self.uuids_v7() > 0)
    }

    /// Takes in the steps into `keys`.
    pub(super) fn add_steps(&mut self, steps: &Steps, first_row: u64, keys: &[u128]) {
        let count = |bits: u64| u64::from(bits.count_ones());
        self.out_of_order += count(steps.back);
        self.adjacent_duplicates += count(steps.repeat);
        self.same_ms += count(steps.same_ms);
        self.gaps += count(steps.gap);
        self.figures.future += count(steps.future);
        let Some(&first) = keys.first() else { return };
        let before = self.last.map_or(first, |last| last.id.to_u128());
        let ms_before = |index: usize| match index {
            0 => before >> 80,
            _ => keys[index - 1] >> 80,
        };
        if steps.widest_ms > 0 && self.largest_gap.is_none_or(|gap| steps.widest_ms > gap.ms) {
            let widest = |&index: &usize| {
                (keys[index] >> 80).checked_sub(ms_before(index))
                    == Some(u128::from(steps.widest_ms))
            };
            self.largest_gap = (0..keys.len()).find(widest).map(|index| Span {
                row: first_row + index as u64,
                ms: steps.widest_ms,
            });
        }
        for index in ones(steps.back) {
            let ms = (ms_before(index) - (keys[index] >> 80)) as u64;
            if self.worst_step_back.is_none_or(|worst| ms > worst.ms) {
                let row = first_row + index as u64;
                self.worst_step_back = Some(Span { row, ms });
            }
        }
        self.randomness.add_steps(steps, before, keys);
    }

    /// Takes in the keys by themselves; their steps are in already.
    pub(super) fn add_keys(&mut self, steps: &Steps, first_row: u64, keys: &[u128]) {
        let (Some(&first), Some(&last)) = (keys.first(), keys.last()) else {
            return;
        };
        let ascending = steps.back & !1 == 0;
        let (smallest, largest) = if ascending {
            (first, last)
        } else {
            keys.iter().fold((first, first), |(low, high), &key| {
                (low.min(key), high.max(key))
            })
        };
        self.figures.add_valid(keys.len(), smallest, largest);
        self.figures.version_7 += u64::from(steps.version_7.count_ones());
        self.add_versions(steps, keys.len());
        self.first = self.first.or(Some(Place {
            row: first_row,
            id: Ulid::from_u128(first),
        }));
        self.last = Some(Place {
            row: first_row + keys.len() as u64 - 1,
            id: Ulid::from_u128(last),
        });
        self.histogram.record_keys(keys, ascending);
        self.randomness.sample(keys);
    }

    /// Counts the fixed bits of so many keys.
    fn add_versions(&mut self, steps: &Steps, keys: usize) {
        let counted_on = steps.short | steps.repeat;
        let fresh = keys as u64 - u64::from(counted_on.count_ones());
        let fresh_marked = steps.version_7 & !counted_on;
        self.versions.add(Versions {
            fresh,
            fresh_marked: fresh_marked.count_ones().into(),
            ..Versions::default()
        });
    }

    /// Takes back that a key whose forerunner is known only now was fresh, if it was counted on from that.
    pub(super) fn take_back_fresh(&mut self, step: &Steps) {
        let counted_on = (step.short | step.repeat) & 1;
        self.versions.fresh = self.versions.fresh.saturating_sub(counted_on);
        let marked = counted_on & step.version_7;
        self.versions.fresh_marked = self.versions.fresh_marked.saturating_sub(marked);
    }

    /// Adds the rows that follow; the step between them is in already.
    pub(super) fn merge(&mut self, next: Summary) {
        self.figures.merge(&next.figures);
        self.without += next.without;
        self.further += next.further;
        self.first = self.first.or(next.first);
        self.last = next.last.or(self.last);
        self.out_of_order += next.out_of_order;
        self.worst_step_back = Span::larger(self.worst_step_back, next.worst_step_back);
        self.adjacent_duplicates += next.adjacent_duplicates;
        self.same_ms += next.same_ms;
        self.gaps += next.gaps;
        self.largest_gap = Span::larger(self.largest_gap, next.largest_gap);
        self.versions.add(next.versions);
        self.histogram.merge(&next.histogram);
        self.randomness.merge(next.randomness);
    }
}

impl Deref for Summary {
    type Target = Figures;

    fn deref(&self) -> &Figures {
        &self.figures
    }
}

impl Span {
    /// The larger of two, the earlier of two equal ones.
    fn larger(earlier: Option<Span>, later: Option<Span>) -> Option<Span> {
        match (earlier, later) {
            (Some(earlier), Some(later)) if later.ms > earlier.ms => Some(later),
            (earlier, later) => earlier.or(later),
        }
    }
}
