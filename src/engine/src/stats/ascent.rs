//! Duplicates of keys that nearly ascend, in one pass and next to no memory.
//!
//! Most files stand in the order in which they were written. There a key can only equal keys near it: within a stretch of
//! neighbouring rows those that ascend are searched for the few that do not, and between stretches only the smallest keys
//! of the later one can equal the largest of those before. Where keys are in no such order this gives up early, and
//! duplicates are to be found in another way.

use std::collections::HashSet;

use super::sieve::{BuildHashed, hash};
use crate::RowSet;

/// Keys at each end of a stretch that are compared with those of other stretches.
const EDGE: usize = 512;
/// The largest keys so far that are kept.
const TAIL: usize = 4 * EDGE;
/// Keys that may be late however short a stretch is.
const FEW: usize = 64;

/// A key and its row.
type Entry = (u128, u64);

/// The keys of neighbouring rows: their duplicates, and their smallest and largest.
#[derive(Debug)]
pub(crate) struct Stretch {
    /// Rows whose key an earlier row of the stretch has.
    duplicates: Vec<u64>,
    smallest: Edge<Entry>,
    largest: Edge<u128>,
}

/// Keys at an end of a stretch, ascending.
#[derive(Debug)]
struct Edge<T> {
    keys: Vec<T>,
    /// True if the stretch has no others.
    whole: bool,
}

impl Stretch {
    /// The figures of rows in their order; nothing where their keys do not nearly ascend.
    pub(crate) fn of(rows: impl Iterator<Item = (u64, u128)>) -> Option<Stretch> {
        let mut duplicates = Vec::new();
        let mut ascending: Vec<u128> = Vec::new();
        let mut first: Vec<Entry> = Vec::with_capacity(EDGE);
        let mut late: Vec<Entry> = Vec::new();
        for (row, key) in rows {
            match ascending.last() {
                Some(&last) if key < last => {
                    late.push((key, row));
                    if late.len() > FEW + ascending.len() / 8 {
                        return None;
                    }
                }
                Some(&last) if key == last => duplicates.push(row),
                _ => {
                    if first.len() < EDGE {
                        first.push((key, row));
                    }
                    ascending.push(key);
                }
            }
        }
        late.sort_unstable();
        let is_repeated = |at: usize, key: u128| {
            // What ascends and equals a late key stands before it, for all that stands behind is larger.
            late[..at].last().is_some_and(|&(before, _)| before == key)
                || ascending.binary_search(&key).is_ok()
        };
        let repeated = late.iter().enumerate();
        duplicates
            .extend(repeated.filter_map(|(at, &(key, row))| is_repeated(at, key).then_some(row)));
        Some(Stretch {
            duplicates,
            smallest: Edge::smallest(first, &late, ascending.len()),
            largest: Edge::largest(&ascending, &late),
        })
    }
}

impl Edge<Entry> {
    fn smallest(mut keys: Vec<Entry>, late: &[Entry], ascending: usize) -> Edge<Entry> {
        let all = ascending + late.len();
        keys.extend(late);
        keys.sort_unstable();
        keys.truncate(EDGE);
        let whole = keys.len() == all;
        Edge { keys, whole }
    }
}

impl Edge<u128> {
    fn largest(ascending: &[u128], late: &[Entry]) -> Edge<u128> {
        let last = &ascending[ascending.len().saturating_sub(EDGE)..];
        let mut keys: Vec<u128> = late.iter().map(|&(key, _)| key).collect();
        keys.extend(last);
        keys.sort_unstable();
        keys.drain(..keys.len().saturating_sub(EDGE));
        let whole = keys.len() == ascending.len() + late.len();
        Edge { keys, whole }
    }
}

/// The figures of the stretches so far.
#[derive(Debug, Default)]
pub(crate) struct Ascent {
    duplicates: RowSet,
    /// Every key from `floor` on, ascending.
    tail: Vec<u128>,
    floor: u128,
    /// Hashes of keys that may equal one below the floor.
    candidates: HashSet<u64, BuildHashed>,
}

impl Ascent {
    /// Adds the stretch behind. Whether it still nearly ascends, and there are no more than so many candidates.
    pub(crate) fn add(&mut self, next: &Stretch, most_candidates: usize) -> bool {
        let keys = &next.smallest.keys;
        let late = match self.tail.last() {
            Some(highest) => keys.partition_point(|(key, _)| key <= highest),
            None => 0,
        };
        if late > 0 && late == keys.len() && !next.smallest.whole {
            return false;
        }
        for &(key, row) in &keys[..late] {
            if key < self.floor {
                self.candidates.insert(hash(key));
            } else if self.tail.binary_search(&key).is_ok() {
                self.duplicates.insert(row);
            }
        }
        self.duplicates.extend(next.duplicates.iter().copied());
        self.keep(&next.largest);
        self.candidates.len() <= most_candidates
    }

    fn keep(&mut self, largest: &Edge<u128>) {
        self.tail.extend(&largest.keys);
        // two runs, which takes hardly more than to look at them
        self.tail.sort();
        let passed = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..passed);
        if let (true, Some(&lowest)) = (passed > 0, self.tail.first()) {
            self.floor = self.floor.max(lowest);
        }
        if let (false, Some(&lowest)) = (largest.whole, largest.keys.first()) {
            self.floor = self.floor.max(lowest);
        }
    }

    /// The duplicates, and the hashes of keys that have to be looked at again.
    pub(crate) fn into_parts(self) -> (RowSet, HashSet<u64, BuildHashed>) {
        (self.duplicates, self.candidates)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn naive(keys: &[u128]) -> RowSet {
        let mut seen = BTreeMap::new();
        let rows = (0_u64..).zip(keys);
        rows.filter(|(row, key)| seen.insert(**key, *row).is_some())
            .map(|(row, _)| row)
            .collect()
    }

    /// The duplicates of keys in stretches of a length; candidates are looked at as they should be.
    fn found(keys: &[u128], len: usize) -> Option<RowSet> {
        let mut ascent = Ascent::default();
        for (number, part) in keys.chunks(len).enumerate() {
            let rows = ((number * len) as u64..).zip(part.iter().copied());
            if !ascent.add(&Stretch::of(rows)?, usize::MAX) {
                return None;
            }
        }
        let (mut duplicates, candidates) = ascent.into_parts();
        let all = naive(keys);
        duplicates.extend(
            all.iter()
                .filter(|&row| candidates.contains(&hash(keys[row as usize]))),
        );
        Some(duplicates)
    }

    proptest! {
        #[test]
        fn duplicates_are_those_of_a_set(
            jitter in 0..60_u128,
            late in prop::collection::vec((0..9000_usize, 0..9000_u128), 0..20),
            rows in 0..9000_u128,
            len in 700..3000_usize,
            seed in any::<u64>(),
        ) {
            let noise = |row: u128| hash(row << 64 | u128::from(seed)) as u128 % (jitter + 1);
            let mut keys: Vec<u128> = (0..rows).map(|row| row + u128::from(noise(row) % 7 == 0) * noise(row)).collect();
            for (at, key) in late {
                if let Some(old) = keys.get_mut(at).filter(|old| key < **old) {
                    *old = key;
                }
            }
            if let Some(found) = found(&keys, len) {
                prop_assert_eq!(found, naive(&keys));
            }
        }
    }

    #[test]
    fn what_nearly_ascends_is_seen_through_and_what_does_not_is_given_up() {
        let late = |row: u128| if row % 50 == 49 { row - 40 } else { row };
        let nearly: Vec<u128> = (0..100_000).map(late).collect();
        let expected = naive(&nearly);
        assert!(expected.len() > 1000);
        assert_eq!(found(&nearly, 9_000), Some(expected));
        let backwards: Vec<u128> = nearly.iter().rev().copied().collect();
        assert_eq!(found(&backwards, 9_000), None);
        let twice = [&nearly[..], &nearly[..]].concat();
        assert_eq!(found(&twice, 9_000), None);
    }

    #[test]
    fn a_key_that_comes_again_much_later_is_suspect() {
        let mut keys: Vec<u128> = (0..100_000).collect();
        keys[90_000] = 17;
        assert_eq!(found(&keys, 9_000), Some([90_000].into_iter().collect()));
    }
}
