//! Groups in memory: bytes of keys one behind the other, found by a hash of theirs.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Keys and a count for each.
#[derive(Debug, Default)]
pub(super) struct Table {
    hasher: DefaultHashBuilder,
    index: HashTable<u32>,
    hashes: Vec<u64>,
    /// Where the bytes of each key end.
    ends: Vec<usize>,
    bytes: Vec<u8>,
    counts: Vec<u64>,
}

/// A table is written to a file before it has more keys than this.
pub(super) const MOST_KEYS: usize = u32::MAX as usize;

impl Table {
    /// An empty table that hashes like another, so that what is known there need not be hashed again.
    pub(super) fn like(other: &Table) -> Table {
        Table {
            hasher: other.hasher.clone(),
            ..Table::default()
        }
    }

    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// The key of this number.
    pub(super) fn key(&self, number: usize) -> &[u8] {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[number]]
    }

    pub(super) fn count(&self, number: usize) -> u64 {
        self.counts[number]
    }

    /// Adds to the count of a key, and gives its number.
    pub(super) fn add(&mut self, key: &[u8], count: u64) -> usize {
        self.add_hashed(self.hasher.hash_one(key), key, count)
    }

    fn add_hashed(&mut self, hash: u64, key: &[u8], count: u64) -> usize {
        let (ends, bytes) = (&self.ends, &self.bytes);
        let key_of = |number: u32| {
            let number = number as usize;
            let start = number.checked_sub(1).map_or(0, |before| ends[before]);
            &bytes[start..ends[number]]
        };
        let hashes = &self.hashes;
        let found = self.index.find(hash, |&number| {
            hashes[number as usize] == hash && key_of(number) == key
        });
        if let Some(&number) = found {
            self.counts[number as usize] += count;
            return number as usize;
        }
        let number = self.counts.len();
        self.hashes.push(hash);
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        self.counts.push(count);
        // A table is emptied before it has more keys.
        let narrow = u32::try_from(number).unwrap_or(u32::MAX);
        let hashes = &self.hashes;
        self.index
            .insert_unique(hash, narrow, |&number| hashes[number as usize]);
        number
    }

    /// Adds what another one has, which hashes alike, and tells where each of its keys went.
    pub(super) fn merge(&mut self, other: &Table, mut each: impl FnMut(usize, usize)) {
        for number in 0..other.len() {
            let hash = other.hashes[number];
            let here = self.add_hashed(hash, other.key(number), other.count(number));
            each(number, here);
        }
    }

    /// Bytes that it takes, nearly.
    pub(super) fn size(&self) -> usize {
        const OF_A_KEY: usize = 8 + 8 + 8 + 8;
        self.bytes.len() + OF_A_KEY * self.len()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn counts(table: &Table) -> BTreeMap<Vec<u8>, u64> {
        let entry = |number| (table.key(number).to_vec(), table.count(number));
        (0..table.len()).map(entry).collect()
    }

    proptest! {
        #[test]
        fn merged_tables_count_what_one_would(
            keys in proptest::collection::vec(proptest::collection::vec(0_u8..3, 0..4), 0..200),
            cut in any::<proptest::sample::Index>(),
        ) {
            let mut expected = BTreeMap::new();
            for key in &keys {
                *expected.entry(key.clone()).or_insert(0) += 1;
            }
            let (left, right) = keys.split_at(cut.index(keys.len() + 1));
            let mut table = Table::default();
            let mut other = Table::like(&table);
            left.iter().for_each(|key| { table.add(key, 1); });
            right.iter().for_each(|key| { other.add(key, 1); });
            let mut went = Vec::new();
            table.merge(&other, |from, to| went.push((from, to)));
            prop_assert_eq!(counts(&table), expected);
            for (from, to) in went {
                prop_assert_eq!(other.key(from), table.key(to));
            }
        }
    }
}
