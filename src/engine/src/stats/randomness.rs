//! What is kept of the randomness of many IDs: counts of the steps between neighbours, and a sample of the IDs.

use super::{
    Evidence, Verdict,
    steps::{Steps, ones},
};

/// What is known of the randomness of a stretch of rows.
///
/// The sample holds the IDs whose randomness hashes lowest. It is the same for the same IDs in any order and in any
/// portions, holds an ID once however often it occurs, and holds two IDs of equal randomness both or neither: so
/// randomness that repeats is found among a hundred million IDs by looking at 16 thousand.
#[derive(Debug, Clone, Default)]
pub struct Randomness {
    pub(super) steps: StepCounts,
    sample: Vec<(u64, u128)>,
    /// No hash above this is of the sample any more; nothing while all are.
    highest: Option<u64>,
}

/// Steps between valid neighbours, by how the randomness moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct StepCounts {
    /// Between different IDs of one millisecond.
    pub(super) within: u64,
    /// Of those, one away.
    pub(super) by_one: u64,
    /// Of those, less than 2^40 away.
    pub(super) short: u64,
    /// The smallest and largest of the short steps.
    pub(super) shortest: Option<u64>,
    pub(super) longest: Option<u64>,
    /// From one millisecond to another.
    pub(super) across: u64,
    /// Of those, with randomness less than 2^40 away.
    pub(super) counted_on: u64,
    /// Of those, with the same randomness.
    pub(super) kept: u64,
}

impl Randomness {
    /// IDs of the sample.
    const SAMPLE: usize = 1 << 14;

    /// What is known of rows that follow those of another sample: no hash above its highest is of both together.
    pub(super) fn behind(highest: Option<u64>) -> Randomness {
        Randomness {
            highest,
            ..Randomness::default()
        }
    }

    /// No hash above this is of the sample any more.
    pub(super) fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// How the randomness was made, as far as it can be told, and by what. With UUIDs of version 7 among the IDs only the
    /// bits count that these have from chance.
    pub(super) fn verdict(&self, has_version_7: bool) -> (Verdict, Evidence) {
        let evidence = Evidence::gather(self, has_version_7);
        (evidence.verdict(), evidence)
    }

    /// The IDs of the sample in their order, each once.
    pub(super) fn sampled(&self) -> Vec<u128> {
        let mut whole = self.clone();
        whole.compact();
        let mut keys: Vec<u128> = whole.sample.iter().map(|&(_, key)| key).collect();
        keys.sort_unstable();
        keys
    }

    /// Counts the steps into `keys`, the first from `before`.
    pub(super) fn add_steps(&mut self, steps: &Steps, before: u128, keys: &[u128]) {
        let count = |bits: u64| u64::from(bits.count_ones());
        let counts = &mut self.steps;
        counts.within += count(steps.same_ms & !steps.repeat);
        counts.by_one += count(steps.by_one & steps.same_ms);
        counts.across += count(steps.known & !steps.same_ms);
        counts.counted_on += count(steps.counted_on);
        counts.kept += count(steps.kept);
        let short = steps.short & steps.same_ms;
        counts.short += count(short);
        if steps.by_one & short != 0 {
            counts.add_length(1);
        }
        for index in ones(short & !steps.by_one) {
            let from = index.checked_sub(1).map_or(before, |before| keys[before]);
            counts.add_length(keys[index].abs_diff(from) as u64);
        }
    }

    /// Takes into the sample what belongs there.
    pub(super) fn sample(&mut self, keys: &[u128]) {
        for &key in keys {
            let hash = hash(key);
            if self.highest.is_none_or(|highest| hash <= highest) {
                self.sample.push((hash, key));
                if self.sample.len() >= 2 * Randomness::SAMPLE {
                    self.compact();
                }
            }
        }
    }

    pub(super) fn merge(&mut self, next: Randomness) {
        let (ours, theirs) = (&mut self.steps, next.steps);
        ours.within += theirs.within;
        ours.by_one += theirs.by_one;
        ours.short += theirs.short;
        ours.across += theirs.across;
        ours.counted_on += theirs.counted_on;
        ours.kept += theirs.kept;
        for length in theirs.shortest.into_iter().chain(theirs.longest) {
            ours.add_length(length);
        }
        self.sample.extend(next.sample);
        if self.sample.len() >= 2 * Randomness::SAMPLE {
            self.compact();
        }
    }

    /// Gives back what only a sample that still grows needs.
    pub(super) fn shrink(&mut self) {
        self.compact();
        self.sample.shrink_to_fit();
    }

    fn compact(&mut self) {
        self.sample.sort_unstable();
        self.sample.dedup();
        if self.sample.len() > Randomness::SAMPLE {
            self.sample.truncate(Randomness::SAMPLE);
            self.highest = self.sample.last().map(|&(hash, _)| hash);
        }
    }
}

impl PartialEq for Randomness {
    fn eq(&self, other: &Randomness) -> bool {
        self.steps == other.steps && self.sampled() == other.sampled()
    }
}

impl StepCounts {
    fn add_length(&mut self, length: u64) {
        self.shortest = Some(self.shortest.map_or(length, |least| least.min(length)));
        self.longest = Some(self.longest.map_or(length, |most| most.max(length)));
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
