//! Writing text.

use core::arch::x86_64::*;

use super::Lanes;
use crate::codec::{TEXT_LEN, Text, alphabet::ALPHABET, keys::Stored, records::ending};

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

/// For each lane of 16 bits, its two bytes of a ULID in memory order; 0x80 gives zero. The most significant byte is the
/// last in memory, or where the bytes are turned the first.
const fn windows(is_turned: bool) -> Lanes {
    let last = if is_turned { 0 } else { 15 };
    let mut lanes = [0x80; 32];
    let mut pair = 0;
    while pair < TEXT_LEN / 2 {
        let (upper, lower, _) = window_start(pair);
        if lower < 16 {
            lanes[2 * pair] = lower.abs_diff(last) as u8;
        }
        if let Some(upper) = upper {
            lanes[2 * pair + 1] = upper.abs_diff(last) as u8;
        }
        pair += 1;
    }
    Lanes(lanes)
}

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

/// The characters of a key, and `000000`.
#[inline]
#[target_feature(enable = "avx2")]
fn characters<K: Stored>(key: &K) -> __m256i {
    const { assert!(size_of::<K>() == 16) };
    // SAFETY: a key holds 16 bytes.
    let key = unsafe { _mm_loadu_si128(core::ptr::from_ref(key).cast()) };
    let windows = const { &windows(K::TURNED) }.load();
    let windows = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(key), windows);
    let values = _mm256_and_si256(
        _mm256_blendv_epi8(
            _mm256_mulhi_epu16(windows, FIRST_FACTORS.load()),
            _mm256_mullo_epi16(windows, SECOND_FACTORS.load()),
            _mm256_set1_epi16(0xFF00_u16 as i16),
        ),
        _mm256_set1_epi8(0x1F),
    );
    // The fifth bit of a value, moved to the top, chooses the half.
    _mm256_blendv_epi8(
        _mm256_shuffle_epi8(TO_F.load(), values),
        _mm256_shuffle_epi8(FROM_G.load(), values),
        _mm256_slli_epi16::<3>(values),
    )
}

/// The text of 128 bits.
#[target_feature(enable = "avx2")]
pub(in crate::codec) fn encode(key: u128) -> Text {
    let mut text = [0; Text::ROOM];
    // SAFETY: the array holds 32 bytes.
    unsafe { _mm256_storeu_si256(text.as_mut_ptr().cast(), characters(&key)) };
    // SAFETY: the characters were looked up in the alphabet.
    unsafe { Text::new(text) }
}

/// Fills `out` with the records of `keys`.
#[target_feature(enable = "avx2")]
pub(in crate::codec) fn encode_records<const STRIDE: usize, K: Stored>(keys: &[K], out: &mut [u8]) {
    let mut done = 0;
    // Each store writes 32 bytes, of which the line ending and the next record overwrite those past the characters: an
    // operation more on each vector would cost more than the short store.
    while let (Some(four), Some(place)) = (
        keys.get(done..done + 4),
        out.get_mut(done * STRIDE..done * STRIDE + 3 * STRIDE + 32),
    ) {
        for (index, key) in four.iter().enumerate() {
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
            *text = *encode(key.bits()).as_bytes();
            end.copy_from_slice(ending::<STRIDE>());
        }
    }
}
