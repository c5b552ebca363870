//! Figures of the randomness of many IDs: counts of the steps between neighbours, and a sample of the IDs.

use super::{
    Evidence, Sample, Verdict,
    steps::{Steps, ones},
};

/// Figures of the randomness of a stretch of rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Randomness {
    pub(super) steps: StepCounts,
    sample: Sample,
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
    /// The sample of rows that follow those of another: no hash above its highest is of both together.
    pub(super) fn behind(highest: Option<u64>) -> Randomness {
        Randomness {
            sample: Sample::behind(highest),
            ..Randomness::default()
        }
    }

    /// No hash above this is of the sample any more.
    pub(super) fn highest(&self) -> Option<u64> {
        self.sample.highest()
    }

    /// Puts a sample in the place of its own.
    pub(super) fn set_sample(&mut self, sample: Sample) {
        self.sample = sample;
    }

    /// How the randomness was made, as far as it can be told, and by what. With UUIDs of version 7 among the IDs only the
    /// bits count that these have from chance.
    pub(super) fn verdict(&self, has_version_7: bool) -> (Verdict, Evidence) {
        let evidence = Evidence::gather(self, has_version_7);
        (evidence.verdict(), evidence)
    }

    /// The IDs of the sample in their order, each once.
    pub(super) fn sampled(&self) -> Vec<u128> {
        self.sample.keys()
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
        self.sample.extend(keys);
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
        self.sample.merge(next.sample);
    }

    /// Gives back what only a sample that still grows needs.
    pub(super) fn shrink(&mut self) {
        self.sample.shrink();
    }
}

impl StepCounts {
    fn add_length(&mut self, length: u64) {
        self.shortest = Some(self.shortest.map_or(length, |least| least.min(length)));
        self.longest = Some(self.longest.map_or(length, |most| most.max(length)));
    }
}
