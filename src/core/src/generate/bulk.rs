//! Many new ULIDs at once, by their 128 bits.

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use super::{Exhausted, Monotonic, RANDOM_MASK, Randomness, ascend};
#[cfg(feature = "alloc")]
use crate::codec::Shape;
use crate::{Timestamp, Ulid, codec::Kernel};

/// ULIDs made between two looks at the clock: a few microseconds, in which nothing else can happen that it should tell.
pub(super) const BLOCK: usize = 1024;

/// Distance between ULIDs that ascend within a millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Stride {
    /// By one, as the specification has it. Who knows one ULID knows its neighbours.
    #[default]
    One,
    /// By 1 to 2^32, at random, so that neighbours cannot be guessed.
    Random,
}

impl Stride {
    /// Distance to the next ULID.
    #[inline]
    pub(super) fn draw(self, rng: &mut (impl Randomness + ?Sized)) -> u128 {
        match self {
            Stride::One => 1,
            Stride::Random => {
                let mut bytes = [0; 4];
                rng.draw(&mut bytes);
                u128::from(u32::from_le_bytes(bytes)) + 1
            }
        }
    }
}

/// Fills `keys` with random ULIDs, by their 128 bits.
///
/// ```
/// # #[cfg(feature = "generate")] {
/// use ulid_core::{Timestamp, Ulid, generate::{fill_random, system_rng}};
///
/// let mut keys = [0; 1_000];
/// fill_random(&mut keys, Timestamp::now, &mut system_rng());
/// assert!(Ulid::from_u128(keys[0]).timestamp() <= Timestamp::now());
/// # }
/// ```
///
/// The clock is read once for each block of 1024.
pub fn fill_random(
    keys: &mut [u128],
    mut clock: impl FnMut() -> Timestamp,
    rng: &mut (impl Randomness + ?Sized),
) {
    for block in keys.chunks_mut(BLOCK) {
        fill_block(block, clock(), rng);
    }
}

/// Appends the lines of `count` random ULIDs to `out`. The clock is read once for each block of 1024.
#[cfg(feature = "alloc")]
pub fn random_lines(
    count: usize,
    out: &mut Vec<u8>,
    mut clock: impl FnMut() -> Timestamp,
    rng: &mut (impl Randomness + ?Sized),
) {
    let stride = Shape::Lines.stride();
    let begun = out.len();
    out.resize(begun + stride * count, 0);
    let kernel = Kernel::active();
    let mut keys = [0; BLOCK];
    for lines in out[begun..].chunks_mut(stride * BLOCK) {
        let keys = &mut keys[..lines.len() / stride];
        fill_block(keys, clock(), rng);
        kernel.print_records(keys, Shape::Lines, lines);
    }
}

/// At most [`BLOCK`] random ULIDs of one millisecond. Only the ten bytes that each needs are drawn: eight of all first,
/// then two of all.
fn fill_block(keys: &mut [u128], time: Timestamp, rng: &mut (impl Randomness + ?Sized)) {
    let mut bytes = [0; 10 * BLOCK];
    let bytes = &mut bytes[..10 * keys.len()];
    rng.draw(bytes);
    let (low, high) = bytes.split_at(8 * keys.len());
    let time = time.ms() << 16;
    let halves = low.as_chunks::<8>().0.iter().zip(high.as_chunks::<2>().0);
    for (key, (low, high)) in keys.iter_mut().zip(halves) {
        let high = time | u64::from(u16::from_le_bytes(*high));
        *key = u128::from(high) << 64 | u128::from(u64::from_le_bytes(*low));
    }
}

impl Monotonic {
    /// Fills `keys` with the next ULIDs at this time, each larger than the one before.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] when the randomness of the millisecond does not last for all of them. The generator then stays as it
    /// was, and what `keys` holds is of no use.
    pub fn fill(
        &mut self,
        keys: &mut [u128],
        stride: Stride,
        time: Timestamp,
        rng: &mut (impl Randomness + ?Sized),
    ) -> Result<(), Exhausted> {
        let Some((first, rest)) = keys.split_first_mut() else {
            return Ok(());
        };
        let before = self.clone();
        let start = self.generate_by(stride, time, rng)?;
        *first = start.0;
        let last = match stride {
            Stride::One => ascend_by_one(start.0, rest),
            Stride::Random => ascend_at_random(start.0, rest, rng),
        };
        match last {
            Some(last) => {
                self.last = Ulid(last);
                Ok(())
            }
            None => {
                *self = before;
                let last = self.last().unwrap_or(start);
                Err(Exhausted { last })
            }
        }
    }
}

/// Nothing where the randomness does not last.
fn ascend_by_one(start: u128, keys: &mut [u128]) -> Option<u128> {
    let count = keys.len() as u128;
    if RANDOM_MASK - (start & RANDOM_MASK) < count {
        return None;
    }
    ascend::by_one(Kernel::active(), start, keys);
    Some(start + count)
}

/// Nothing where the randomness does not last.
fn ascend_at_random(
    start: u128,
    keys: &mut [u128],
    rng: &mut (impl Randomness + ?Sized),
) -> Option<u128> {
    let mut last = start;
    let mut bytes = [0; 4 * BLOCK];
    for block in keys.chunks_mut(BLOCK) {
        let bytes = &mut bytes[..4 * block.len()];
        rng.draw(bytes);
        for (key, stride) in block.iter_mut().zip(bytes.as_chunks::<4>().0) {
            last = last.wrapping_add(u128::from(u32::from_le_bytes(*stride)) + 1);
            *key = last;
        }
        // A block's strides are far less than 2^80, so time cannot have gone round to where it was.
        if last >> 80 != start >> 80 {
            return None;
        }
    }
    Some(last)
}
