//! Counts of how the ULIDs of a sequence follow one another.

use crate::Ulid;

use super::Kernel;

/// Counts over a sequence of ULIDs, each compared with the one before it. Sequences that follow one another merge.
///
/// ```
/// use ulid_core::{Ulid, codec::Sequence};
///
/// let at = |ms| u128::from(Ulid::from_parts(ms, 7).unwrap());
/// let mut order = Sequence::new(1000);
/// order.extend(&[at(10), at(10), at(5), at(5000)]);
/// assert_eq!((order.duplicates, order.descents, order.gaps), (1, 1, 1));
/// assert_eq!(order.longest_step_ms, 4995);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sequence {
    /// A step in time of more than this many milliseconds is a gap.
    pub gap_ms: u64,
    /// ULIDs seen.
    pub count: u64,
    /// The first and the last ULID, in the order of the sequence.
    pub ends: Option<(Ulid, Ulid)>,
    /// ULIDs smaller than the one before.
    pub descents: u64,
    /// Descents whose millisecond is earlier, too: the clock was behind.
    pub steps_back: u64,
    /// ULIDs equal to the one before.
    pub duplicates: u64,
    /// ULIDs more than `gap_ms` after the one before.
    pub gaps: u64,
    /// The largest step forward from one ULID to the next, in milliseconds.
    pub longest_step_ms: u64,
    /// The earliest time, in milliseconds since 1970; `u64::MAX` while there is none.
    pub earliest_ms: u64,
    /// The latest time, in milliseconds since 1970; 0 while there is none.
    pub latest_ms: u64,
}

impl Sequence {
    /// Nothing seen yet.
    #[must_use]
    pub const fn new(gap_ms: u64) -> Sequence {
        Sequence {
            gap_ms,
            count: 0,
            ends: None,
            descents: 0,
            steps_back: 0,
            duplicates: 0,
            gaps: 0,
            longest_step_ms: 0,
            earliest_ms: u64::MAX,
            latest_ms: 0,
        }
    }

    /// Adds the ULID that comes next.
    #[inline]
    pub fn push(&mut self, id: Ulid) {
        if let Some((_, last)) = self.ends {
            self.step(last, id);
        }
        let first = self.ends.map_or(id, |(first, _)| first);
        self.ends = Some((first, id));
        self.count += 1;
        self.earliest_ms = self.earliest_ms.min(id.timestamp_ms());
        self.latest_ms = self.latest_ms.max(id.timestamp_ms());
    }

    /// Adds the ULIDs that come next, by their 128 bits.
    pub fn extend(&mut self, keys: &[u128]) {
        Kernel::active().extend_order(self, keys);
    }

    /// Adds what was counted over the sequence that follows this one.
    pub fn merge(&mut self, next: &Sequence) {
        let Some((next_first, next_last)) = next.ends else {
            return;
        };
        if let Some((_, last)) = self.ends {
            self.step(last, next_first);
        }
        let first = self.ends.map_or(next_first, |(first, _)| first);
        self.ends = Some((first, next_last));
        self.count += next.count;
        self.descents += next.descents;
        self.steps_back += next.steps_back;
        self.duplicates += next.duplicates;
        self.gaps += next.gaps;
        self.longest_step_ms = self.longest_step_ms.max(next.longest_step_ms);
        self.earliest_ms = self.earliest_ms.min(next.earliest_ms);
        self.latest_ms = self.latest_ms.max(next.latest_ms);
    }

    /// Tells if no ULID is smaller than the one before.
    #[must_use]
    pub fn is_sorted(&self) -> bool {
        self.descents == 0
    }

    #[inline]
    fn step(&mut self, last: Ulid, next: Ulid) {
        let forward_ms = next.timestamp_ms().saturating_sub(last.timestamp_ms());
        self.descents += u64::from(next < last);
        self.steps_back += u64::from(next.timestamp_ms() < last.timestamp_ms());
        self.duplicates += u64::from(next == last);
        self.gaps += u64::from(forward_ms > self.gap_ms);
        self.longest_step_ms = self.longest_step_ms.max(forward_ms);
    }
}
