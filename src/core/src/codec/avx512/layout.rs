//! Lanes and what lies in them, and the values that characters are looked up as.

use core::arch::x86_64::*;

use super::super::{
    Reading, TEXT_LEN,
    alphabet::{INVALID, LENIENT, STRICT},
};

/// One byte for each lane.
#[repr(align(64))]
pub(super) struct Lanes(pub(super) [u8; 64]);

impl Lanes {
    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn load(&self) -> __m512i {
        // SAFETY: 64 bytes, aligned to 64.
        unsafe { _mm512_load_si512(self.0.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    pub(super) fn load_low(&self) -> __m256i {
        _mm512_castsi512_si256(self.load())
    }
}

/// Marks a byte that has no value: larger than every value.
const NO_VALUE: u8 = 0x80;
/// A line feed.
const FEED: u8 = NO_VALUE | 0x20;
/// A carriage return.
const RETURN: u8 = NO_VALUE | 0x10;
/// The bit of bytes that go on with a word.
pub(super) const JOINED: u8 = 0x40;

/// The values of the ASCII bytes, for each reading.
static VALUES: [[Lanes; 2]; 2] = [
    [values(0, &STRICT), values(64, &STRICT)],
    [values(0, &LENIENT), values(64, &LENIENT)],
];

const fn values(first: usize, table: &[u8; 256]) -> Lanes {
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 64 {
        let byte = first + lane;
        lanes[lane] = match (table[byte], byte as u8) {
            (INVALID, b'\n') => FEED,
            (INVALID, b'\r') => RETURN,
            (INVALID, b'_' | b'-') => NO_VALUE | JOINED,
            (INVALID, _) => NO_VALUE,
            (value, _) => value,
        };
        lane += 1;
    }
    Lanes(lanes)
}

#[inline]
#[target_feature(enable = "avx512f")]
pub(super) fn look_up_table(reading: Reading) -> (__m512i, __m512i) {
    let [low, high] = &VALUES[usize::from(reading == Reading::Lenient)];
    (low.load(), high.load())
}

/// The bits that tell of a wrong value, and of an overflow of the first, of characters from lane `first`.
const fn wrong_from(first: usize, mut lanes: [u8; 64]) -> [u8; 64] {
    let mut lane = first;
    while lane < first + TEXT_LEN {
        lanes[lane] = NO_VALUE;
        lane += 1;
    }
    lanes[first] |= 0b1_1000;
    lanes
}

/// Bits of one record in lanes 0 to 25.
pub(super) static WRONG_IN_FRONT: Lanes = Lanes(wrong_from(0, [0; 64]));
/// Bits of one record in lanes 6 to 31, and of another in lanes 38 to 63.
pub(super) static WRONG_BEHIND: Lanes = Lanes(wrong_from(38, wrong_from(6, [0; 64])));

/// Two records are read into lanes 6 to 31 and 38 to 63, so that their 26 values end at a 64-bit lane; their line endings
/// into those before, and what is left over holds their first character once more.
pub(super) const fn decode_spread<const STRIDE: usize>() -> Lanes {
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 64 {
        let (first, lane_of_record) = (lane / 32 * STRIDE, lane % 32);
        lanes[lane] = if lane_of_record >= 6 {
            first + lane_of_record - 6
        } else if lane_of_record + STRIDE >= 6 + TEXT_LEN {
            first + lane_of_record + STRIDE - 6
        } else {
            first
        } as u8;
        lane += 1;
    }
    Lanes(lanes)
}

/// The lanes of [`decode_spread`] that hold characters.
pub(super) const DECODE_MASK: u64 = 0xFFFF_FFC0_FFFF_FFC0;

/// The weights by which the values of two neighbours are joined; none for what is before the characters.
pub(super) static WEIGHTS: Lanes = {
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 64 {
        if DECODE_MASK >> lane & 1 == 1 {
            lanes[lane] = if lane % 2 == 0 { 32 } else { 1 };
        }
        lane += 1;
    }
    Lanes(lanes)
};

/// For each byte of four ULIDs in memory order, where it lies in the two vectors of joined values: fifteen bytes in three
/// lanes of five, and the highest alone.
pub(super) const fn decode_gather(is_turned: bool) -> Lanes {
    let last = if is_turned { 15 } else { 0 };
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 64 {
        let (record, byte) = (lane / 16, (lane % 16_usize).abs_diff(last));
        lanes[lane] = (32 * record + 8 * (3 - byte / 5) + byte % 5) as u8;
        lane += 1;
    }
    Lanes(lanes)
}

/// That of keys which are numbers.
pub(super) static DECODE_GATHER: Lanes = decode_gather(false);

/// The values that an ending of this many bytes is looked up as.
const fn looked_up_ending<const STRIDE: usize>() -> &'static [u8] {
    match STRIDE {
        27 => &[FEED],
        28 => &[RETURN, FEED],
        _ => &[],
    }
}

/// The endings of two records as they are read, one after the other.
pub(super) const fn read_endings<const STRIDE: usize>() -> Lanes {
    let ending = looked_up_ending::<STRIDE>();
    let mut lanes = [0; 64];
    let mut index = 0;
    while index < ending.len() {
        lanes[TEXT_LEN + index] = ending[index];
        lanes[STRIDE + TEXT_LEN + index] = ending[index];
        index += 1;
    }
    Lanes(lanes)
}

/// The endings of two records as [`decode_spread`] lays them out.
pub(super) const fn spread_endings<const STRIDE: usize>() -> Lanes {
    let ending = looked_up_ending::<STRIDE>();
    let mut lanes = [0; 64];
    let mut index = 0;
    while index < ending.len() {
        let lane = 6 - ending.len() + index;
        (lanes[lane], lanes[32 + lane]) = (ending[index], ending[index]);
        index += 1;
    }
    Lanes(lanes)
}

/// The bits that two right records do not have, as they are read.
pub(super) const fn wrong_as_read<const STRIDE: usize>() -> Lanes {
    let lanes = wrong_from(STRIDE, wrong_from(0, [0; 64]));
    Lanes(with_any_of(lanes, read_endings::<STRIDE>()))
}

/// The bits that two right records do not have, as they are spread.
pub(super) const fn wrong_as_spread<const STRIDE: usize>() -> Lanes {
    Lanes(with_any_of(WRONG_BEHIND.0, spread_endings::<STRIDE>()))
}

/// All bits where there is an ending.
const fn with_any_of(mut lanes: [u8; 64], endings: Lanes) -> [u8; 64] {
    let mut lane = 0;
    while lane < 64 {
        if endings.0[lane] != 0 {
            lanes[lane] = 0xFF;
        }
        lane += 1;
    }
    lanes
}
