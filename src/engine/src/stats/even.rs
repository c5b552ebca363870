//! Counts of IDs in stretches of one length, laid end to end from 1970 on. It knows no calendar: periods of a zone are
//! elsewhere.

use std::{collections::BTreeMap, num::NonZeroU64};

use super::Bucket;
use crate::Timestamp;

/// How many IDs fall into stretches of one length, laid end to end from 1970 on.
#[derive(Debug, Clone)]
pub struct EvenHistogram {
    length_ms: NonZeroU64,
    counts: BTreeMap<u64, u64>,
}

impl EvenHistogram {
    /// An empty histogram.
    #[must_use]
    pub fn new(length_ms: NonZeroU64) -> EvenHistogram {
        EvenHistogram {
            length_ms,
            counts: BTreeMap::new(),
        }
    }

    /// Adds an ID of this time.
    pub fn record(&mut self, time: Timestamp) {
        *self.counts.entry(time.ms() / self.length_ms).or_default() += 1;
    }

    /// The buckets that hold something, from the earliest.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> {
        let length = self.length_ms.get();
        let at = |ms: u64| Timestamp::from_ms(ms).unwrap_or(Timestamp::MAX);
        self.counts.iter().map(move |(&number, &count)| Bucket {
            start: at(number * length),
            last: at(number.saturating_add(1).saturating_mul(length) - 1),
            count,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_begin_at_multiples_of_their_length() {
        let mut histogram = EvenHistogram::new(NonZeroU64::new(300).unwrap());
        for ms in [0, 299, 300, 1_000, Timestamp::MAX.ms()] {
            histogram.record(Timestamp::from_ms(ms).unwrap());
        }
        let buckets: Vec<_> = histogram
            .buckets()
            .map(|bucket| (bucket.start.ms(), bucket.last.ms(), bucket.count))
            .collect();
        let max = Timestamp::MAX.ms();
        assert_eq!(
            buckets,
            [
                (0, 299, 2),
                (300, 599, 1),
                (900, 1_199, 1),
                (max - max % 300, max, 1)
            ]
        );
    }
}
