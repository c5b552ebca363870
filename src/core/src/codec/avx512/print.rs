//! Writing text.

use core::arch::x86_64::*;

use super::{Lanes, load_keys};
use crate::codec::{TEXT_LEN, Text, alphabet::ALPHABET, keys::Stored, records::ending};

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

/// For each character, where its five bits begin within its 64-bit lane.
static ENCODE_SHIFTS: Lanes = {
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 64 {
        let character = lane % 32;
        if character < TEXT_LEN {
            lanes[lane] = (lowest_bit(character) - 8 * LANE_START[character / 8]) as u8;
        }
        lane += 1;
    }
    Lanes(lanes)
};

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
    // SAFETY: the characters were looked up in the alphabet.
    unsafe { Text::new(text) }
}

/// Layout of two records, one directly behind the other.
struct Pair {
    /// For each byte, which of the bytes of two ULIDs its 64-bit lane takes: from the lowest that the lane's characters
    /// need, first those of the first ULID.
    spread: Lanes,
    /// The bytes that take one; the others are zero.
    taken: u64,
    /// For each character, where its five bits begin within its 64-bit lane.
    shifts: Lanes,
    /// The line endings, and zeros.
    endings: Lanes,
    /// The characters.
    text: u64,
}

impl Pair {
    /// Of ULIDs that lie from byte `first`, with the most significant byte last, or where they are turned first.
    const fn new<const STRIDE: usize>(first: usize, is_turned: bool) -> Pair {
        let last = if is_turned { 15 } else { 0_usize };
        let (mut spread, mut shifts, mut endings) = ([0; 64], [0; 64], [0; 64]);
        let (mut taken, mut text) = (0, 0);
        let (mut lane, mut room) = (0, 0);
        while lane < 2 * STRIDE {
            let (record, index) = (lane / STRIDE, lane % STRIDE);
            if lane % 8 == 0 {
                room = lane;
            }
            if index >= TEXT_LEN {
                endings[lane] = ending::<STRIDE>()[index - TEXT_LEN];
                lane += 1;
                continue;
            }
            // As many characters as are left in both the record and the 64-bit lane.
            let count = least(TEXT_LEN - index, 8 - lane % 8);
            let lowest_byte = lowest_bit(index + count - 1) / 8;
            let mut character = 0;
            while character < count {
                let bit = lowest_bit(index + character) - 8 * lowest_byte;
                shifts[lane + character] = (8 * (room % 8) + bit) as u8;
                text |= 1 << (lane + character);
                character += 1;
            }
            let mut byte = lowest_byte;
            while byte <= (lowest_bit(index) + 4) / 8 {
                if byte < 16 {
                    spread[room] = (first + 16 * record + last.abs_diff(byte)) as u8;
                    taken |= 1 << room;
                }
                room += 1;
                byte += 1;
            }
            lane += count;
        }
        Pair {
            spread: Lanes(spread),
            taken,
            shifts: Lanes(shifts),
            endings: Lanes(endings),
            text,
        }
    }
}

/// The lowest of the five bits of a character.
const fn lowest_bit(character: usize) -> usize {
    125 - 5 * character
}

const fn least(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// Fills `out` with the records of `keys`.
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(in crate::codec) fn encode_records<const STRIDE: usize, K: Stored>(keys: &[K], out: &mut [u8]) {
    let pairs = const {
        &[
            Pair::new::<STRIDE>(0, K::TURNED),
            Pair::new::<STRIDE>(32, K::TURNED),
        ]
    };
    let alphabet = CHARACTERS.load();
    let mut done = 0;
    // Each store writes 64 bytes, of which the next records overwrite those past their own start.
    while let (Some(four), Some(place)) = (
        keys.get(done..done + 4),
        out.get_mut(done * STRIDE..done * STRIDE + 2 * STRIDE + 64),
    ) {
        let four = load_keys(four);
        for (index, pair) in pairs.iter().enumerate() {
            let bytes = _mm512_maskz_permutexvar_epi8(pair.taken, pair.spread.load(), four);
            let fives = _mm512_multishift_epi64_epi8(pair.shifts.load(), bytes);
            let endings = pair.endings.load();
            let records = _mm512_mask_permutexvar_epi8(endings, pair.text, fives, alphabet);
            store(place, 2 * STRIDE * index, records);
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

#[inline]
#[target_feature(enable = "avx512f")]
fn store(bytes: &mut [u8], at: usize, records: __m512i) {
    let bytes = &mut bytes[at..at + 64];
    // SAFETY: the slice holds 64 bytes.
    unsafe { _mm512_storeu_si512(bytes.as_mut_ptr().cast(), records) };
}
