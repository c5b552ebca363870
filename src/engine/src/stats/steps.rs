//! The step from each key to the next, without a branch: one bit a row for every question, so that rows without a flaw
//! cost a few instructions and are never looked at again.

use super::Limits;
use crate::version7::has_marks;

/// A key less than this away from its forerunner was counted on from it. By chance one in 2^39 of the pairs that share a
/// millisecond is that close.
pub(super) const SHORT: u128 = 1 << 40;
const RANDOM_MASK: u128 = (1 << 80) - 1;

/// The steps into up to 64 neighbouring keys. Bit `i` speaks of key `i`; the first key of all has no step.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Steps {
    /// There is a key before it.
    pub(super) known: u64,
    /// Smaller than the one before.
    pub(super) back: u64,
    /// Equal to the one before.
    pub(super) repeat: u64,
    /// Of the same millisecond as the one before.
    pub(super) same_ms: u64,
    /// Further ahead of the one before than the limit.
    pub(super) gap: u64,
    /// Later than now. Like [`Steps::version_7`] it needs no key before.
    pub(super) future: u64,
    /// With the fixed bits of a UUID of version 7.
    pub(super) version_7: u64,
    /// One away from the one before; below it where the rows are in descending order.
    pub(super) by_one: u64,
    /// Less than [`SHORT`] away from the one before, but not equal to it.
    pub(super) short: u64,
    /// Of another millisecond, but the randomness less than [`SHORT`] away from that of the one before.
    pub(super) counted_on: u64,
    /// Of another millisecond, with the randomness of the one before.
    pub(super) kept: u64,
    /// The widest step ahead, in milliseconds.
    pub(super) widest_ms: u64,
}

impl Steps {
    /// Keys that one value holds.
    pub(super) const LEN: usize = 64;

    /// The steps from `before` into `keys[0]`, from there into `keys[1]`, and so on; at most [`Steps::LEN`] keys.
    pub(super) fn between(before: Option<u128>, keys: &[u128], limits: Limits) -> Steps {
        let mut steps = Steps::default();
        let mut last = before.or(keys.first().copied()).unwrap_or(0);
        for (index, &key) in keys.iter().take(Steps::LEN).enumerate() {
            let bit = |is: bool| u64::from(is) << index;
            let (ms, last_ms) = ((key >> 80) as u64, (last >> 80) as u64);
            let ahead_ms = ms.saturating_sub(last_ms);
            let distance = key.abs_diff(last);
            let random_distance = (key & RANDOM_MASK).abs_diff(last & RANDOM_MASK);
            let other_ms = ms != last_ms;
            steps.known |= bit(true);
            steps.back |= bit(key < last);
            steps.repeat |= bit(distance == 0);
            steps.same_ms |= bit(!other_ms);
            steps.gap |= bit(ahead_ms > limits.gap_ms);
            steps.future |= bit(ms > limits.now.ms());
            steps.version_7 |= bit(has_marks(key));
            steps.by_one |= bit(distance == 1);
            steps.short |= bit(distance.wrapping_sub(1) < SHORT - 1);
            steps.counted_on |= bit(other_ms & (random_distance.wrapping_sub(1) < SHORT - 1));
            steps.kept |= bit(other_ms & (random_distance == 0));
            steps.widest_ms = steps.widest_ms.max(ahead_ms);
            last = key;
        }
        if before.is_none() {
            steps.forget_first();
        }
        steps
    }

    fn forget_first(&mut self) {
        for bits in [&mut self.known, &mut self.repeat, &mut self.same_ms] {
            *bits &= !1;
        }
    }
}

/// The positions of the set bits, from the lowest.
pub(super) fn ones(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        (bits != 0).then(|| {
            let position = bits.trailing_zeros() as usize;
            bits &= bits - 1;
            position
        })
    })
}
