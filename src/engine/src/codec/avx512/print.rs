//! Writing text.

use std::arch::x86_64::*;

use super::{Lanes, load_keys};
use crate::codec::{TEXT_LEN, Text, alphabet::ALPHABET, records::ending};

/// The lowest byte of a ULID, in memory order, that each 64-bit lane of its text takes its bits from.
const LANE_START: [usize; 4] = [11, 6, 1, 0];

/// The alphabet twice, so that the sixth bit of an index does not matter.
static CHARACTERS: Lanes = {
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 64 {
        lanes[lane] = ALPHABET[lane % 32];
        lane += 1;
    }
    Lanes(lanes)
};

/// For two ULIDs that lie from byte `first`, the byte that each lane of their text takes; lanes beyond the ULID's end
/// are not in [`ENCODE_MASK`].
const fn encode_spread(first: usize) -> Lanes {
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 64 {
        let from = LANE_START[lane % 32 / 8] + lane % 8;
        if from < 16 {
            lanes[lane] = (first + lane / 32 * 16 + from) as u8;
        }
        lane += 1;
    }
    Lanes(lanes)
}

/// For one ULID with zeros after it, the byte that each lane of its text takes.
static ALONE: Lanes = {
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 32 {
        lanes[lane] = (LANE_START[lane / 8] + lane % 8) as u8;
        lane += 1;
    }
    Lanes(lanes)
};
static FIRST_PAIR: Lanes = encode_spread(0);
static SECOND_PAIR: Lanes = encode_spread(32);

const ENCODE_MASK: u64 = {
    let mut mask = 0;
    let mut lane = 0;
    while lane < 64 {
        if LANE_START[lane % 32 / 8] + lane % 8 < 16 {
            mask |= 1 << lane;
        }
        lane += 1;
    }
    mask
};

/// For each character, where its five bits begin within its 64-bit lane.
static ENCODE_SHIFTS: Lanes = {
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 64 {
        let character = lane % 32;
        if character < TEXT_LEN {
            let lowest_bit = 125 - 5 * character;
            lanes[lane] = (lowest_bit - 8 * LANE_START[character / 8]) as u8;
        }
        lane += 1;
    }
    Lanes(lanes)
};

/// The lanes that hold characters when two records are written.
const TEXT_LANES: u64 = 0x03FF_FFFF_03FF_FFFF;

/// The text of 128 bits.
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(in crate::codec) fn encode(key: u128) -> Text {
    let bytes = key.to_le_bytes();
    // SAFETY: the array holds 16 bytes.
    let key = unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) };
    let spread = _mm256_permutexvar_epi8(ALONE.load_low(), _mm256_zextsi128_si256(key));
    let fives = _mm256_multishift_epi64_epi8(ENCODE_SHIFTS.load_low(), spread);
    let characters = _mm256_permutexvar_epi8(fives, CHARACTERS.load_low());
    let mut text = [0; Text::ROOM];
    // SAFETY: the array holds 32 bytes.
    unsafe { _mm256_storeu_si256(text.as_mut_ptr().cast(), characters) };
    Text::new(text)
}

/// Fills `out` with the records of `keys`.
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(in crate::codec) fn encode_records<const STRIDE: usize>(keys: &[u128], out: &mut [u8]) {
    let (first, second) = (FIRST_PAIR.load(), SECOND_PAIR.load());
    let (shifts, alphabet) = (ENCODE_SHIFTS.load(), CHARACTERS.load());
    let endings = const { &written_endings::<STRIDE>() }.load();
    let mut done = 0;
    // Each store writes 32 bytes, of which the next record overwrites those past its own start.
    while let (Some(four), Some(place)) = (
        keys.get(done..done + 4),
        out.get_mut(done * STRIDE..done * STRIDE + 3 * STRIDE + 32),
    ) {
        let four = load_keys(four);
        for (pair, spread) in [first, second].into_iter().enumerate() {
            let bytes = _mm512_maskz_permutexvar_epi8(ENCODE_MASK, spread, four);
            let fives = _mm512_multishift_epi64_epi8(shifts, bytes);
            let records = _mm512_mask_permutexvar_epi8(endings, TEXT_LANES, fives, alphabet);
            let at = 2 * pair * STRIDE;
            store_half(place, at, _mm512_castsi512_si256(records));
            store_half(place, at + STRIDE, _mm512_extracti64x4_epi64::<1>(records));
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

/// The line ending in the lanes after the characters, as two records are written 32 bytes apart.
const fn written_endings<const STRIDE: usize>() -> Lanes {
    let mut lanes = [0; 64];
    let mut index = 0;
    while TEXT_LEN + index < STRIDE {
        lanes[TEXT_LEN + index] = ending::<STRIDE>()[index];
        lanes[32 + TEXT_LEN + index] = ending::<STRIDE>()[index];
        index += 1;
    }
    Lanes(lanes)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn store_half(bytes: &mut [u8], at: usize, record: __m256i) {
    let bytes = &mut bytes[at..at + 32];
    // SAFETY: the slice holds 32 bytes.
    unsafe { _mm256_storeu_si256(bytes.as_mut_ptr().cast(), record) };
}
