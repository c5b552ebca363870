//! How the randomness of many IDs was made, as far as it can be told.
//!
//! Every threshold is set so that good randomness fails it less than once in a million datasets, whatever their size:
//! a bit must lie 6.5 standard deviations off (80 bits, 6e-9 together), the chi-square of a byte seven (10 bytes, 1e-11),
//! three values of 80 bits must repeat, or six of the 32 low bits where 0.03 are expected.

use std::fmt;

use super::{Randomness, randomness::StepCounts};

const RANDOM_BITS: usize = 80;
const RANDOM_MASK: u128 = mask(RANDOM_BITS);
const TAIL_MASK: u128 = (1 << 32) - 1;
/// Bits of a UUID of version 7 that are random in every one: the 62 of `rand_b`. The 12 of `rand_a` before them may be a
/// counter or a part of the millisecond (RFC 9562, section 6.2), and the variant stands between both.
const VERSION_7_BITS: usize = 62;
/// Sampled IDs of one millisecond closer than this come from one run that counts on; its first alone is random.
const RUN: u128 = 1 << 48;

/// Fewer independent IDs than this say nothing of the randomness.
const LEAST_IDS: usize = 64;
/// Chi-square needs five IDs to each value of a byte.
const LEAST_IDS_FOR_BYTES: usize = 5 * 256;
const BIT_LIMIT: f64 = 6.5;
const BYTE_LIMIT: f64 = 7.0;
const LEAST_STEPS: u64 = 3;
const LEAST_REPEATED_VALUES: usize = 3;
const LEAST_REPEATED_TAILS: usize = 6;

/// The likely source of the randomness of a set of IDs. Ordered by how much is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Nothing speaks, for fewer than 64 IDs are independent.
    TooFew,
    /// No flaw was found. That is no proof of good randomness, only of none that these tests know.
    Random,
    /// Within a millisecond most IDs are one above their forerunner; the first of each is random.
    MonotonicByOne,
    /// Within a millisecond most IDs are a short step above their forerunner; the first of each is random.
    MonotonicByStride,
    /// Most IDs count on from their forerunner also into another millisecond.
    CountsAcross,
    /// Some bits are the same in all IDs, or one value prevails.
    BiasedBits,
    /// The low 32 bits occur again in other IDs.
    RepeatedTails,
    /// The randomness occurs again at other times, or some values of a byte prevail.
    LowEntropy,
    /// All IDs have the same randomness.
    Constant,
}

impl Verdict {
    /// True if the randomness is worse than the specification demands. Counting on within a millisecond is not.
    #[must_use]
    pub fn is_weak(self) -> bool {
        !matches!(
            self,
            Verdict::TooFew
                | Verdict::Random
                | Verdict::MonotonicByOne
                | Verdict::MonotonicByStride
        )
    }

    /// A short, stable name, in words joined by `_`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Verdict::TooFew => "too_few",
            Verdict::Random => "random",
            Verdict::MonotonicByOne => "monotonic_by_one",
            Verdict::MonotonicByStride => "monotonic_by_stride",
            Verdict::CountsAcross => "counts_across",
            Verdict::BiasedBits => "biased_bits",
            Verdict::RepeatedTails => "repeated_tails",
            Verdict::LowEntropy => "low_entropy",
            Verdict::Constant => "constant",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Verdict::TooFew => "too few to tell",
            Verdict::Random => "random",
            Verdict::MonotonicByOne => "monotonic +1",
            Verdict::MonotonicByStride => "monotonic by strides",
            Verdict::CountsAcross => "counts across milliseconds",
            Verdict::BiasedBits => "biased bits",
            Verdict::RepeatedTails => "repeated tails",
            Verdict::LowEntropy => "low entropy",
            Verdict::Constant => "constant",
        })
    }
}

/// The numbers behind a [`Verdict`].
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Different IDs looked at, at most 16,384.
    pub sampled: usize,
    /// Of those, IDs that do not count on from another within their millisecond.
    pub independent: usize,
    /// Steps from a row to the next, between different IDs of one millisecond.
    pub steps_within: u64,
    /// Of those, steps of one.
    pub steps_by_one: u64,
    /// Of those, steps of less than 2^40.
    pub short_steps: u64,
    /// The smallest and the largest of the short steps.
    pub stride: Option<(u64, u64)>,
    /// Steps from a row to the next, from one millisecond to another.
    pub steps_across: u64,
    /// Of those, steps with the randomness less than 2^40 away from that of the row before, or equal to it.
    pub counted_across: u64,
    /// Values of the 80 random bits that independent IDs share.
    pub repeated_values: usize,
    /// Independent IDs whose low 32 bits another has that differs in the other 48.
    pub repeated_tails: usize,
    /// Bits that should be random: 80, or 62 where UUIDs of version 7 are among the IDs.
    pub random_bits: usize,
    /// Random bits with the same value in all independent IDs, by their weight in the ID.
    pub constant_bits: u128,
    /// Random bits with one value more often than chance allows, constant ones included.
    pub biased_bits: u128,
    /// The share of ones in the bit furthest from a half; 0.5 where there are no IDs.
    pub worst_bit_share: f64,
    /// The chi-square of the byte whose values are most uneven, in standard deviations above what is expected; nothing
    /// with fewer than 1,280 independent IDs.
    pub worst_byte_deviation: Option<f64>,
    /// The Shannon entropy of the whole random bytes together, taken one by one, so an upper bound: 80 for good ones, and 56
    /// where UUIDs of version 7 are among them.
    /// Nothing with fewer than 1,280 independent IDs.
    pub entropy_bits: Option<f64>,
}

impl Evidence {
    pub(super) fn gather(randomness: &Randomness, has_version_7: bool) -> Evidence {
        let random_bits = match has_version_7 {
            true => VERSION_7_BITS,
            false => RANDOM_BITS,
        };
        let sampled = randomness.sampled();
        let independent = independent(&sampled);
        let values = distinct(independent.iter().map(|key| key & RANDOM_MASK));
        let tails = distinct(values.iter().map(|(value, _)| value & TAIL_MASK));
        // Randomness that occurs more than once is judged by that; the other tests look at each value once.
        let values_once: Vec<u128> = values.iter().map(|&(value, _)| value).collect();
        let bits = Bits::of(&values_once, random_bits);
        let bytes = Bytes::of(&values_once, random_bits);
        let steps: StepCounts = randomness.steps;
        Evidence {
            sampled: sampled.len(),
            independent: independent.len(),
            steps_within: steps.within,
            steps_by_one: steps.by_one,
            short_steps: steps.short,
            stride: steps.shortest.zip(steps.longest),
            steps_across: steps.across,
            counted_across: steps.counted_on + steps.kept,
            repeated_values: values.iter().filter(|&&(_, count)| count > 1).count(),
            repeated_tails: values.len() - tails.len(),
            random_bits,
            constant_bits: bits.constant,
            biased_bits: bits.biased,
            worst_bit_share: bits.worst_share,
            worst_byte_deviation: bytes.as_ref().map(|bytes| bytes.worst_deviation),
            entropy_bits: bytes.map(|bytes| bytes.entropy),
        }
    }

    pub(super) fn verdict(&self) -> Verdict {
        let most = |part: u64, whole: u64| part >= LEAST_STEPS && part >= whole.div_ceil(2);
        let all_bits_constant = self.constant_bits == mask(self.random_bits);
        if all_bits_constant && self.independent >= 4 {
            Verdict::Constant
        } else if most(self.counted_across, self.steps_across) && !self.repeats() {
            Verdict::CountsAcross
        } else if self.repeats() {
            Verdict::LowEntropy
        } else if self.repeated_tails >= LEAST_REPEATED_TAILS {
            Verdict::RepeatedTails
        } else if self.independent >= LEAST_IDS && self.biased_bits != 0 {
            Verdict::BiasedBits
        } else if self.worst_byte_deviation.is_some_and(|z| z > BYTE_LIMIT) {
            Verdict::LowEntropy
        } else if most(self.steps_by_one, self.steps_within) {
            Verdict::MonotonicByOne
        } else if most(self.short_steps, self.steps_within) {
            Verdict::MonotonicByStride
        } else if self.independent < LEAST_IDS {
            Verdict::TooFew
        } else {
            Verdict::Random
        }
    }

    /// A few IDs made by hand may share the bounds of a millisecond, all zeros and all ones: two values.
    fn repeats(&self) -> bool {
        self.repeated_values >= LEAST_REPEATED_VALUES
    }
}

/// The lowest bits, so many of them.
const fn mask(bits: usize) -> u128 {
    (1 << bits) - 1
}

/// The first ID of each run within a millisecond, of sorted ones.
pub(super) fn independent(sorted: &[u128]) -> Vec<u128> {
    let mut before = None;
    let first_of_run = |&key: &u128| {
        let follows = before.is_some_and(|last: u128| last >> 80 == key >> 80 && key - last < RUN);
        before = Some(key);
        !follows
    };
    sorted.iter().copied().filter(first_of_run).collect()
}

/// Different values in their order, and how often each occurs.
fn distinct(values: impl Iterator<Item = u128>) -> Vec<(u128, usize)> {
    let mut values: Vec<u128> = values.collect();
    values.sort_unstable();
    values
        .chunk_by(|a, b| a == b)
        .map(|same| (same[0], same.len()))
        .collect()
}

/// The verdict of single bits.
struct Bits {
    constant: u128,
    biased: u128,
    worst_share: f64,
}

impl Bits {
    fn of(values: &[u128], random_bits: usize) -> Bits {
        let count = values.len() as f64;
        let random = mask(random_bits);
        let all = values.iter().fold(random, |all, value| all & value);
        let any = values.iter().fold(0, |any, value| any | value);
        let mut bits = Bits {
            constant: if values.is_empty() {
                0
            } else {
                all | !any & random
            },
            biased: 0,
            worst_share: 0.5,
        };
        for bit in 0..random_bits {
            let ones = values.iter().filter(|&value| value >> bit & 1 == 1).count() as f64;
            let deviation = (ones - count / 2.0).abs() / (count.sqrt() / 2.0);
            if deviation > BIT_LIMIT {
                bits.biased |= 1 << bit;
            }
            let share = if count > 0.0 { ones / count } else { 0.5 };
            if (share - 0.5).abs() > (bits.worst_share - 0.5).abs() {
                bits.worst_share = share;
            }
        }
        bits
    }
}

/// The verdict of the values of bytes.
struct Bytes {
    worst_deviation: f64,
    entropy: f64,
}

impl Bytes {
    fn of(values: &[u128], random_bits: usize) -> Option<Bytes> {
        if values.len() < LEAST_IDS_FOR_BYTES {
            return None;
        }
        let mut bytes = Bytes {
            worst_deviation: f64::NEG_INFINITY,
            entropy: 0.0,
        };
        for byte in 0..random_bits / 8 {
            let mut counts = [0_u32; 256];
            for value in values {
                counts[(value >> (8 * byte)) as usize & 255] += 1;
            }
            bytes.worst_deviation = bytes.worst_deviation.max(deviation(&counts, values.len()));
            bytes.entropy += entropy(&counts, values.len());
        }
        Some(bytes)
    }
}

/// Pearson's chi-square of equally likely values, in standard deviations above its mean, by the cube root of Wilson and
/// Hilferty ("The distribution of chi-square", 1931).
fn deviation(counts: &[u32; 256], sum: usize) -> f64 {
    const FREEDOM: f64 = 255.0;
    let expected = sum as f64 / 256.0;
    let square: f64 = counts
        .iter()
        .map(|&count| (f64::from(count) - expected).powi(2) / expected)
        .sum();
    let variance = 2.0 / (9.0 * FREEDOM);
    ((square / FREEDOM).cbrt() - (1.0 - variance)) / variance.sqrt()
}

/// Shannon's entropy in bits, with the correction of Miller and Madow for values that were not seen often enough.
fn entropy(counts: &[u32; 256], sum: usize) -> f64 {
    let sum = sum as f64;
    let seen = counts.iter().filter(|&&count| count > 0);
    let plain: f64 = seen
        .clone()
        .map(|&count| f64::from(count) / sum)
        .map(|share| -share * share.log2())
        .sum();
    let correction = (seen.count() as f64 - 1.0) / (2.0 * sum) / std::f64::consts::LN_2;
    (plain + correction).min(8.0)
}
