//! The codec on AVX-512 with VBMI, VBMI2, IFMA and VPOPCNTDQ: Intel since Ice Lake, AMD since Zen 4.
//!
//! Writing gives each 64-bit lane the bytes that its eight characters are made of; `vpmultishiftqb` cuts them into groups
//! of five bits, and one `vpermb` looks up all characters. Two records with their line endings are written at once.
//!
//! Reading turns this round. `vpermi2b` looks up the values of two records at once, multiplications join eight values
//! of five bits to forty, and a last `vpermi2b` gathers the bytes of four ULIDs. Whether a byte was wrong is not asked
//! byte by byte: line endings are looked up as values of their own, which have to be there, and the evidence of a block is
//! collected and looked at once before the block is given out.
//!
//! Functions with `#[target_feature]` may be called from one another without `unsafe`; what remains unsafe are loads
//! and stores, each over a slice whose length was checked.

#![expect(unsafe_code, reason = "vector loads and stores")]

mod layout;
mod order;
mod print;
mod words;

pub(super) use order::{extend_order, order_records};
pub(super) use print::{encode, encode_records};
pub(super) use words::decode_words;

use core::arch::x86_64::*;

use crate::Ulid;

use self::layout::{
    DECODE_GATHER, DECODE_MASK, Lanes, WEIGHTS, WRONG_BEHIND, WRONG_IN_FRONT, decode_gather,
    decode_spread, look_up_table, read_endings, spread_endings, wrong_as_read, wrong_as_spread,
};
use super::{Fault, Reading, TEXT_LEN, fault::rescan, keys::Stored, scalar};
use crate::prefetch::prefetch;

/// Distance ahead of the reading at which the next lines are fetched, in bytes.
const AHEAD: usize = 256;

/// The value of 26 characters, if all are right.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(super) fn decode(text: &[u8; TEXT_LEN], reading: Reading) -> Option<u128> {
    let (fives, characters) = single_values(text, reading);
    let tens = _mm256_maddubs_epi16(fives, _mm256_set1_epi16(0x0120));
    let twenties = _mm256_madd_epi16(tens, _mm256_set1_epi32(0x0001_0400));
    let forties = _mm256_madd52lo_epu64(
        _mm256_srli_epi64::<32>(twenties),
        twenties,
        _mm256_set1_epi64x(1 << 20),
    );
    if !are_right(fives, characters, WRONG_BEHIND.load_low()) {
        return None;
    }
    let bytes = _mm256_permutexvar_epi8(DECODE_GATHER.load_low(), forties);
    let mut key = 0_u128;
    // SAFETY: a `u128` holds 16 bytes.
    unsafe { _mm_storeu_si128((&raw mut key).cast(), _mm256_castsi256_si128(bytes)) };
    Some(key)
}

/// The ULID of 26 characters, or why there is none.
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(super) fn parse(text: &[u8; TEXT_LEN], reading: Reading) -> Result<Ulid, Fault> {
    match decode(text, reading) {
        Some(key) => Ok(Ulid(key)),
        None => rescan(text, reading),
    }
}

/// Tells if 26 characters are right.
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(super) fn accepts(text: &[u8; TEXT_LEN], reading: Reading) -> bool {
    // SAFETY: no more than 26 bytes are loaded.
    let characters = unsafe { _mm256_maskz_loadu_epi8((1 << TEXT_LEN) - 1, text.as_ptr().cast()) };
    let (low, high) = look_up_table(reading);
    let values = _mm512_permutex2var_epi8(low, _mm512_zextsi256_si512(characters), high);
    are_right(
        _mm512_castsi512_si256(values),
        characters,
        WRONG_IN_FRONT.load_low(),
    )
}

/// Reads records until one is wrong or `out` is full; says how many were right.
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(super) fn decode_records<const STRIDE: usize, K: Stored>(
    text: &[u8],
    reading: Reading,
    out: &mut [K],
) -> usize {
    let decoder = Decoder::<STRIDE>::new(reading);
    let done = decode_blocks::<STRIDE, 8, K>(&decoder, text, out, 0);
    let done = decode_blocks::<STRIDE, 1, K>(&decoder, text, out, done);
    done + scalar::decode_records::<STRIDE, K>(&text[done * STRIDE..], reading, &mut out[done..])
}

/// Goes on reading after `done` records, in blocks of `QUADS` times four.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
fn decode_blocks<const STRIDE: usize, const QUADS: usize, K: Stored>(
    decoder: &Decoder<STRIDE>,
    text: &[u8],
    out: &mut [K],
    mut done: usize,
) -> usize {
    while let (Some(block), Some(slots)) = (
        block::<STRIDE, QUADS>(text, done),
        out.get_mut(done..done + 4 * QUADS),
    ) {
        let Some(quads) = decoder.block::<QUADS, TO_STORE, K>(block) else {
            break;
        };
        for (quad, slots) in quads.into_iter().zip(slots.chunks_exact_mut(4)) {
            store_keys(slots, quad);
        }
        done += 4 * QUADS;
    }
    done
}

/// Says how many records are right before the first that is wrong.
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(super) fn accept_records<const STRIDE: usize>(text: &[u8], reading: Reading) -> usize {
    let done = accept_blocks::<STRIDE, 8>(text, reading, 0);
    let done = accept_blocks::<STRIDE, 1>(text, reading, done);
    done + scalar::accept_records::<STRIDE>(&text[done * STRIDE..], reading)
}

/// Goes on after `done` records, in blocks of `QUADS` times four. Two records lie in one vector as they are.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
fn accept_blocks<const STRIDE: usize, const QUADS: usize>(
    text: &[u8],
    reading: Reading,
    mut done: usize,
) -> usize {
    let (low, high) = look_up_table(reading);
    let endings = const { &read_endings::<STRIDE>() }.load();
    let wrong_bits = const { &wrong_as_read::<STRIDE>() }.load();
    let lanes = const { (1 << (2 * STRIDE)) - 1 };
    while let Some(block) = block::<STRIDE, QUADS>(text, done) {
        let mut values = _mm512_setzero_si512();
        let mut bytes = _mm512_setzero_si512();
        for pair in 0..2 * QUADS {
            prefetch(block, 2 * STRIDE * pair + AHEAD, 1);
            let records = load(block, 2 * STRIDE * pair);
            let looked_up = _mm512_permutex2var_epi8(low, records, high);
            values = _mm512_ternarylogic_epi64::<OR_DIFFERENCE>(values, looked_up, endings);
            bytes = _mm512_or_si512(bytes, records);
        }
        let wrong =
            _mm512_test_epi8_mask(values, wrong_bits) | (_mm512_movepi8_mask(bytes) & lanes);
        if wrong != 0 {
            break;
        }
        done += 4 * QUADS;
    }
    done
}

/// The bytes of a block of `QUADS` times four records after `done` ones, and what its last load reads past them.
#[inline]
fn block<const STRIDE: usize, const QUADS: usize>(text: &[u8], done: usize) -> Option<&[u8]> {
    let from = done * STRIDE;
    text.get(from..from + (4 * QUADS - 2) * STRIDE + 64)
}

/// `a | b ^ c`, as `vpternlog` wants it
const OR_DIFFERENCE: i32 = 0xF6;
/// `a | b | c`
const OR: i32 = 0xFE;
/// `a | b & c`
const OR_BOTH: i32 = 0xF8;

/// Callers of [`Decoder::block`].
const TO_STORE: u8 = 0;
const TO_COMPARE: u8 = 1;

/// Tables for reading a block.
struct Decoder<const STRIDE: usize> {
    low: __m512i,
    high: __m512i,
    spread: __m512i,
    endings: __m512i,
    wrong_bits: __m512i,
    weights: __m512i,
}

impl<const STRIDE: usize> Decoder<STRIDE> {
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn new(reading: Reading) -> Decoder<STRIDE> {
        let (low, high) = look_up_table(reading);
        Decoder {
            low,
            high,
            spread: const { &decode_spread::<STRIDE>() }.load(),
            endings: const { &spread_endings::<STRIDE>() }.load(),
            wrong_bits: const { &wrong_as_spread::<STRIDE>() }.load(),
            weights: WEIGHTS.load(),
        }
    }

    /// The ULIDs of a block, four to a vector, if all of them are right. `FOR` tells its callers apart, so that each has
    /// a copy of its own, which is inlined and keeps the ULIDs in registers; one for both passes them through memory.
    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
    )]
    fn block<const QUADS: usize, const FOR: u8, K: Stored>(
        &self,
        bytes: &[u8],
    ) -> Option<[__m512i; QUADS]> {
        let gather = const { &decode_gather(K::TURNED) }.load();
        let none = _mm512_setzero_si512();
        let (mut seen_values, mut seen_bytes) = (none, none);
        let mut quads = [none; QUADS];
        for (index, quad) in quads.iter_mut().enumerate() {
            let at = 4 * STRIDE * index;
            prefetch(bytes, at + AHEAD, 4 * STRIDE);
            let (first, second) = (load(bytes, at), load(bytes, at + 2 * STRIDE));
            let (first, second) = (self.spread(first), self.spread(second));
            seen_bytes = _mm512_ternarylogic_epi64::<OR>(seen_bytes, first, second);
            let (first, second) = (self.look_up(first), self.look_up(second));
            for values in [first, second] {
                seen_values =
                    _mm512_ternarylogic_epi64::<OR_DIFFERENCE>(seen_values, values, self.endings);
            }
            let (first, second) = (join(first, self.weights), join(second, self.weights));
            *quad = _mm512_permutex2var_epi8(first, gather, second);
        }
        let wrong = _mm512_test_epi8_mask(seen_values, self.wrong_bits);
        (wrong | _mm512_movepi8_mask(seen_bytes) == 0).then_some(quads)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vbmi")]
    fn spread(&self, records: __m512i) -> __m512i {
        _mm512_permutexvar_epi8(self.spread, records)
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512vbmi")]
    fn look_up(&self, characters: __m512i) -> __m512i {
        _mm512_permutex2var_epi8(self.low, characters, self.high)
    }
}

/// Eight values of five bits joined to forty, in each 64-bit lane. The `weights` of two in a row are 32 and 1, or zero
/// where they count nothing.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
fn join(fives: __m512i, weights: __m512i) -> __m512i {
    let tens = _mm512_maddubs_epi16(fives, weights);
    let twenties = _mm512_madd_epi16(tens, _mm512_set1_epi32(0x0001_0400));
    // The earlier twenty bits lie in the lower half. Their product with 2^20, cut at 52 bits, loses the later ones.
    _mm512_madd52lo_epu64(
        _mm512_srli_epi64::<32>(twenties),
        twenties,
        _mm512_set1_epi64(1 << 20),
    )
}

/// The values of 26 characters in lanes 6 to 31, and the characters; zeros before them.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
fn single_values(text: &[u8; TEXT_LEN], reading: Reading) -> (__m256i, __m256i) {
    // SAFETY: 16 bytes from the first and 16 from the eleventh character are within 26.
    let (start, end) = unsafe {
        (
            _mm_loadu_si128(text.as_ptr().cast()),
            _mm_loadu_si128(text.as_ptr().add(10).cast()),
        )
    };
    let characters = _mm256_set_m128i(end, _mm_bslli_si128::<6>(start));
    let (low, high) = look_up_table(reading);
    let lanes = DECODE_MASK & 0xFFFF_FFFF;
    let wide = _mm512_zextsi256_si512(characters);
    let values = _mm512_maskz_permutex2var_epi8(lanes, low, wide, high);
    (_mm512_castsi512_si256(values), characters)
}

/// Tells if all characters have a value, and the first one of three bits: if all bits that tell of a `wrong` are zero.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
fn are_right(fives: __m256i, characters: __m256i, wrong: __m256i) -> bool {
    // the highest bit of a character that is not ASCII, or of the value of one that has none
    let evidence = _mm256_ternarylogic_epi64::<OR_BOTH>(fives, characters, _mm256_set1_epi8(-128));
    _mm256_test_epi8_mask(evidence, wrong) == 0
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(bytes: &[u8], at: usize) -> __m512i {
    let bytes = &bytes[at..at + 64];
    // SAFETY: the slice holds 64 bytes.
    unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load_keys<K: Stored>(keys: &[K]) -> __m512i {
    const { assert!(size_of::<K>() == 16) };
    let keys = &keys[..4];
    // SAFETY: the slice holds four times 16 bytes.
    unsafe { _mm512_loadu_si512(keys.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store_keys<K: Stored>(keys: &mut [K], four: __m512i) {
    const { assert!(size_of::<K>() == 16) };
    let keys = &mut keys[..4];
    // SAFETY: the slice holds four times 16 bytes, which may be any.
    unsafe { _mm512_storeu_si512(keys.as_mut_ptr().cast(), four) };
}
