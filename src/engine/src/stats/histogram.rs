//! A histogram of times whose buckets become wider before there are too many. It knows no calendar and no zone.

use std::ops::Range;

use super::Width;
use crate::Timestamp;

/// How many IDs fall into which time.
///
/// Only buckets that hold something are kept, and never more than a limit: when there would be more, all become wider.
/// Which width that ends at depends on the times alone, not on the order or the portions in which they came. One ID
/// with a wrong clock costs one bucket, and the others keep theirs.
#[derive(Debug, Clone)]
pub struct Histogram {
    width: Width,
    limit: usize,
    buckets: Table,
    /// The bucket of the last time, which is most often that of the next one too, and what it got since.
    current: Range<u64>,
    pending: u64,
}

/// A stretch of time and the IDs in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// The first time of the bucket.
    pub start: Timestamp,
    /// The last time of the bucket.
    pub last: Timestamp,
    /// How many IDs it holds; at least one.
    pub count: u64,
}

impl Histogram {
    /// The usual limit of buckets.
    pub const BUCKETS: usize = 4096;
    /// No limit is smaller than this, so that centuries always fit.
    const LEAST_BUCKETS: usize = 128;

    /// An empty histogram that will keep up to `limit` buckets, at least 128.
    #[must_use]
    pub fn new(limit: usize) -> Histogram {
        Histogram {
            width: Width::Millisecond,
            limit: limit.max(Histogram::LEAST_BUCKETS),
            buckets: Table::default(),
            current: 0..0,
            pending: 0,
        }
    }

    /// An empty histogram to be merged with another one, whose buckets are as wide already.
    pub(super) fn as_wide_as(width: Width) -> Histogram {
        Histogram {
            width,
            ..Histogram::new(Histogram::BUCKETS)
        }
    }

    /// An empty histogram whose buckets have this width, however many there are.
    #[must_use]
    pub fn with_width(width: Width) -> Histogram {
        Histogram {
            width,
            ..Histogram::new(usize::MAX)
        }
    }

    /// The width of the buckets.
    #[must_use]
    pub fn width(&self) -> Width {
        self.width
    }

    /// The buckets that hold something, from the earliest.
    #[must_use]
    pub fn buckets(&self) -> Vec<Bucket> {
        let mut whole = self.clone();
        whole.settle();
        let mut buckets: Vec<Bucket> = whole
            .buckets
            .entries()
            .map(|(start, count)| whole.bucket(start, count))
            .collect();
        buckets.sort_unstable_by_key(|bucket| bucket.start);
        buckets
    }

    /// Adds an ID of this time.
    pub fn record(&mut self, time: Timestamp) {
        self.record_many(time.ms(), 1);
    }

    /// Adds the counts of another histogram.
    pub fn merge(&mut self, other: &Histogram) {
        if other.width > self.width {
            self.settle();
            self.widen(other.width);
        }
        for (start, count) in other.buckets.entries() {
            self.record_many(start, count);
        }
        if other.pending > 0 {
            self.record_many(other.current.start, other.pending);
        }
    }

    /// The same counts in wider buckets; unchanged where they are that wide already.
    #[must_use]
    pub fn widened(mut self, width: Width) -> Histogram {
        self.settle();
        if width > self.width {
            self.widen(width);
        }
        self
    }

    /// Adds keys, which `ascend` or not.
    pub(super) fn record_keys(&mut self, keys: &[u128], ascend: bool) {
        let ms = |key: &u128| (key >> 80) as u64;
        match (keys.first(), keys.last()) {
            (Some(first), Some(last))
                if ascend
                    && self.current.contains(&ms(first))
                    && self.current.contains(&ms(last)) =>
            {
                self.pending += keys.len() as u64;
            }
            _ => keys.iter().for_each(|key| self.record_many(ms(key), 1)),
        }
    }

    fn record_many(&mut self, ms: u64, count: u64) {
        if self.current.contains(&ms) {
            self.pending += count;
            return;
        }
        self.settle();
        self.current = self.width.around(clamped(ms));
        self.buckets.add(self.current.start, count);
        while self.buckets.len > self.limit
            && let Some(coarser) = self.width.coarser()
        {
            self.widen(coarser);
        }
    }

    /// Puts what is pending into its bucket, which exists.
    fn settle(&mut self) {
        if self.pending > 0 {
            self.buckets.add(self.current.start, self.pending);
            self.pending = 0;
        }
    }

    fn widen(&mut self, width: Width) {
        self.width = width;
        self.current = 0..0;
        for (start, count) in std::mem::take(&mut self.buckets).entries() {
            let wider = width.around(clamped(start));
            self.buckets.add(wider.start, count);
        }
    }

    fn bucket(&self, start: u64, count: u64) -> Bucket {
        let start = clamped(start);
        Bucket {
            start,
            last: clamped(self.width.around(start).end - 1),
            count,
        }
    }
}

impl PartialEq for Histogram {
    fn eq(&self, other: &Histogram) -> bool {
        self.width == other.width && self.buckets() == other.buckets()
    }
}

/// Buckets begin within the range of times, but may end behind it.
fn clamped(ms: u64) -> Timestamp {
    Timestamp::from_ms(ms).unwrap_or(Timestamp::MAX)
}

/// Counts by bucket start: open addressing, for a hash map of the standard library takes longer than all the rest.
#[derive(Debug, Clone, Default)]
struct Table {
    /// A power of two of slots, at most half of them taken; a count of 0 marks a free one.
    slots: Vec<(u64, u64)>,
    len: usize,
}

impl Table {
    fn entries(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.slots.iter().copied().filter(|&(_, count)| count > 0)
    }

    fn add(&mut self, start: u64, count: u64) {
        if self.len * 2 >= self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut at = (start.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize & mask;
        loop {
            let (key, sum) = &mut self.slots[at];
            if *sum == 0 {
                (*key, self.len) = (start, self.len + 1);
            }
            if *key == start {
                *sum += count;
                return;
            }
            at = (at + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let slots = vec![(0, 0); (self.slots.len() * 2).max(64)];
        let old = std::mem::replace(&mut self.slots, slots);
        self.len = 0;
        for (start, count) in old.into_iter().filter(|&(_, count)| count > 0) {
            self.add(start, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn time(ms: u64) -> Timestamp {
        Timestamp::from_ms(ms).unwrap()
    }

    fn histogram(limit: usize, times: &[u64]) -> Histogram {
        let mut histogram = Histogram::new(limit);
        times.iter().for_each(|&ms| histogram.record(time(ms)));
        histogram
    }

    /// The finest width whose buckets fit the limit, and how many IDs each holds.
    fn oracle(limit: usize, times: &[u64]) -> (Width, Vec<(u64, u64)>) {
        for width in Width::ALL {
            let mut counts = BTreeMap::new();
            for &ms in times {
                *counts.entry(width.around(time(ms)).start).or_default() += 1;
            }
            if counts.len() <= limit {
                return (width, counts.into_iter().collect());
            }
        }
        unreachable!("all of time has 90 centuries")
    }

    #[test]
    fn one_wrong_clock_does_not_blur_the_rest() {
        let mut times: Vec<u64> = (0..100).map(|i| 1_768_464_000_000 + i * 1_000).collect();
        times.push(Timestamp::MAX.ms());
        let histogram = histogram(128, &times);
        assert_eq!(histogram.width(), Width::Millisecond);
        let buckets = histogram.buckets();
        assert_eq!(buckets.len(), 101);
        assert_eq!(buckets[100].last, Timestamp::MAX);
        let wide = histogram.widened(Width::Century).buckets();
        assert_eq!(wide.len(), 2);
        assert_eq!((wide[0].count, wide[1].count), (100, 1));
        assert_eq!(wide[1].last, Timestamp::MAX);
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_finest_width_that_fits(
            spread in 0..48_u32,
            seeds in prop::collection::vec(0..=Timestamp::MAX.ms(), 0..2_000),
            cut in any::<prop::sample::Index>(),
        ) {
            let times: Vec<u64> = seeds.iter().map(|ms| ms >> spread).collect();
            let (width, counts) = oracle(128, &times);
            let whole = histogram(128, &times);
            prop_assert_eq!(whole.width(), width);
            let buckets = whole.buckets();
            let found: Vec<_> = buckets.iter().map(|b| (b.start.ms(), b.count)).collect();
            prop_assert_eq!(found, counts);

            let (left, right) = times.split_at(cut.index(times.len() + 1));
            let mut merged = histogram(128, left);
            merged.merge(&histogram(128, right));
            prop_assert_eq!(merged, whole);
        }
    }
}
