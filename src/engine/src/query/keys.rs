//! Sets of keys: what a condition on time and ID comes to, so that it runs over a column of keys alone.

use std::ops::RangeInclusive;

/// Ranges of which looking at all is faster than looking for one.
const FEW: usize = 4;

/// Keys in ranges, and whether rows without a key belong to them too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySet {
    /// Rising, apart from each other, none empty.
    ranges: Vec<RangeInclusive<u128>>,
    invalid: bool,
}

impl KeySet {
    pub(super) fn none() -> KeySet {
        KeySet {
            ranges: Vec::new(),
            invalid: false,
        }
    }

    pub(super) fn all() -> KeySet {
        KeySet {
            ranges: vec![0..=u128::MAX],
            invalid: true,
        }
    }

    /// True if nothing is left out, so that nobody needs to look.
    pub(super) fn is_all(&self) -> bool {
        *self == KeySet::all()
    }

    /// The keys of a range, and no row without one.
    pub(super) fn range(from: u128, to: u128) -> KeySet {
        KeySet {
            ranges: if from <= to {
                vec![from..=to]
            } else {
                Vec::new()
            },
            invalid: false,
        }
    }

    pub(super) fn complement(&self) -> KeySet {
        let mut ranges = Vec::with_capacity(self.ranges.len() + 1);
        let mut next = Some(0);
        for range in &self.ranges {
            if let Some(start) = next
                && start < *range.start()
            {
                ranges.push(start..=range.start() - 1);
            }
            next = range.end().checked_add(1);
        }
        if let Some(start) = next {
            ranges.push(start..=u128::MAX);
        }
        KeySet {
            ranges,
            invalid: !self.invalid,
        }
    }

    pub(super) fn intersection(&self, other: &KeySet) -> KeySet {
        let mut ranges = Vec::new();
        let (mut ours, mut theirs) = (
            self.ranges.iter().peekable(),
            other.ranges.iter().peekable(),
        );
        while let (Some(a), Some(b)) = (ours.peek(), theirs.peek()) {
            let (start, end) = (*a.start().max(b.start()), *a.end().min(b.end()));
            if start <= end {
                ranges.push(start..=end);
            }
            if a.end() <= b.end() {
                ours.next();
            } else {
                theirs.next();
            }
        }
        KeySet {
            ranges,
            invalid: self.invalid && other.invalid,
        }
    }

    pub(super) fn union(&self, other: &KeySet) -> KeySet {
        let neither = self.complement().intersection(&other.complement());
        neither.complement()
    }

    /// The ranges, rising; each includes both of its ends.
    #[must_use]
    pub fn ranges(&self) -> &[RangeInclusive<u128>] {
        &self.ranges
    }

    /// True if rows without an ID belong to the set.
    #[must_use]
    pub fn has_invalid(&self) -> bool {
        self.invalid
    }

    /// True if a key belongs to the set.
    #[must_use]
    pub fn contains(&self, key: u128) -> bool {
        match self.ranges.as_slice() {
            [] => false,
            [range] => range.contains(&key),
            ranges => {
                let after = ranges.partition_point(|range| *range.start() <= key);
                after > 0 && ranges[after - 1].contains(&key)
            }
        }
    }

    /// Which of up to 64 keys belong to the set: bit `i` speaks of key `i`.
    pub(super) fn matches(&self, keys: &[u128]) -> u64 {
        let mut bits = 0;
        if self.ranges.len() > FEW {
            for (index, &key) in keys.iter().take(64).enumerate() {
                bits |= u64::from(self.contains(key)) << index;
            }
            return bits;
        }
        for range in &self.ranges {
            let (from, width) = (*range.start(), range.end() - range.start());
            for (index, key) in keys.iter().take(64).enumerate() {
                // One comparison instead of two.
                bits |= u64::from(key.wrapping_sub(from) <= width) << index;
            }
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set() -> impl Strategy<Value = KeySet> {
        let edge = prop_oneof![0_u128..40, (u128::MAX - 5)..=u128::MAX];
        proptest::collection::vec((edge.clone(), edge), 0..9).prop_map(|ranges| {
            let ranges = ranges.into_iter().map(|(from, to)| KeySet::range(from, to));
            ranges.fold(KeySet::none(), |all, range| all.union(&range))
        })
    }

    proptest! {
        #[test]
        fn sets_are_sets(a in set(), b in set(), key in prop_oneof![0_u128..42, (u128::MAX - 6)..=u128::MAX]) {
            let (in_a, in_b) = (a.contains(key), b.contains(key));
            prop_assert_eq!(a.union(&b).contains(key), in_a || in_b);
            prop_assert_eq!(a.intersection(&b).contains(key), in_a && in_b);
            prop_assert_eq!(a.complement().contains(key), !in_a);
            prop_assert_eq!(a.complement().complement(), a.clone());
            prop_assert_eq!(a.matches(&[key, key ^ 1]) & 1 == 1, in_a);
            let naive = a.ranges().iter().any(|range| range.contains(&key));
            prop_assert_eq!(in_a, naive);
        }
    }
}
