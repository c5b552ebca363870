//! Begins of words of exactly 26 letters and digits, a page at a time.
//!
//! First every byte becomes a bit: letter or digit, or not. Then runs are found in the bits alone, 64 begins in a few
//! instructions and several times that where the compiler has vectors: a bit and its neighbour give runs of 2, those
//! give runs of 4, 8 and 16, and 16 with 8 and 2 behind it make 26. What is next to the run rules out longer ones.

#![cfg_attr(
    any(target_arch = "x86_64", target_arch = "aarch64"),
    expect(
        unsafe_code,
        reason = "loads take a pointer, and functions are compiled for more than the target's base instructions"
    )
)]

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use crate::codec::Level;
use crate::{
    codec::{Kernel, TEXT_LEN},
    prefetch::prefetch,
};

#[cfg(target_arch = "x86_64")]
mod avx512;

/// Bytes of a block, one for each bit of a word.
const BLOCK: usize = 64;
/// Blocks of a page.
const BLOCKS: usize = 64;
/// Bytes of a page.
pub(super) const PAGE: usize = BLOCK * BLOCKS;
/// A page and the block behind it, into which its last words may reach.
pub(super) type PageAndNext = [u8; PAGE + BLOCK];

/// Most words that begin in a page: each has a delimiter behind it.
pub(super) const MOST: usize = PAGE / (TEXT_LEN + 1) + 1;
/// Words that may be written past the last one, as vectors are.
pub(super) const SPARE: usize = 16;

/// Begins of words in a page, from the first.
pub(super) struct Starts {
    places: [u16; MOST + SPARE],
    count: usize,
}

impl Starts {
    pub(super) fn none() -> Starts {
        Starts {
            places: [0; _],
            count: 0,
        }
    }

    pub(super) fn places(&mut self) -> &mut [u16] {
        &mut self.places[..self.count.min(MOST)]
    }

    /// Adds those of some blocks in a row. Most blocks begin one word or none, at random: a branch for that would be
    /// guessed wrong about once a word, and costs as much as reading it.
    #[inline(always)]
    fn extend(&mut self, first_block: usize, begins: &[u64]) {
        let mut count = self.count;
        for (block, &bits) in (first_block..).zip(begins) {
            let place = |bits: u64| (BLOCK * block) as u16 + bits.trailing_zeros() as u16;
            // Overwritten by the next where there is none.
            self.places[count.min(MOST)] = place(bits);
            count += usize::from(bits != 0);
            let mut more = bits & bits.wrapping_sub(1);
            while more != 0 {
                self.places[count.min(MOST)] = place(more);
                count += 1;
                more &= more - 1;
            }
        }
        self.count = count;
    }
}

/// Finds the begins of words in a page. `before` are the bits of the block before it; those of its last block are given
/// back.
pub(super) type FindStarts = fn(&PageAndNext, before: u64, &mut Starts) -> u64;

/// The function of a kernel; nothing for those that search faster by other means.
pub(super) fn find_starts(kernel: Kernel) -> Option<FindStarts> {
    match kernel.0 {
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => Some(|page, before, starts| {
            // SAFETY: a kernel of this level exists only where the processor was found to have its instructions.
            unsafe { with_avx2(page, before, starts) }
        }),
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => Some(|page, before, starts| {
            // SAFETY: as above.
            unsafe { avx512::find_starts(page, before, starts) }
        }),
        #[cfg(target_arch = "aarch64")]
        Level::Neon => Some(|page, before, starts| {
            // SAFETY: a kernel of this level exists only where the processor was found to have its instructions.
            unsafe { with_neon(page, before, starts) }
        }),
        _ => None,
    }
}

#[cfg(target_arch = "aarch64")]
#[target_feature(enable = "neon")]
fn with_neon(page: &PageAndNext, before: u64, starts: &mut Starts) -> u64 {
    use core::arch::aarch64::*;

    /// Of each byte of a group of eight its bit.
    const WEIGHTS: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128];

    // SAFETY: both pointers are to 16 bytes, and the loads need no alignment.
    let load = |bytes: &[u8; 16]| unsafe { vld1q_u8(bytes.as_ptr()) };
    let weights = load(&WEIGHTS);
    let weighed = |bytes: &[u8; 16]| {
        let bytes = load(bytes);
        let digit = vcleq_u8(vsubq_u8(bytes, vdupq_n_u8(b'0')), vdupq_n_u8(9));
        let lower = vorrq_u8(bytes, vdupq_n_u8(0x20));
        let letter = vcleq_u8(vsubq_u8(lower, vdupq_n_u8(b'a')), vdupq_n_u8(25));
        vandq_u8(vorrq_u8(digit, letter), weights)
    };
    starts_by(page, before, starts, |block| match block.as_chunks().0 {
        [a, b, c, d] => {
            // Three times neighbours are added, until a byte has the bits of eight.
            let (low, high) = (
                vpaddq_u8(weighed(a), weighed(b)),
                vpaddq_u8(weighed(c), weighed(d)),
            );
            let four = vpaddq_u8(low, high);
            vgetq_lane_u64::<0>(vreinterpretq_u64_u8(vpaddq_u8(four, four)))
        }
        _ => 0,
    })
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(page: &PageAndNext, before: u64, starts: &mut Starts) -> u64 {
    use core::arch::x86_64::*;

    let word_bits = |bytes: &[u8; 32]| {
        // SAFETY: the pointer is to 32 bytes, and the load needs no alignment.
        let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
        let is_up_to =
            |bytes, most| _mm256_cmpeq_epi8(_mm256_min_epu8(bytes, _mm256_set1_epi8(most)), bytes);
        let from_zero = _mm256_sub_epi8(bytes, _mm256_set1_epi8(b'0' as i8));
        let lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
        let from_a = _mm256_sub_epi8(lower, _mm256_set1_epi8(b'a' as i8));
        let word = _mm256_or_si256(is_up_to(from_zero, 9), is_up_to(from_a, 25));
        _mm256_movemask_epi8(word).cast_unsigned()
    };
    starts_by(page, before, starts, |block| match block.as_chunks().0 {
        [low, high] => u64::from(word_bits(low)) | u64::from(word_bits(high)) << 32,
        _ => 0,
    })
}

/// Asks for the begin of the next page. While words are looked for in the bits of one, the processor does not fetch the
/// next by itself; from there it goes on.
#[inline(always)]
fn prefetch_next(page: &PageAndNext) {
    prefetch(page, PAGE, 4 * BLOCK);
}

/// The begins of words, by a function that gives the bits of a block.
#[inline(always)]
fn starts_by(
    page: &PageAndNext,
    before: u64,
    starts: &mut Starts,
    word_bits: impl Fn(&[u8; BLOCK]) -> u64,
) -> u64 {
    let mut bits = [0; BLOCKS + 2];
    bits[0] = before;
    for (bits, block) in bits[1..].iter_mut().zip(page.as_chunks().0) {
        *bits = word_bits(block);
    }
    prefetch_next(page);
    let mut begins = [0; BLOCKS];
    for (index, begins) in begins.iter_mut().enumerate() {
        *begins = starts_of_26(bits[index], bits[index + 1], bits[index + 2]);
    }
    starts.count = 0;
    starts.extend(0, &begins);
    bits[BLOCKS]
}

/// Begins of runs of exactly 26 ones in `bits`, between the words `before` and `behind`.
#[inline(always)]
fn starts_of_26(before: u64, bits: u64, behind: u64) -> u64 {
    /// The bits `count` behind those of `low`.
    #[inline(always)]
    fn ahead(low: u64, high: u64, count: u32) -> u64 {
        low >> count | high << (64 - count)
    }
    let (low_2, high_2) = (bits & ahead(bits, behind, 1), behind & behind >> 1);
    let (low_4, high_4) = (low_2 & ahead(low_2, high_2, 2), high_2 & high_2 >> 2);
    let (low_8, high_8) = (low_4 & ahead(low_4, high_4, 4), high_4 & high_4 >> 4);
    let low_16 = low_8 & ahead(low_8, high_8, 8);
    let low_26 = low_16 & ahead(low_8, high_8, 16) & ahead(low_2, high_2, 24);
    let preceded = bits << 1 | before >> 63;
    low_26 & !preceded & !ahead(bits, behind, 26)
}
