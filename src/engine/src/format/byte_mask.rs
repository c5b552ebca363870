//! A bit for each byte: where lines end, where quotes stand, or where JSON is not plain text.
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

use memchr::{memchr_iter, memchr2_iter};

use crate::codec::Kernel;
#[cfg(target_arch = "x86_64")]
use crate::codec::Level;

/// Bytes of a block, one for each bit of a word.
const BLOCK: usize = 64;
/// Bytes of a word.
const WORD: usize = size_of::<u64>();

/// Which bytes have a bit that is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ByteClass {
    LineEnds,
    /// Quotes and the ends of lines.
    Quotes,
    /// Quotes, escapes, control characters and what is not ASCII.
    Others,
    /// Bytes that tell elements of JSON apart: quotes, escapes, commas and brackets; and `|`, which costs less than to leave it out.
    Structure,
}

/// Calls `each` with the place behind each end of a line.
pub(crate) fn each_line_end(bytes: &[u8], mut each: impl FnMut(usize)) {
    each_of(Kernel::active(), ByteClass::LineEnds, bytes, |at| {
        each(at + 1)
    });
}

/// Calls `each` with the place of each quote, as a table writes it, and of each end of a line.
pub(crate) fn each_quote_or_line_end(quote: u8, bytes: &[u8], each: impl FnMut(usize)) {
    match quote {
        b'"' => each_of(Kernel::active(), ByteClass::Quotes, bytes, each),
        _ => memchr2_iter(b'\n', quote, bytes).for_each(each),
    }
}

/// Calls `each` with the place of each quote, backslash, comma, bracket and brace, and perhaps of other bytes.
pub(crate) fn each_structural(bytes: &[u8], each: impl FnMut(usize)) {
    each_of(Kernel::active(), ByteClass::Structure, bytes, each);
}

pub(crate) fn is_structural(byte: u8) -> bool {
    matches!(byte, b'"' | b',' | b'['..=b']' | b'{'..=b'}')
}

/// Calls `each` with the place of each byte that is sought.
#[inline(always)]
fn each_of(kernel: Kernel, sought: ByteClass, bytes: &[u8], mut each: impl FnMut(usize)) {
    const PAGE: usize = 64;
    let (mut base, mut words) = (0, [[0; WORD]; PAGE]);
    let (blocks, mut rest) = bytes.as_chunks();
    match vectors(kernel) {
        Some(mark) => {
            for page in blocks.chunks(PAGE) {
                mark(sought, page, &mut words);
                for word in words.iter().take(page.len()) {
                    let mut bits = u64::from_le_bytes(*word);
                    while bits != 0 {
                        each(base + bits.trailing_zeros() as usize);
                        bits &= bits - 1;
                    }
                    base += BLOCK;
                }
            }
        }
        None => rest = bytes,
    }
    let each = |at| each(base + at);
    match sought {
        ByteClass::Quotes => memchr2_iter(b'\n', b'"', rest).for_each(each),
        ByteClass::Structure => (0..rest.len())
            .filter(|&at| is_structural(rest[at]))
            .for_each(each),
        ByteClass::LineEnds | ByteClass::Others => memchr_iter(b'\n', rest).for_each(each),
    }
}

/// Bytes of JSON whose plain text is known.
#[derive(Debug)]
pub(crate) struct ByteMask<'a> {
    bytes: &'a [u8],
    /// The bits of what is not plain text, and of all behind the end. The lowest of a byte comes first.
    others: Vec<u8>,
}

impl<'a> ByteMask<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> ByteMask<'a> {
        ByteMask::by(Kernel::active(), bytes)
    }

    fn by(kernel: Kernel, bytes: &'a [u8]) -> ByteMask<'a> {
        let mark = vectors(kernel).unwrap_or(|_, blocks, words| mark_by(blocks, words, others_of));
        let (blocks, rest) = bytes.as_chunks();
        let mut others = vec![0xFF; (blocks.len() + 2) * WORD];
        let (words, _) = others.as_chunks_mut();
        let (whole, behind) = words.split_at_mut(blocks.len());
        mark(ByteClass::Others, blocks, whole);
        let mut last = [0; BLOCK];
        last[..rest.len()].copy_from_slice(rest);
        mark(ByteClass::Others, &[last], behind);
        ByteMask { bytes, others }
    }

    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// How many bytes of plain text stand at a place.
    pub(crate) fn plain_len(&self, at: usize) -> usize {
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
type MarkBlocks = fn(ByteClass, &[[u8; BLOCK]], &mut [[u8; WORD]]);

/// The function of a kernel that has vectors for it.
fn vectors(kernel: Kernel) -> Option<MarkBlocks> {
    match kernel.level() {
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => Some(|sought, blocks, words| {
            // SAFETY: a kernel of this level exists only where the processor was found to have its instructions.
            unsafe { with_avx2(sought, blocks, words) }
        }),
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => Some(|sought, blocks, words| {
            // SAFETY: as above.
            unsafe { with_avx512(sought, blocks, words) }
        }),
        _ => None,
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(sought: ByteClass, blocks: &[[u8; BLOCK]], words: &mut [[u8; WORD]]) {
    use std::arch::x86_64::*;

    let is = |bytes, byte: u8| _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()));
    let others = |bytes| {
        // What is not ASCII is negative.
        let below_space = _mm256_cmpgt_epi8(_mm256_set1_epi8(b' '.cast_signed()), bytes);
        _mm256_or_si256(
            below_space,
            _mm256_or_si256(is(bytes, b'"'), is(bytes, b'\\')),
        )
    };
    let structural = |bytes| {
        let small = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
        let after_z = _mm256_cmpgt_epi8(small, _mm256_set1_epi8(b'z'.cast_signed()));
        let brackets = _mm256_andnot_si256(
            _mm256_cmpgt_epi8(small, _mm256_set1_epi8(b'}'.cast_signed())),
            after_z,
        );
        _mm256_or_si256(brackets, _mm256_or_si256(is(bytes, b'"'), is(bytes, b',')))
    };
    let bits = |bytes: &[u8; 32]| {
        // SAFETY: the pointer is to 32 bytes, and the load needs no alignment.
        let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
        let found = match sought {
            ByteClass::LineEnds => is(bytes, b'\n'),
            ByteClass::Quotes => _mm256_or_si256(is(bytes, b'\n'), is(bytes, b'"')),
            ByteClass::Others => others(bytes),
            ByteClass::Structure => structural(bytes),
        };
        _mm256_movemask_epi8(found).cast_unsigned()
    };
    mark_by(blocks, words, |block| match block.as_chunks().0 {
        [low, high] => u64::from(bits(low)) | u64::from(bits(high)) << 32,
        _ => 0,
    });
}

#[cfg(target_arch = "x86_64")]
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi,avx512vbmi2,popcnt"
)]
fn with_avx512(sought: ByteClass, blocks: &[[u8; BLOCK]], words: &mut [[u8; WORD]]) {
    use std::arch::x86_64::*;

    mark_by(blocks, words, |block| {
        // SAFETY: the pointer is to 64 bytes, and the load needs no alignment.
        let bytes = unsafe { _mm512_loadu_si512(block.as_ptr().cast()) };
        let all = |byte: u8| _mm512_set1_epi8(byte.cast_signed());
        let is = |byte: u8| _mm512_cmpeq_epi8_mask(bytes, all(byte));
        match sought {
            ByteClass::LineEnds => is(b'\n'),
            ByteClass::Quotes => is(b'\n') | is(b'"'),
            // What is not ASCII is negative.
            ByteClass::Others => _mm512_cmplt_epi8_mask(bytes, all(b' ')) | is(b'"') | is(b'\\'),
            ByteClass::Structure => {
                let small = _mm512_or_si512(bytes, all(0x20));
                let brackets =
                    _mm512_cmple_epu8_mask(_mm512_sub_epi8(small, all(b'{')), all(b'}' - b'{'));
                brackets | is(b'"') | is(b',')
            }
        }
    });
}

#[inline(always)]
fn mark_by(blocks: &[[u8; BLOCK]], words: &mut [[u8; WORD]], others: impl Fn(&[u8; BLOCK]) -> u64) {
    for (word, block) in words.iter_mut().zip(blocks) {
        *word = others(block).to_le_bytes();
    }
}

/// The bits of what is not plain text, eight bytes at a time. No sum of two bytes is carried over to the next.
fn others_of(block: &[u8; BLOCK]) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; WORD]);
    const HIGH_BITS: u64 = ONES << 7;
    let others = |word: u64| {
        let other_than = |byte: u8| {
            let differences = word ^ (ONES * u64::from(byte));
            ((differences & !HIGH_BITS) + !HIGH_BITS) | differences
        };
        // A byte from the space on has one of two bits, and either is carried to the highest.
        let from_space = (word & (ONES * 0x60)) + ONES * 0x60;
        let plain = from_space & !word & other_than(b'"') & other_than(b'\\') & HIGH_BITS;
        // Each of the eight highest bits is moved to its place in one byte.
        ((plain >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) ^ 0xFF
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
                let marked = ByteMask::by(kernel, &bytes);
                for at in 0..=bytes.len() {
                    let plain = bytes[at..].iter().take_while(|byte| is_plain(**byte));
                    prop_assert_eq!(marked.plain_len(at), plain.count(), "{} at {}", kernel, at);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn every_kernel_finds_what_is_sought(text in "[a\n]{0,20}[a-k\n\"\u{b}é]{0,200}[Z-a{-~\",é]{0,100}", lines in 0_usize..3) {
            let text = text.repeat(1 + 7 * lines);
            let soughts = [
                (ByteClass::LineEnds, "\n"),
                (ByteClass::Quotes, "\n\""),
                (ByteClass::Structure, "\",[\\]{|}"),
            ];
            for (sought, wanted) in soughts {
                let is_wanted = |byte: &u8| wanted.as_bytes().contains(byte);
                let places = 0..text.len();
                let expected: Vec<usize> = places.filter(|&at| is_wanted(&text.as_bytes()[at])).collect();
                for kernel in Kernel::available() {
                    let mut found = Vec::new();
                    each_of(kernel, sought, text.as_bytes(), |at| found.push(at));
                    prop_assert_eq!(&found, &expected, "{}, {:?}", kernel, sought);
                }
            }
        }
    }

    #[test]
    fn every_byte_is_told_by_every_kernel() {
        let bytes: Vec<u8> = (0..=u8::MAX).collect();
        for kernel in Kernel::available() {
            let marked = ByteMask::by(kernel, &bytes);
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
