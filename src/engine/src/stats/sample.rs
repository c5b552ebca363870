//! A sample of IDs by which their randomness is judged, the same in whatever order and portions they come. It knows times
//! of IDs only as a part of their keys.

use super::{Evidence, Randomness, StateError, Verdict};
use crate::{Ulid, version7::Versions};

/// A sample of IDs: those whose randomness hashes lowest.
///
/// The sample is the same for the same IDs in any order and in any portions, holds an ID once however often it occurs, and holds two
/// IDs of equal randomness both or neither: so randomness that repeats is found among a hundred million IDs by looking at
/// 16 thousand.
///
/// ```
/// use ulid_engine::stats::{Sample, Verdict};
///
/// let mut sample = Sample::new(Sample::IDS);
/// sample.extend(&(0..1_000_u128).map(|ms| ms << 80 | 0x5EED).collect::<Vec<_>>());
/// assert_eq!(sample.verdict().0, Verdict::Constant);
/// ```
#[derive(Debug, Clone)]
pub struct Sample {
    limit: usize,
    entries: Vec<(u64, u128)>,
    /// No hash above this is of the sample any more; nothing while all are.
    highest: Option<u64>,
}

impl Sample {
    /// The usual limit of IDs.
    pub const IDS: usize = 1 << 14;

    /// An empty sample that will keep up to `limit` IDs, at least one.
    #[must_use]
    pub fn new(limit: usize) -> Sample {
        Sample {
            limit: limit.max(1),
            entries: Vec::new(),
            highest: None,
        }
    }

    /// A sample of rows that follow those of another: no hash above its highest is of both together.
    pub(super) fn behind(highest: Option<u64>) -> Sample {
        Sample {
            highest,
            ..Sample::new(Sample::IDS)
        }
    }

    /// No hash above this is of the sample any more.
    pub(super) fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// Takes the keys that belong into the sample.
    pub fn extend(&mut self, keys: &[u128]) {
        for &key in keys {
            let hash = hash(key);
            if self.highest.is_none_or(|highest| hash <= highest) {
                self.entries.push((hash, key));
                self.compact_if_full();
            }
        }
    }

    /// Adds the sample of other IDs, of the same limit.
    pub fn merge(&mut self, other: Sample) {
        self.entries.extend(other.entries);
        self.compact_if_full();
    }

    /// Its keys in their order, each once.
    #[must_use]
    pub fn keys(&self) -> Vec<u128> {
        let mut whole = self.clone();
        whole.compact();
        let mut keys: Vec<u128> = whole.entries.iter().map(|&(_, key)| key).collect();
        keys.sort_unstable();
        keys
    }

    /// How the randomness was made, as far as a sample alone can tell: it does not know which ID stood beside which.
    #[must_use]
    pub fn verdict(&self) -> (Verdict, Evidence) {
        let mut versions = Versions::default();
        let keys = super::verdict::independent(&self.keys());
        for key in keys {
            versions.push(Ulid::from_u128(key), false);
        }
        let mut randomness = Randomness::default();
        randomness.set_sample(self.clone());
        randomness.verdict(versions.is_beyond_chance())
    }

    /// The sample as bytes, for another process to merge: its keys, most significant byte first.
    #[must_use]
    pub fn to_state(&self) -> Vec<u8> {
        self.keys()
            .into_iter()
            .flat_map(u128::to_be_bytes)
            .collect()
    }

    /// A sample of this limit from the bytes that [`Sample::to_state`] wrote.
    ///
    /// # Errors
    ///
    /// [`StateError`] for bytes that are no whole keys.
    pub fn from_state(limit: usize, state: &[u8]) -> Result<Sample, StateError> {
        let (keys, rest) = state.as_chunks();
        if !rest.is_empty() {
            return Err(StateError::Length {
                expected: "a multiple of 16",
                found: state.len(),
            });
        }
        let mut sample = Sample::new(limit);
        for &key in keys {
            sample.extend(&[u128::from_be_bytes(key)]);
        }
        Ok(sample)
    }

    /// Bytes of memory beside the value itself.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.entries.capacity() * size_of::<(u64, u128)>()
    }

    /// Gives back what only a sample that still grows needs.
    pub(super) fn shrink(&mut self) {
        self.compact();
        self.entries.shrink_to_fit();
    }

    fn compact_if_full(&mut self) {
        if self.entries.len() >= self.limit.saturating_mul(2) {
            self.compact();
        }
    }

    fn compact(&mut self) {
        self.entries.sort_unstable();
        self.entries.dedup();
        if self.entries.len() > self.limit {
            self.entries.truncate(self.limit);
            self.highest = self.entries.last().map(|&(hash, _)| hash);
        }
    }
}

impl Default for Sample {
    fn default() -> Sample {
        Sample::new(Sample::IDS)
    }
}

impl PartialEq for Sample {
    fn eq(&self, other: &Sample) -> bool {
        self.limit == other.limit && self.keys() == other.keys()
    }
}

/// A hash of the 80 random bits; the finaliser of MurmurHash3, over both words.
fn hash(key: u128) -> u64 {
    let mix = |mut word: u64| {
        word = (word ^ (word >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        word = (word ^ (word >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        word ^ (word >> 33)
    };
    let high = (key >> 64) as u64 & 0xFFFF;
    mix(key as u64 ^ high.wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    use super::*;
    use crate::{
        stats::{Audit, Limits, RowFault},
        version7::as_version_7,
    };

    proptest! {
        #[test]
        fn parts_merge_in_any_order_to_the_sample_of_all(
            (keys, shuffled) in prop::collection::vec(0..500_u128, 0..300)
                .prop_flat_map(|keys| (Just(keys.clone()), Just(keys).prop_shuffle())),
            part in 1..40_usize,
            limit in 1..64_usize,
        ) {
            let mut whole = Sample::new(limit);
            whole.extend(&keys);
            let mut merged = Sample::new(limit);
            for part in shuffled.chunks(part) {
                let mut sample = Sample::new(limit);
                sample.extend(part);
                merged.merge(Sample::from_state(limit, &sample.to_state()).unwrap());
            }
            // by hand: the keys of the lowest hashes, each once
            let mut lowest: Vec<(u64, u128)> = keys.iter().map(|&key| (hash(key), key)).collect();
            lowest.sort_unstable();
            lowest.dedup();
            lowest.truncate(limit);
            let mut expected: Vec<u128> = lowest.into_iter().map(|(_, key)| key).collect();
            expected.sort_unstable();
            prop_assert_eq!(whole.keys(), expected);
            prop_assert_eq!(merged, whole);
        }
    }

    fn ids(count: u64, random: impl Fn(&mut StdRng) -> u128) -> Vec<u128> {
        let mut rng = StdRng::seed_from_u64(7);
        (0..count)
            .map(|row| u128::from(1_768_464_000_000 + row * 10) << 80 | random(&mut rng))
            .collect()
    }

    /// IDs without two of one millisecond leave an audit no steps to look at: it has to come to the same verdict.
    #[test]
    fn a_sample_judges_as_the_audit_does_where_steps_say_nothing() {
        let mask = (1_u128 << 80) - 1;
        let version_7 = |rng: &mut StdRng| as_version_7(Ulid::from_u128(rng.random())).to_u128();
        let cases: [(Vec<u128>, Verdict); 5] = [
            (
                ids(5_000, |rng| rng.random::<u128>() & mask),
                Verdict::Random,
            ),
            (ids(5_000, |rng| version_7(rng) & mask), Verdict::Random),
            (
                ids(5_000, |rng| rng.random::<u128>() & mask & !1),
                Verdict::BiasedBits,
            ),
            (
                ids(5_000, |rng| rng.random_range(0..900_u128) << 60),
                Verdict::LowEntropy,
            ),
            (ids(30, |rng| rng.random::<u128>() & mask), Verdict::TooFew),
        ];
        for (keys, expected) in cases {
            let mut sample = Sample::default();
            sample.extend(&keys);
            assert_eq!(sample.verdict().0, expected);
            let mut audit = Audit::new(Limits::at(crate::Timestamp::MAX), 0);
            audit.extend(&keys, &[] as &[RowFault]);
            assert_eq!(audit.summary().verdict().0, expected);
        }
    }

    #[test]
    fn half_a_key_is_refused() {
        let error = Sample::from_state(8, &[0; 24]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a state of statistics has a multiple of 16, not 24 bytes: another version wrote it"
        );
    }
}
