//! Consecutive keys, written in the widest stores of the processor.

#![cfg_attr(
    target_arch = "x86_64",
    expect(
        unsafe_code,
        reason = "stores take a pointer, and functions are compiled for more than the target's base instructions"
    )
)]

use crate::codec::Kernel;
#[cfg(target_arch = "x86_64")]
use crate::codec::Level;

/// Fills `keys` with those after `start`.
pub(super) fn by_one(kernel: Kernel, start: u128, keys: &mut [u128]) {
    // Vectors have no carry from the lower half of a key into the upper one.
    if (start as u64).checked_add(keys.len() as u64).is_none() {
        return portable(start, keys);
    }
    #[cfg(target_arch = "x86_64")]
    match kernel.0 {
        // SAFETY: a kernel of this level exists only where the processor was found to have its instructions.
        Level::Avx2 => return unsafe { with_avx2(start, keys) },
        // SAFETY: as above.
        Level::Avx512 => return unsafe { with_avx512(start, keys) },
        Level::Scalar => {}
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = kernel;
    without_carry(start, keys);
}

/// Fills the keys up to the next line of the cache, since a store that crosses one takes two. What is left to be filled.
#[cfg(target_arch = "x86_64")]
fn aligned(start: u128, keys: &mut [u128]) -> (u128, &mut [u128]) {
    let ahead = keys.as_ptr().align_offset(64).min(keys.len());
    let (head, rest) = keys.split_at_mut(ahead);
    portable(start, head);
    (start + ahead as u128, rest)
}

/// The compiler makes vectors of this.
fn without_carry(start: u128, keys: &mut [u128]) {
    let (high, low) = (start >> 64 << 64, start as u64);
    for (step, key) in (1..).zip(keys) {
        *key = high | u128::from(low + step);
    }
}

fn portable(start: u128, keys: &mut [u128]) {
    for (step, key) in (1_u64..).zip(keys) {
        *key = start + u128::from(step);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(start: u128, keys: &mut [u128]) {
    use core::arch::x86_64::*;

    let (start, keys) = aligned(start, keys);
    let (high, low) = ((start >> 64) as i64, start as i64);
    let mut two = _mm256_setr_epi64x(low.wrapping_add(1), high, low.wrapping_add(2), high);
    let step = _mm256_setr_epi64x(2, 0, 2, 0);
    let (twos, rest) = keys.as_chunks_mut::<2>();
    for place in &mut *twos {
        // SAFETY: the array holds 32 bytes.
        unsafe { _mm256_storeu_si256(place.as_mut_ptr().cast(), two) };
        two = _mm256_add_epi64(two, step);
    }
    portable(start + 2 * twos.len() as u128, rest);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn with_avx512(start: u128, keys: &mut [u128]) {
    use core::arch::x86_64::*;

    let (start, keys) = aligned(start, keys);
    let (high, low) = ((start >> 64) as i64, start as i64);
    let after = |step| low.wrapping_add(step);
    let mut four = _mm512_setr_epi64(
        after(1),
        high,
        after(2),
        high,
        after(3),
        high,
        after(4),
        high,
    );
    let step = _mm512_setr_epi64(4, 0, 4, 0, 4, 0, 4, 0);
    let (fours, rest) = keys.as_chunks_mut::<4>();
    for place in &mut *fours {
        // SAFETY: the array holds 64 bytes.
        unsafe { _mm512_storeu_si512(place.as_mut_ptr().cast(), four) };
        four = _mm512_add_epi64(four, step);
    }
    portable(start + 4 * fours.len() as u128, rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_counts_on() {
        let starts = [
            0,
            7,
            u128::from(u64::MAX) - 3,
            1 << 127 | 0xFFFF_FFFF,
            (1 << 100) - 20,
        ];
        for kernel in Kernel::available() {
            for len in (0..20).chain([1_000]) {
                for start in starts {
                    let expected: Vec<u128> = (start..).skip(1).take(len).collect();
                    for unaligned in 0..4 {
                        let mut keys = vec![0; unaligned + len];
                        by_one(kernel, start, &mut keys[unaligned..]);
                        assert_eq!(keys[unaligned..], expected, "{kernel}, {len} after {start}");
                    }
                }
            }
        }
    }
}
