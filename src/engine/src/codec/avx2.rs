//! The codec on AVX2, which practically every x86 processor of the last ten years has.
//!
//! Writing looks at the 130 bits of a text as thirteen windows of ten. A byte shuffle puts each window into a lane of
//! 16 bits, two multiplications shift its two characters into place, and two shuffles look up the alphabet's halves.
//!
//! Reading loads a record together with the six bytes before it, so that its characters end at the end of the vector.
//! Three shuffles look up digits, letters to O and letters from P, and multiplications join eight values of five bits to
//! forty. What was wrong in a block is collected by OR and looked at once before the block is given out.
//!
//! Functions with `#[target_feature]` may be called from one another without `unsafe`; what remains unsafe are loads
//! and stores, each over a slice whose length was checked.

#![expect(unsafe_code, reason = "vector loads and stores")]

use std::arch::x86_64::*;

use ulid::Ulid;

use super::{
    Fault, Order, Reading, TEXT_LEN, Text,
    alphabet::ALPHABET,
    fault::rescan,
    records::ending,
    scalar::{self, table},
};

/// Records in a block whose faults are looked for at once.
const BLOCK: usize = 16;

/// Bytes before a record that are loaded with it.
const BEFORE: usize = 32 - TEXT_LEN;

/// How far ahead of the reading the next lines are fetched, in bytes.
const AHEAD: usize = 1024;

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

/// Half of the alphabet, for both halves of a vector.
const fn half_alphabet(from: usize) -> Lanes {
    let mut lanes = [0; 32];
    let mut lane = 0;
    while lane < 32 {
        lanes[lane] = ALPHABET[from + lane % 16];
        lane += 1;
    }
    Lanes(lanes)
}

static TO_F: Lanes = half_alphabet(0);
static FROM_G: Lanes = half_alphabet(16);

/// Characters in pairs: where the ten bits of a pair lie among the 128, counted from the most significant. The first
/// pair has only eight, as if two zero bits came before.
const fn window_start(pair: usize) -> (Option<usize>, usize, usize) {
    if pair == 0 {
        (None, 0, 6)
    } else {
        let bit = 10 * pair - 2;
        (Some(bit / 8), bit / 8 + 1, bit % 8)
    }
}

/// For each lane of 16 bits, its two bytes of a ULID in memory order; 0x80 gives zero.
static WINDOWS: Lanes = {
    let mut lanes = [0x80; 32];
    let mut pair = 0;
    while pair < TEXT_LEN / 2 {
        let (upper, lower, _) = window_start(pair);
        if lower < 16 {
            lanes[2 * pair] = 15 - lower as u8;
        }
        if let Some(upper) = upper {
            lanes[2 * pair + 1] = 15 - upper as u8;
        }
        pair += 1;
    }
    Lanes(lanes)
};

/// For each lane of 16 bits, a power of two that multiplies the window so far that a character is in place: the first in
/// the lower byte of the product's upper half, or the second in the upper byte of its lower half.
const fn window_factors(shift_of_first: bool) -> Lanes {
    let mut lanes = [0; 32];
    let mut pair = 0;
    while pair < TEXT_LEN / 2 {
        let (_, _, skipped) = window_start(pair);
        let shift = skipped + if shift_of_first { 5 } else { 2 };
        lanes[2 * pair] = (1_u16 << shift) as u8;
        lanes[2 * pair + 1] = ((1_u16 << shift) >> 8) as u8;
        pair += 1;
    }
    Lanes(lanes)
}

static FIRST_FACTORS: Lanes = window_factors(true);
static SECOND_FACTORS: Lanes = window_factors(false);

/// The characters of 128 bits, and six bytes of no meaning.
#[inline]
#[target_feature(enable = "avx2")]
fn characters(key: u128) -> __m256i {
    let bytes = key.to_le_bytes();
    // SAFETY: the array holds 16 bytes.
    let key = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
    let windows = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(key), WINDOWS.load());
    let first = _mm256_and_si256(
        _mm256_mulhi_epu16(windows, FIRST_FACTORS.load()),
        _mm256_set1_epi16(0x001F),
    );
    let second = _mm256_and_si256(
        _mm256_mullo_epi16(windows, SECOND_FACTORS.load()),
        _mm256_set1_epi16(0x1F00),
    );
    let values = _mm256_or_si256(first, second);
    // The fifth bit of a value, moved to the top, chooses the half.
    _mm256_blendv_epi8(
        _mm256_shuffle_epi8(TO_F.load(), values),
        _mm256_shuffle_epi8(FROM_G.load(), values),
        _mm256_slli_epi16::<3>(values),
    )
}

/// The text of 128 bits.
#[target_feature(enable = "avx2")]
pub(super) fn encode(key: u128) -> Text {
    let characters = characters(key);
    let end = _mm256_extracti128_si256::<1>(characters);
    let mut text = [0; TEXT_LEN];
    // SAFETY: 16 bytes from the first and 8 from the seventeenth character are within 26.
    unsafe {
        _mm_storeu_si128(text.as_mut_ptr().cast(), _mm256_castsi256_si128(characters));
        _mm_storel_epi64(text.as_mut_ptr().add(16).cast(), end);
    }
    text[24..].copy_from_slice(&(_mm_extract_epi16::<4>(end) as u16).to_le_bytes());
    Text::new(text)
}

/// The value of 26 characters, if all are right.
#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn decode(text: &[u8; TEXT_LEN], reading: Reading) -> Option<u128> {
    let decoder = Decoder::new(reading);
    let mut wrong = _mm256_setzero_si256();
    let key = decoder.key(single(text), &mut wrong);
    if _mm256_testz_si256(wrong, wrong) == 0 {
        return None;
    }
    let mut bytes = [0; 16];
    // SAFETY: the array holds 16 bytes.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), key) };
    Some(u128::from_le_bytes(bytes))
}

/// The ULID of 26 characters, or why there is none.
#[target_feature(enable = "avx2")]
pub(super) fn parse(text: &[u8; TEXT_LEN], reading: Reading) -> Result<Ulid, Fault> {
    match decode(text, reading) {
        Some(key) => Ok(Ulid(key)),
        None => rescan(text, reading),
    }
}

/// Whether 26 characters are right.
#[target_feature(enable = "avx2")]
pub(super) fn accepts(text: &[u8; TEXT_LEN], reading: Reading) -> bool {
    let decoder = Decoder::new(reading);
    let mut wrong = _mm256_setzero_si256();
    decoder.values(single(text), &mut wrong);
    _mm256_testz_si256(wrong, wrong) == 1
}

/// Fills `out` with the records of `keys`.
#[target_feature(enable = "avx2")]
pub(super) fn encode_records<const STRIDE: usize>(keys: &[u128], out: &mut [u8]) {
    let mut done = 0;
    // Each store writes 32 bytes, of which the next record overwrites those past its own start.
    while let (Some(four), Some(place)) = (
        keys.get(done..done + 4),
        out.get_mut(done * STRIDE..done * STRIDE + 3 * STRIDE + 32),
    ) {
        for (index, &key) in four.iter().enumerate() {
            let record = &mut place[index * STRIDE..index * STRIDE + 32];
            // SAFETY: the slice holds 32 bytes.
            unsafe { _mm256_storeu_si256(record.as_mut_ptr().cast(), characters(key)) };
            record[TEXT_LEN..STRIDE].copy_from_slice(ending::<STRIDE>());
        }
        done += 4;
    }
    for (&key, record) in keys[done..]
        .iter()
        .zip(out[done * STRIDE..].chunks_exact_mut(STRIDE))
    {
        if let Some((text, end)) = record.split_first_chunk_mut() {
            *text = *encode(key).as_bytes();
            end.copy_from_slice(ending::<STRIDE>());
        }
    }
}

/// Reads records until one is wrong or `out` is full; says how many were right.
#[target_feature(enable = "avx2")]
pub(super) fn decode_records<const STRIDE: usize>(
    text: &[u8],
    reading: Reading,
    out: &mut [u128],
) -> usize {
    // The first record has no bytes before it to be loaded with.
    let mut done = match (text.get(..STRIDE), out.get_mut(..1)) {
        (Some(first), Some(slot)) => scalar::decode_records::<STRIDE>(first, reading, slot),
        _ => 0,
    };
    let decoder = Decoder::new(reading);
    while done > 0
        && let Some(slots) = out.get_mut(done..done + BLOCK)
        && let Some(block) = block::<STRIDE>(text, done)
        && let Some(keys) = decoder.block::<STRIDE>(block)
    {
        for (key, slot) in keys.into_iter().zip(slots) {
            // SAFETY: a `u128` holds 16 bytes.
            unsafe { _mm_storeu_si128(std::ptr::from_mut(slot).cast(), key) };
        }
        done += BLOCK;
    }
    done + scalar::decode_records::<STRIDE>(&text[done * STRIDE..], reading, &mut out[done..])
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

/// Adds records to `order` until one is wrong; says how many were right.
#[target_feature(enable = "avx2")]
pub(super) fn order_records<const STRIDE: usize>(
    text: &[u8],
    reading: Reading,
    order: &mut Order,
) -> usize {
    let mut keys = [0; 512];
    let mut done = 0;
    loop {
        let read = decode_records::<STRIDE>(&text[done * STRIDE..], reading, &mut keys);
        extend_order(order, &keys[..read]);
        done += read;
        if read < keys.len() {
            return done;
        }
    }
}

/// Adds keys to `order`.
#[target_feature(enable = "avx2")]
pub(super) fn extend_order(order: &mut Order, keys: &[u128]) {
    scalar::extend_order(order, keys);
}

/// The bytes of a block of records after `done` ones, and those loaded before it.
#[inline]
fn block<const STRIDE: usize>(text: &[u8], done: usize) -> Option<&[u8]> {
    let from = done * STRIDE;
    text.get(from - BEFORE..from + BLOCK * STRIDE)
}

/// For each byte of a ULID, where it lies among the joined values of both halves: five bytes in each 64-bit lane but the
/// first, which has one.
static GATHER: Lanes = {
    let mut lanes = [0x80; 32];
    let mut byte = 0;
    while byte < 16 {
        let lane = 3 - byte / 5;
        lanes[lane / 2 * 16 + byte] = (lane % 2 * 8 + byte % 5) as u8;
        byte += 1;
    }
    Lanes(lanes)
};

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

/// Bytes after `'0'` that are looked up at all: `'z'` is the last.
static SPAN: Lanes = {
    let mut lanes = [b'z' - b'0'; 32];
    let mut lane = 0;
    while lane < BEFORE {
        lanes[lane] = 0xFF;
        lane += 1;
    }
    Lanes(lanes)
};

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

/// What reading needs: the values of the characters by the upper four bits of their byte.
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

    /// The ULIDs of a block that has six bytes before it, if all of them are right.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn block<const STRIDE: usize>(&self, bytes: &[u8]) -> Option<[__m128i; BLOCK]> {
        let mut wrong = _mm256_setzero_si256();
        let mut ends = _mm256_setzero_si256();
        let end = const { &end_before::<STRIDE>() }.load();
        let mut keys = [_mm_setzero_si128(); BLOCK];
        for (index, key) in keys.iter_mut().enumerate() {
            prefetch(bytes, index * STRIDE + AHEAD);
            let record = load(bytes, index * STRIDE);
            ends = _mm256_or_si256(ends, _mm256_xor_si256(record, end));
            *key = self.key(record, &mut wrong);
        }
        Self::is_right::<STRIDE>(bytes, wrong, ends).then_some(keys)
    }

    /// Whether all records of a block that has six bytes before it are right.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn accepts_block<const STRIDE: usize>(&self, bytes: &[u8]) -> bool {
        let mut wrong = _mm256_setzero_si256();
        let mut ends = _mm256_setzero_si256();
        let end = const { &end_before::<STRIDE>() }.load();
        for index in 0..BLOCK {
            prefetch(bytes, index * STRIDE + AHEAD);
            let record = load(bytes, index * STRIDE);
            ends = _mm256_or_si256(ends, _mm256_xor_si256(record, end));
            self.values(record, &mut wrong);
        }
        Self::is_right::<STRIDE>(bytes, wrong, ends)
    }

    /// Each record was loaded with the end of the one before; the end of the last is looked at here.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn is_right<const STRIDE: usize>(bytes: &[u8], wrong: __m256i, ends: __m256i) -> bool {
        let end_lanes = const { &end_before_lanes::<STRIDE>() }.load();
        let wrong = _mm256_or_si256(wrong, _mm256_and_si256(ends, end_lanes));
        _mm256_testz_si256(wrong, wrong) == 1 && bytes.ends_with(ending::<STRIDE>())
    }

    /// The bits of a record in the upper 26 bytes.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn key(&self, record: __m256i, wrong: &mut __m256i) -> __m128i {
        let fives = self.values(record, wrong);
        let tens = _mm256_maddubs_epi16(fives, JOIN_FIVES.load());
        let twenties = _mm256_madd_epi16(tens, _mm256_set1_epi32(0x0001_0400));
        // The earlier twenty bits lie in the lower half. Shifting the later ones down leaves the earlier ones in the way
        // of nothing: they are above the forty bits.
        let forties = _mm256_or_si256(
            _mm256_slli_epi64::<20>(twenties),
            _mm256_srli_epi64::<32>(twenties),
        );
        let halves = _mm256_shuffle_epi8(forties, GATHER.load());
        _mm_or_si128(
            _mm256_castsi256_si128(halves),
            _mm256_extracti128_si256::<1>(halves),
        )
    }

    /// The values of the upper 26 bytes; `wrong` becomes other than zero if one has none or the first overflows.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn values(&self, record: __m256i, wrong: &mut __m256i) -> __m256i {
        // The bits that tell the rows apart, moved to the top, choose among them.
        let letters = _mm256_blendv_epi8(
            _mm256_shuffle_epi8(self.to_o, record),
            _mm256_shuffle_epi8(self.from_p, record),
            _mm256_slli_epi16::<3>(record),
        );
        let values = _mm256_blendv_epi8(
            _mm256_shuffle_epi8(self.digits, record),
            letters,
            _mm256_slli_epi16::<1>(record),
        );
        let after_0 = _mm256_sub_epi8(record, _mm256_set1_epi8(b'0' as i8));
        let out_of_span = _mm256_subs_epu8(after_0, SPAN.load());
        let too_large = _mm256_subs_epu8(values, LARGEST.load());
        *wrong = _mm256_or_si256(*wrong, _mm256_or_si256(out_of_span, too_large));
        values
    }
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
fn load(bytes: &[u8], at: usize) -> __m256i {
    let bytes = &bytes[at..at + 32];
    // SAFETY: the slice holds 32 bytes.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// Asks for the cache line `at` bytes ahead, which may lie past the text: a hint reads nothing.
#[inline]
fn prefetch(bytes: &[u8], at: usize) {
    // SAFETY: prefetching is allowed for any address.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(bytes.as_ptr().wrapping_add(at).cast()) };
}
