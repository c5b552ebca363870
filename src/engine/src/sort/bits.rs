//! Which bits of keys differ, and digits made of a few of them.

use rayon::prelude::*;

use super::radix::Counters;

/// What one look at all keys tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Survey {
    /// Bits that some key has, and bits that all have.
    pub(super) any: u128,
    pub(super) all: u128,
    /// Keys smaller than the one before.
    pub(super) descents: usize,
}

impl Survey {
    /// Looks at keys, on several threads where there are many.
    pub(super) fn of(keys: &[u128]) -> Survey {
        const PART: usize = 1 << 16;
        if keys.len() <= PART {
            return Survey::of_part(keys);
        }
        let parts = keys.par_chunks(PART).enumerate().map(|(index, part)| {
            let mut survey = Survey::of_part(part);
            let start = index * PART;
            if start > 0 {
                survey.step(keys[start - 1], keys[start]);
            }
            survey
        });
        parts.reduce(|| Survey::of_part(&[]), Survey::merged)
    }

    fn of_part(keys: &[u128]) -> Survey {
        let mut survey = Survey {
            any: 0,
            all: u128::MAX,
            descents: 0,
        };
        let mut last = keys.first().copied().unwrap_or(0);
        for &key in keys {
            survey.any |= key;
            survey.all &= key;
            survey.step(last, key);
            last = key;
        }
        survey
    }

    fn step(&mut self, last: u128, key: u128) {
        self.descents += usize::from(key < last);
    }

    fn merged(self, other: Survey) -> Survey {
        Survey {
            any: self.any | other.any,
            all: self.all & other.all,
            descents: self.descents + other.descents,
        }
    }

    /// The bits in which keys differ.
    pub(super) fn differing(self) -> u128 {
        self.any & !self.all
    }

    pub(super) fn is_sorted(self) -> bool {
        self.descents == 0
    }
}

/// A few neighbouring bits of a key, of which digits are made.
///
/// A shift of 128 bits by a number that is not known beforehand takes several instructions, so each loop is compiled
/// for the word that the bits lie in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    pub(super) shift: u32,
    bits: u32,
}

/// Where the bits of a window lie.
pub(super) const HIGH: u8 = 0;
pub(super) const LOW: u8 = 1;
pub(super) const ACROSS: u8 = 2;

macro_rules! by_word {
    ($window:expr, $call:ident($($argument:expr),*)) => {
        match $window.word() {
            HIGH => $call::<HIGH>($($argument),*),
            LOW => $call::<LOW>($($argument),*),
            _ => $call::<ACROSS>($($argument),*),
        }
    };
}
pub(super) use by_word;

impl Window {
    /// The topmost `bits` of those that differ, and those between them.
    pub(super) fn topmost(differing: u128, bits: u32) -> Window {
        let end = (128 - differing.leading_zeros()).max(1);
        let bits = bits.min(end);
        Window {
            shift: end - bits,
            bits,
        }
    }

    /// How many values a digit has.
    pub(super) fn digits(self) -> usize {
        1 << self.bits
    }

    /// Whether two keys agree in the window and above it.
    pub(super) fn agree(self, a: u128, b: u128) -> bool {
        (a ^ b) >> self.shift == 0
    }

    pub(super) fn word(self) -> u8 {
        match (self.shift, self.shift + self.bits) {
            (64.., _) => HIGH,
            (_, ..=64) => LOW,
            _ => ACROSS,
        }
    }

    /// How many keys have each digit.
    pub(super) fn count(self, keys: &[u128]) -> Vec<u32> {
        by_word!(self, count_digits(keys, self))
    }

    /// Orders keys by the window, stably, by way of `between` into `to`.
    pub(super) fn two_passes(
        self,
        from: &[u128],
        between: &mut [u128],
        to: &mut [u128],
        counters: &mut Counters,
    ) {
        by_word!(self, prepare(from, self, counters));
        by_word!(self, place_low(from, between, self, counters));
        by_word!(self, place_high(between, to, self, counters));
    }

    /// Orders keys by the window, stably, by way of `between` and back.
    pub(super) fn two_passes_back(
        self,
        keys: &mut [u128],
        between: &mut [u128],
        counters: &mut Counters,
    ) {
        by_word!(self, prepare(keys, self, counters));
        by_word!(self, place_low(keys, between, self, counters));
        by_word!(self, place_high(between, keys, self, counters));
    }

    fn low_bits(self) -> u32 {
        self.bits / 2
    }
}

/// The bits of a key from `shift` on; more than 64 of them are cut off.
#[inline(always)]
pub(super) fn digits<const WORD: u8>(key: u128, shift: u32) -> usize {
    let (high, low) = ((key >> 64) as u64, key as u64);
    let bits = match WORD {
        HIGH => high >> (shift & 63),
        LOW => low >> (shift & 63),
        _ => high << ((64 - shift) & 63) | low >> (shift & 63),
    };
    bits as usize
}

fn count_digits<const WORD: u8>(keys: &[u128], window: Window) -> Vec<u32> {
    let mask = window.digits() - 1;
    let mut counts = vec![0; mask + 1];
    for &key in keys {
        counts[digits::<WORD>(key, window.shift) & mask] += 1;
    }
    counts
}

fn prepare<const WORD: u8>(keys: &[u128], window: Window, counters: &mut Counters) {
    let low_bits = window.low_bits();
    let low_mask = (1 << low_bits) - 1;
    let high_mask = (1 << (window.bits - low_bits)) - 1;
    let low = &mut counters.low[..=low_mask];
    let high = &mut counters.high[..=high_mask];
    low.fill(0);
    high.fill(0);
    for &key in keys {
        let bits = digits::<WORD>(key, window.shift);
        low[bits & low_mask] += 1;
        high[bits >> low_bits & high_mask] += 1;
    }
    for counts in [low, high] {
        counts_to_starts(counts);
    }
}

/// Turns counts into the places where each digit begins.
fn counts_to_starts(counts: &mut [u32]) {
    let mut sum = 0;
    for count in counts {
        sum += std::mem::replace(count, sum);
    }
}

fn place_low<const WORD: u8>(
    from: &[u128],
    to: &mut [u128],
    window: Window,
    counters: &mut Counters,
) {
    let mask = (1 << window.low_bits()) - 1;
    for &key in from {
        let next = &mut counters.low[digits::<WORD>(key, window.shift) & mask];
        to[*next as usize] = key;
        *next += 1;
    }
}

fn place_high<const WORD: u8>(
    from: &[u128],
    to: &mut [u128],
    window: Window,
    counters: &mut Counters,
) {
    let low_bits = window.low_bits();
    let mask = (1 << (window.bits - low_bits)) - 1;
    for &key in from {
        let bits = digits::<WORD>(key, window.shift);
        let next = &mut counters.high[bits >> low_bits & mask];
        to[*next as usize] = key;
        *next += 1;
    }
}
