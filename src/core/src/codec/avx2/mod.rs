//! The codec on AVX2, which practically every x86 processor of the last ten years has.
//!
//! Writing looks at the 130 bits of a text as thirteen windows of ten. A byte shuffle puts each window into a lane of
//! 16 bits, two multiplications shift its two characters into place, and two shuffles look up the alphabet's halves.
//!
//! Reading loads a record together with the six bytes before it, so that its characters end at the end of the vector.
//! Three shuffles look up digits, letters to O and letters from P, and multiplications join eight values of five bits to
//! forty. The extremes of a block are collected and looked at once before the block is given out.
//!
//! Functions with `#[target_feature]` may be called from one another without `unsafe`; what remains unsafe are loads
//! and stores, each over a slice whose length was checked.

#![expect(unsafe_code, reason = "vector loads and stores")]

mod order;
mod print;

pub(super) use order::{extend_order, order_records};
pub(super) use print::{encode, encode_records};

use core::arch::x86_64::*;

use crate::Ulid;

use super::{
    Fault, Reading, TEXT_LEN, alphabet::table, fault::rescan, keys::Stored, records::ending,
    scalar, words::decode_words_by,
};
use crate::prefetch::prefetch;

/// Records in a block whose faults are looked for at once.
const BLOCK: usize = 16;

/// Bytes before a record that are loaded with it.
const BEFORE: usize = 32 - TEXT_LEN;

/// Distance ahead of the reading at which the next lines are fetched, in bytes.
const AHEAD: usize = 256;

/// One byte for each lane.
#[repr(align(32))]
struct Lanes([u8; 32]);

impl Lanes {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(&self) -> __m256i {
        // SAFETY: 32 bytes, aligned to 32.
        unsafe { _mm256_load_si256(self.0.as_ptr().cast()) }
    }
}

/// The value of 26 characters, if all are right.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn decode(text: &[u8; TEXT_LEN], reading: Reading) -> Option<u128> {
    let decoder = Decoder::new(reading);
    let record = single(text);
    let values = decoder.values(record);
    if !is_right(record, values) {
        return None;
    }
    let mut stored = 0;
    store_key(joined::<u128>(values), &mut stored);
    Some(stored)
}

#[target_feature(enable = "avx2")]
pub(super) fn decode_words(text: &[u8], places: &mut [u16], ids: &mut [u128]) -> usize {
    decode_words_by(text, places, ids, |text, reading| decode(text, reading))
}

/// The ULID of 26 characters, or why there is none.
#[target_feature(enable = "avx2")]
pub(super) fn parse(text: &[u8; TEXT_LEN], reading: Reading) -> Result<Ulid, Fault> {
    match decode(text, reading) {
        Some(key) => Ok(Ulid(key)),
        None => rescan(text, reading),
    }
}

/// Tells if 26 characters are right.
#[target_feature(enable = "avx2")]
pub(super) fn accepts(text: &[u8; TEXT_LEN], reading: Reading) -> bool {
    let decoder = Decoder::new(reading);
    let record = single(text);
    is_right(record, decoder.values(record))
}

/// Reads records until one is wrong or `out` is full; says how many were right.
#[target_feature(enable = "avx2")]
pub(super) fn decode_records<const STRIDE: usize, K: Stored>(
    text: &[u8],
    reading: Reading,
    out: &mut [K],
) -> usize {
    let decoder = Decoder::new(reading);
    // The first record has no bytes before it to be loaded with.
    let first = out.len().min(1);
    let mut done = decoder.singles::<STRIDE, K>(text, &mut out[..first]);
    while done > 0
        && let Some(slots) = out.get_mut(done..done + BLOCK)
        && let Some(block) = block::<STRIDE>(text, done)
        && let Some(keys) = decoder.block::<STRIDE, K>(block)
    {
        for (key, slot) in keys.into_iter().zip(slots) {
            store_key(key, slot);
        }
        done += BLOCK;
    }
    done + decoder.singles::<STRIDE, K>(&text[done * STRIDE..], &mut out[done..])
}

/// Says how many records are right before the first that is wrong.
#[target_feature(enable = "avx2")]
pub(super) fn accept_records<const STRIDE: usize>(text: &[u8], reading: Reading) -> usize {
    let mut done = match text.get(..STRIDE) {
        Some(first) => scalar::accept_records::<STRIDE>(first, reading),
        None => 0,
    };
    let decoder = Decoder::new(reading);
    while done > 0
        && let Some(block) = block::<STRIDE>(text, done)
        && decoder.accepts_block::<STRIDE>(block)
    {
        done += BLOCK;
    }
    done + scalar::accept_records::<STRIDE>(&text[done * STRIDE..], reading)
}

/// The bytes of a block of records after `done` ones, and those loaded before it.
#[inline]
fn block<const STRIDE: usize>(text: &[u8], done: usize) -> Option<&[u8]> {
    let from = done * STRIDE;
    text.get(from - BEFORE..from + BLOCK * STRIDE)
}

/// For each byte of a ULID in memory order, where it lies among the joined values of both halves: five bytes in each 64-bit
/// lane but the first, which has one.
const fn gather(is_turned: bool) -> Lanes {
    let last = if is_turned { 15 } else { 0 };
    let mut lanes = [0x80; 32];
    let mut byte = 0_usize;
    while byte < 16 {
        let lane = 3 - byte / 5;
        lanes[lane / 2 * 16 + byte.abs_diff(last)] = (lane % 2 * 8 + byte % 5) as u8;
        byte += 1;
    }
    Lanes(lanes)
}

/// In the lanes before a record nothing is wrong; the first character is at most 7, others at most 31.
static LARGEST: Lanes = {
    let mut lanes = [31; 32];
    let mut lane = 0;
    while lane < BEFORE {
        lanes[lane] = 0xFF;
        lane += 1;
    }
    lanes[BEFORE] = 7;
    Lanes(lanes)
};

/// The least and the greatest byte that are looked up at all, in the lanes of characters.
static LEAST: Lanes = from_record(b'0', 0);
static GREATEST: Lanes = from_record(b'z', 0xFF);

/// A byte in the lanes of a record, and another in those before it.
const fn from_record(byte: u8, before: u8) -> Lanes {
    let mut lanes = [byte; 32];
    let mut lane = 0;
    while lane < BEFORE {
        lanes[lane] = before;
        lane += 1;
    }
    Lanes(lanes)
}

/// Bytes after `'0'` that are looked up at all: `'z'` is the last.
static SPAN: Lanes = from_record(b'z' - b'0', 0xFF);

/// Tells if the bytes of a single record have values, and its first does not overflow.
#[inline]
#[target_feature(enable = "avx2")]
fn is_right(record: __m256i, values: __m256i) -> bool {
    let after_0 = _mm256_sub_epi8(record, _mm256_set1_epi8(b'0' as i8));
    let out_of_span = _mm256_subs_epu8(after_0, SPAN.load());
    let too_large = _mm256_subs_epu8(values, LARGEST.load());
    let wrong = _mm256_or_si256(out_of_span, too_large);
    _mm256_testz_si256(wrong, wrong) == 1
}

/// Extremes of the bytes and values of some records. They are compared with what may be once for all of them: two
/// extremes of the bytes and one of the values take three instructions a record, where a comparison of each takes five.
struct Seen {
    least: __m256i,
    greatest: __m256i,
    greatest_value: __m256i,
}

impl Seen {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn nothing() -> Seen {
        Seen {
            least: _mm256_set1_epi8(-1),
            greatest: _mm256_setzero_si256(),
            greatest_value: _mm256_setzero_si256(),
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn add(&mut self, bytes: __m256i, values: __m256i) {
        self.least = _mm256_min_epu8(self.least, bytes);
        self.greatest = _mm256_max_epu8(self.greatest, bytes);
        self.greatest_value = _mm256_max_epu8(self.greatest_value, values);
    }

    /// Other than zero where a byte has no value or a first one overflows.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn wrong(&self) -> __m256i {
        let below = _mm256_subs_epu8(LEAST.load(), self.least);
        let above = _mm256_subs_epu8(self.greatest, GREATEST.load());
        let too_large = _mm256_subs_epu8(self.greatest_value, LARGEST.load());
        _mm256_or_si256(_mm256_or_si256(below, above), too_large)
    }
}

/// Factors that join two values of five bits; zero before a record.
static JOIN_FIVES: Lanes = {
    let mut lanes = [0; 32];
    let mut lane = BEFORE;
    while lane < 32 {
        lanes[lane] = if lane.is_multiple_of(2) { 32 } else { 1 };
        lane += 1;
    }
    Lanes(lanes)
};

/// The end of the record before, where it is loaded with the next.
const fn end_before<const STRIDE: usize>() -> Lanes {
    let end = ending::<STRIDE>();
    let mut lanes = [0; 32];
    let mut index = 0;
    while index < end.len() {
        lanes[BEFORE - end.len() + index] = end[index];
        index += 1;
    }
    Lanes(lanes)
}

/// All bits of the lanes of [`end_before`].
const fn end_before_lanes<const STRIDE: usize>() -> Lanes {
    let mut lanes = [0; 32];
    let mut lane = BEFORE - ending::<STRIDE>().len();
    while lane < BEFORE {
        lanes[lane] = 0xFF;
        lane += 1;
    }
    Lanes(lanes)
}

/// Tables for reading: the values of the characters by the upper four bits of their byte.
struct Decoder {
    digits: __m256i,
    to_o: __m256i,
    from_p: __m256i,
}

impl Decoder {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(reading: Reading) -> Decoder {
        let table = table(reading);
        let row = |upper: usize| {
            let row = &table[16 * upper..][..16];
            // SAFETY: the slice holds 16 bytes.
            _mm256_broadcastsi128_si256(unsafe { _mm_loadu_si128(row.as_ptr().cast()) })
        };
        // Lower case has the rows of upper case.
        Decoder {
            digits: row(3),
            to_o: row(4),
            from_p: row(5),
        }
    }

    /// Reads records one at a time until one is wrong or `out` is full; says how many were right.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn singles<const STRIDE: usize, K: Stored>(&self, text: &[u8], out: &mut [K]) -> usize {
        let mut done = 0;
        for (record, slot) in text.as_chunks::<STRIDE>().0.iter().zip(out) {
            let Some((text, end)) = record.split_first_chunk() else {
                break;
            };
            let record = single(text);
            let values = self.values(record);
            store_key(joined::<K>(values), slot);
            if !is_right(record, values) || end != ending::<STRIDE>() {
                break;
            }
            done += 1;
        }
        done
    }

    /// The ULIDs of a block that has six bytes before it, if all of them are right.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn block<const STRIDE: usize, K: Stored>(&self, bytes: &[u8]) -> Option<[__m128i; BLOCK]> {
        let mut seen = Seen::nothing();
        let mut ends = _mm256_setzero_si256();
        let end = const { &end_before::<STRIDE>() }.load();
        let mut keys = [_mm_setzero_si128(); BLOCK];
        for (index, key) in keys.iter_mut().enumerate() {
            prefetch(bytes, index * STRIDE + AHEAD, 1);
            let record = load(bytes, index * STRIDE);
            ends = _mm256_or_si256(ends, _mm256_xor_si256(record, end));
            let values = self.values(record);
            seen.add(record, values);
            *key = joined::<K>(values);
        }
        Self::is_right::<STRIDE>(bytes, &seen, ends).then_some(keys)
    }

    /// Tells if all records of a block that has six bytes before it are right.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn accepts_block<const STRIDE: usize>(&self, bytes: &[u8]) -> bool {
        let mut seen = Seen::nothing();
        let mut ends = _mm256_setzero_si256();
        let end = const { &end_before::<STRIDE>() }.load();
        for index in 0..BLOCK {
            prefetch(bytes, index * STRIDE + AHEAD, 1);
            let record = load(bytes, index * STRIDE);
            ends = _mm256_or_si256(ends, _mm256_xor_si256(record, end));
            seen.add(record, self.values(record));
        }
        Self::is_right::<STRIDE>(bytes, &seen, ends)
    }

    /// Each record was loaded with the end of the one before; the end of the last is looked at here.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn is_right<const STRIDE: usize>(bytes: &[u8], seen: &Seen, ends: __m256i) -> bool {
        let end_lanes = const { &end_before_lanes::<STRIDE>() }.load();
        let wrong = _mm256_or_si256(seen.wrong(), _mm256_and_si256(ends, end_lanes));
        _mm256_testz_si256(wrong, wrong) == 1 && bytes.ends_with(ending::<STRIDE>())
    }

    /// The values of the upper 26 bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn values(&self, record: __m256i) -> __m256i {
        // The bits that tell the rows apart, moved to the top, choose among them.
        let letters = _mm256_blendv_epi8(
            _mm256_shuffle_epi8(self.to_o, record),
            _mm256_shuffle_epi8(self.from_p, record),
            _mm256_slli_epi16::<3>(record),
        );
        _mm256_blendv_epi8(
            _mm256_shuffle_epi8(self.digits, record),
            letters,
            _mm256_slli_epi16::<1>(record),
        )
    }
}

/// A key of the values in the upper 26 bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn joined<K: Stored>(fives: __m256i) -> __m128i {
    let tens = _mm256_maddubs_epi16(fives, JOIN_FIVES.load());
    let twenties = _mm256_madd_epi16(tens, _mm256_set1_epi32(0x0001_0400));
    // The earlier twenty bits lie in the lower half. Shifting the later ones down leaves the earlier ones in the way
    // of nothing: they are above the forty bits.
    let forties = _mm256_or_si256(
        _mm256_slli_epi64::<20>(twenties),
        _mm256_srli_epi64::<32>(twenties),
    );
    let gather = const { &gather(K::TURNED) }.load();
    let halves = _mm256_shuffle_epi8(forties, gather);
    _mm_or_si128(
        _mm256_castsi256_si128(halves),
        _mm256_extracti128_si256::<1>(halves),
    )
}

/// 26 characters in the upper 26 bytes, zeros before them.
#[inline]
#[target_feature(enable = "avx2")]
fn single(text: &[u8; TEXT_LEN]) -> __m256i {
    // SAFETY: 16 bytes from the first and 16 from the eleventh character are within 26.
    let (start, end) = unsafe {
        (
            _mm_loadu_si128(text.as_ptr().cast()),
            _mm_loadu_si128(text.as_ptr().add(10).cast()),
        )
    };
    _mm256_set_m128i(end, _mm_bslli_si128::<6>(start))
}

#[inline]
#[target_feature(enable = "avx2")]
fn store_key<K: Stored>(key: __m128i, slot: &mut K) {
    const { assert!(size_of::<K>() == 16) };
    // SAFETY: a key holds 16 bytes, which may be any.
    unsafe { _mm_storeu_si128(core::ptr::from_mut(slot).cast(), key) };
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(bytes: &[u8], at: usize) -> __m256i {
    let bytes = &bytes[at..at + 32];
    // SAFETY: the slice holds 32 bytes.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}
