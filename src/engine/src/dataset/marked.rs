//! Bytes of JSON, with a bit for each that is not plain text.
//!
//! A text then ends where the next bit is: no byte of it is looked at once more, and texts that are found one behind the
//! other wait for a few instructions alone.

#![cfg_attr(
    target_arch = "x86_64",
    expect(
        unsafe_code,
        reason = "loads take a pointer, and functions are compiled for more than the target's base instructions"
    )
)]

use crate::codec::{Kernel, Level};

/// Bytes of a block, one for each bit of a word.
const BLOCK: usize = 64;
/// Bytes of a word.
const WORD: usize = size_of::<u64>();

/// Bytes of JSON whose plain text is known.
#[derive(Debug)]
pub(super) struct Marked<'a> {
    bytes: &'a [u8],
    /// The bits of quotes, escapes, control characters and of what is not ASCII, and of all behind the end. The lowest of
    /// a byte comes first.
    others: Vec<u8>,
}

impl<'a> Marked<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Marked<'a> {
        Marked::by(Kernel::active(), bytes)
    }

    fn by(kernel: Kernel, bytes: &'a [u8]) -> Marked<'a> {
        let (blocks, rest) = bytes.as_chunks();
        let mut others = vec![0xFF; (blocks.len() + 2) * WORD];
        let (words, _) = others.as_chunks_mut();
        let (whole, behind) = words.split_at_mut(blocks.len());
        mark(kernel, blocks, whole);
        let mut last = [0; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        mark(kernel, &[last], behind);
        Marked { bytes, others }
    }

    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many bytes of plain text stand at a place.
    pub(super) fn plain_len(&self, at: usize) -> usize {
        match self.others_from(at) {
            0 => self.long_plain_len(at),
            others => others.trailing_zeros() as usize,
        }
    }

    #[inline(never)]
    fn long_plain_len(&self, begin: usize) -> usize {
        let mut at = begin;
        loop {
            match self.others_from(at) {
                0 => at += BLOCK - at % 8,
                others => return at - begin + others.trailing_zeros() as usize,
            }
        }
    }

    /// The bits from a place on: as many as are left of the first byte, and those of seven more.
    fn others_from(&self, at: usize) -> u64 {
        let word = self.others.get(at / 8..).and_then(<[u8]>::first_chunk);
        word.map_or(u64::MAX, |word| u64::from_le_bytes(*word)) >> (at % 8)
    }
}

/// Writes the bits of blocks.
fn mark(kernel: Kernel, blocks: &[[u8; BLOCK]], words: &mut [[u8; WORD]]) {
    match kernel.0 {
        // SAFETY: a kernel of this level exists only where the processor was found to have its instructions.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { with_avx2(blocks, words) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe { with_avx512(blocks, words) },
        _ => mark_by(blocks, words, by_words),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(blocks: &[[u8; BLOCK]], words: &mut [[u8; WORD]]) {
    use std::arch::x86_64::*;

    let others = |bytes: &[u8; 32]| {
        // SAFETY: the pointer is to 32 bytes, and the load needs no alignment.
        let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
        let is = |byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()));
        // What is not ASCII is negative.
        let below_space = _mm256_cmpgt_epi8(_mm256_set1_epi8(b' '.cast_signed()), bytes);
        let others = _mm256_or_si256(below_space, _mm256_or_si256(is(b'"'), is(b'\\')));
        _mm256_movemask_epi8(others).cast_unsigned()
    };
    mark_by(blocks, words, |block| match block.as_chunks().0 {
        [low, high] => u64::from(others(low)) | u64::from(others(high)) << 32,
        _ => 0,
    });
}

#[cfg(target_arch = "x86_64")]
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi,avx512vbmi2,popcnt"
)]
fn with_avx512(blocks: &[[u8; BLOCK]], words: &mut [[u8; WORD]]) {
    use std::arch::x86_64::*;

    mark_by(blocks, words, |block| {
        // SAFETY: the pointer is to 64 bytes, and the load needs no alignment.
        let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(byte.cast_signed()));
        // What is not ASCII is negative.
        _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8(b' '.cast_signed())) | is(b'"') | is(b'\\')
    });
}

#[inline(always)]
fn mark_by(blocks: &[[u8; BLOCK]], words: &mut [[u8; WORD]], others: impl Fn(&[u8; BLOCK]) -> u64) {
    for (word, block) in words.iter_mut().zip(blocks) {
        *word = others(block).to_le_bytes();
    }
}

/// Eight bytes at a time. No sum of two bytes is carried over to the next.
fn by_words(block: &[u8; BLOCK]) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; WORD]);
    const HIGH_BITS: u64 = ONES << 7;
    let others = |word: u64| {
        let other_than = |byte: u8| {
            let differences = word ^ (ONES * u64::from(byte));
            ((differences & !HIGH_BITS) + !HIGH_BITS) | differences
        };
        // A byte from the space on has one of two bits, and either is carried to the highest.
        let from_space = (word & (ONES * 0x60)) + ONES * 0x60;
        let plain = from_space & other_than(b'"') & other_than(b'\\') & !word & HIGH_BITS;
        // Each of the eight bits is moved to its place among the highest.
        (plain >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56 ^ 0xFF
    };
    let words = block.as_chunks().0.iter().rev();
    words.fold(0, |bits, word| {
        bits << WORD | others(u64::from_le_bytes(*word))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_plain(byte: u8) -> bool {
        matches!(byte, b' '..0x80) && byte != b'"' && byte != b'\\'
    }

    proptest! {
        #[test]
        fn every_kernel_marks_what_is_not_plain(bytes in prop::collection::vec(prop_oneof![30 => b' '..0x80, 1 => any::<u8>()], 0..300)) {
            for kernel in Kernel::available() {
                let marked = Marked::by(kernel, &bytes);
                for at in 0..=bytes.len() {
                    let plain = bytes[at..].iter().take_while(|byte| is_plain(**byte));
                    prop_assert_eq!(marked.plain_len(at), plain.count(), "{} at {}", kernel, at);
                }
            }
        }
    }

    #[test]
    fn every_byte_is_told_by_every_kernel() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        for kernel in Kernel::available() {
            let marked = Marked::by(kernel, &bytes);
            for (at, byte) in bytes.iter().enumerate() {
                assert_eq!(
                    marked.plain_len(at) > 0,
                    is_plain(*byte),
                    "{kernel}, {byte}"
                );
            }
        }
    }
}
