//! The codec on NEON, which every 64-bit Arm processor has.
//!
//! The design is that of the AVX2 kernel at half the width. Writing looks at the 130 bits of a text as thirteen windows
//! of ten, of which shifts cut two characters each. Reading loads a record together with the six bytes before it, looks
//! up its characters in a table of the eighty bytes from `'0'`, and joins neighbours three times: five bits to ten, to
//! twenty, to forty. What was wrong in a block is collected by OR and looked at once before the block is given out.
//!
//! Unsafe are loads and stores, each over a slice or an array whose length is known.

#![expect(unsafe_code, reason = "vector loads and stores")]

use core::arch::aarch64::*;

use crate::Ulid;

use super::{
    Fault, Reading, Sequence, TEXT_LEN, Text,
    alphabet::{ALPHABET, table},
    fault::rescan,
    keys::Stored,
    records::ending,
    scalar,
    words::decode_words_by,
};

/// Records in a block whose faults are looked for at once.
const BLOCK: usize = 16;

/// Bytes before a record that are loaded with it.
const BEFORE: usize = 32 - TEXT_LEN;

/// Two vectors: the 32 bytes that a record is handled in.
#[derive(Clone, Copy)]
struct Pair(uint8x16_t, uint8x16_t);

impl Pair {
    #[inline]
    #[target_feature(enable = "neon")]
    fn load(bytes: &[u8]) -> Pair {
        let bytes = &bytes[..32];
        // SAFETY: the slice holds 32 bytes.
        unsafe { Pair(vld1q_u8(bytes.as_ptr()), vld1q_u8(bytes.as_ptr().add(16))) }
    }
}

/// The two bytes of a ULID, in memory order, that a pair of characters lies in, and the bits of them before the pair.
/// 0xFF gives zero: the first pair has only eight bits, as if two zero bits came before.
const fn window(pair: usize) -> ([u8; 2], usize) {
    if pair == 0 {
        ([15, 0xFF], 6)
    } else {
        let bit = 10 * pair - 2;
        ([15 - (bit / 8 + 1) as u8, 15 - (bit / 8) as u8], bit % 8)
    }
}

/// For each lane of 16 bits, the bytes of its window.
static WINDOWS: [u8; 32] = {
    let mut lanes = [0xFF; 32];
    let mut pair = 0;
    while pair < TEXT_LEN / 2 {
        let ([low, high], _) = window(pair);
        lanes[2 * pair] = low;
        lanes[2 * pair + 1] = high;
        pair += 1;
    }
    lanes
};

/// For each lane of 16 bits, the shift to the left that brings a character in place: the first into the lower byte, the
/// second into the upper.
const fn window_shifts(first: bool) -> [i16; 16] {
    let mut lanes = [0; 16];
    let mut pair = 0;
    while pair < TEXT_LEN / 2 {
        let skipped = window(pair).1 as i16;
        lanes[pair] = if first { skipped - 11 } else { skipped + 2 };
        pair += 1;
    }
    lanes
}

static FIRST_SHIFTS: [i16; 16] = window_shifts(true);
static SECOND_SHIFTS: [i16; 16] = window_shifts(false);

/// The characters of 128 bits, and six bytes of no meaning.
#[inline]
#[target_feature(enable = "neon")]
fn characters(key: u128) -> Pair {
    let bytes = key.to_le_bytes();
    // SAFETY: the array holds 16 bytes.
    let key = unsafe { vld1q_u8(bytes.as_ptr()) };
    let windows = Pair::load(&WINDOWS);
    let alphabet = Pair::load(ALPHABET);
    let alphabet = uint8x16x2_t(alphabet.0, alphabet.1);
    let half = |windows: uint8x16_t, pair: usize| {
        let (first, second) = (
            &FIRST_SHIFTS[pair..pair + 8],
            &SECOND_SHIFTS[pair..pair + 8],
        );
        // SAFETY: both slices hold eight numbers.
        let (first, second) = unsafe { (vld1q_s16(first.as_ptr()), vld1q_s16(second.as_ptr())) };
        let windows = vreinterpretq_u16_u8(vqtbl1q_u8(key, windows));
        let first = vandq_u16(vshlq_u16(windows, first), vdupq_n_u16(0x001F));
        let second = vandq_u16(vshlq_u16(windows, second), vdupq_n_u16(0x1F00));
        vqtbl2q_u8(alphabet, vreinterpretq_u8_u16(vorrq_u16(first, second)))
    };
    Pair(half(windows.0, 0), half(windows.1, 8))
}

/// The text of 128 bits.
#[target_feature(enable = "neon")]
pub(super) fn encode(key: u128) -> Text {
    let mut text = [0; Text::ROOM];
    store(&mut text, characters(key));
    // SAFETY: the characters were looked up in the alphabet.
    unsafe { Text::new(text) }
}

/// The value of 26 characters, if all are right.
#[inline]
#[target_feature(enable = "neon")]
pub(super) fn decode(text: &[u8; TEXT_LEN], reading: Reading) -> Option<u128> {
    let mut wrong = vdupq_n_u8(0);
    let values = Decoder::new(reading).values(single(text), &mut wrong);
    (vmaxvq_u8(wrong) == 0).then(|| join(values))
}

#[target_feature(enable = "neon")]
pub(super) fn decode_words(text: &[u8], places: &mut [u16], ids: &mut [u128]) -> usize {
    decode_words_by(text, places, ids, |text, reading| decode(text, reading))
}

/// The ULID of 26 characters, or why there is none.
#[target_feature(enable = "neon")]
pub(super) fn parse(text: &[u8; TEXT_LEN], reading: Reading) -> Result<Ulid, Fault> {
    match decode(text, reading) {
        Some(key) => Ok(Ulid(key)),
        None => rescan(text, reading),
    }
}

/// Tells if 26 characters are right.
#[target_feature(enable = "neon")]
pub(super) fn accepts(text: &[u8; TEXT_LEN], reading: Reading) -> bool {
    let mut wrong = vdupq_n_u8(0);
    Decoder::new(reading).values(single(text), &mut wrong);
    vmaxvq_u8(wrong) == 0
}

/// Fills `out` with the records of `keys`.
#[target_feature(enable = "neon")]
pub(super) fn encode_records<const STRIDE: usize, K: Stored>(keys: &[K], out: &mut [u8]) {
    let mut done = 0;
    // Each store writes 32 bytes, of which the next record overwrites those past its own start.
    while let (Some(&key), Some(record)) = (
        keys.get(done),
        out.get_mut(done * STRIDE..done * STRIDE + 32),
    ) {
        store(record, characters(key.bits()));
        record[TEXT_LEN..STRIDE].copy_from_slice(ending::<STRIDE>());
        done += 1;
    }
    scalar::encode_records::<STRIDE, K>(&keys[done..], &mut out[done * STRIDE..]);
}

/// Reads records until one is wrong or `out` is full; says how many were right.
#[target_feature(enable = "neon")]
pub(super) fn decode_records<const STRIDE: usize, K: Stored>(
    text: &[u8],
    reading: Reading,
    out: &mut [K],
) -> usize {
    // The first record has no bytes before it to be loaded with.
    let mut done = match (text.get(..STRIDE), out.get_mut(..1)) {
        (Some(first), Some(slot)) => scalar::decode_records::<STRIDE, K>(first, reading, slot),
        _ => 0,
    };
    let decoder = Decoder::new(reading);
    while done > 0
        && let Some(slots) = out.get_mut(done..done + BLOCK)
        && let Some(block) = block::<STRIDE>(text, done)
        && let Some(values) = decoder.block::<STRIDE>(block)
    {
        for (values, slot) in values.into_iter().zip(slots) {
            *slot = K::of_bits(join(values));
        }
        done += BLOCK;
    }
    done + scalar::decode_records::<STRIDE, K>(&text[done * STRIDE..], reading, &mut out[done..])
}

/// Says how many records are right before the first that is wrong.
#[target_feature(enable = "neon")]
pub(super) fn accept_records<const STRIDE: usize>(text: &[u8], reading: Reading) -> usize {
    let mut done = match text.get(..STRIDE) {
        Some(first) => scalar::accept_records::<STRIDE>(first, reading),
        None => 0,
    };
    let decoder = Decoder::new(reading);
    while done > 0
        && let Some(block) = block::<STRIDE>(text, done)
        && decoder.block::<STRIDE>(block).is_some()
    {
        done += BLOCK;
    }
    done + scalar::accept_records::<STRIDE>(&text[done * STRIDE..], reading)
}

/// Adds records to `order` until one is wrong; says how many were right.
#[target_feature(enable = "neon")]
pub(super) fn order_records<const STRIDE: usize>(
    text: &[u8],
    reading: Reading,
    order: &mut Sequence,
) -> usize {
    let mut keys = [0; 512];
    let mut done = 0;
    loop {
        let read = decode_records::<STRIDE, u128>(&text[done * STRIDE..], reading, &mut keys);
        scalar::extend_order(order, &keys[..read]);
        done += read;
        if read < keys.len() {
            return done;
        }
    }
}

/// Adds keys to `order`.
#[target_feature(enable = "neon")]
pub(super) fn extend_order(order: &mut Sequence, keys: &[u128]) {
    scalar::extend_order(order, keys);
}

/// The bytes of a block of records after `done` ones, and those loaded before it.
#[inline]
fn block<const STRIDE: usize>(text: &[u8], done: usize) -> Option<&[u8]> {
    let from = done * STRIDE;
    text.get(from - BEFORE..from + BLOCK * STRIDE)
}

/// For each byte of a ULID, where it lies among the joined values: five bytes in each 64-bit lane but the first, which
/// has one.
static GATHER: [u8; 16] = {
    let mut lanes = [0; 16];
    let mut byte = 0;
    while byte < 16 {
        lanes[byte] = (8 * (3 - byte / 5) + byte % 5) as u8;
        byte += 1;
    }
    lanes
};

/// Before a record nothing is wrong; the first character is at most 7, others at most 31.
static LARGEST: [u8; 32] = {
    let mut lanes = [31; 32];
    let mut lane = 0;
    while lane < BEFORE {
        lanes[lane] = 0xFF;
        lane += 1;
    }
    lanes[BEFORE] = 7;
    lanes
};

/// The end of the record before, where it is loaded with the next, and which lanes that is.
const fn end_before<const STRIDE: usize>() -> ([u8; 16], [u8; 16]) {
    let end = ending::<STRIDE>();
    let (mut bytes, mut lanes) = ([0; 16], [0; 16]);
    let mut index = 0;
    while index < end.len() {
        bytes[BEFORE - end.len() + index] = end[index];
        lanes[BEFORE - end.len() + index] = 0xFF;
        index += 1;
    }
    (bytes, lanes)
}

/// Tables for reading: the values of the eighty bytes from `'0'`.
struct Decoder {
    first: uint8x16x4_t,
    last: uint8x16_t,
}

impl Decoder {
    #[inline]
    #[target_feature(enable = "neon")]
    fn new(reading: Reading) -> Decoder {
        let table = &table(reading)[usize::from(b'0')..128];
        let (start, middle) = (Pair::load(table), Pair::load(&table[32..]));
        let last = &table[64..80];
        Decoder {
            first: uint8x16x4_t(start.0, start.1, middle.0, middle.1),
            // SAFETY: the slice holds 16 bytes.
            last: unsafe { vld1q_u8(last.as_ptr()) },
        }
    }

    /// The values of a block that has six bytes before it, if all records are right.
    #[inline]
    #[target_feature(enable = "neon")]
    fn block<const STRIDE: usize>(&self, bytes: &[u8]) -> Option<[Pair; BLOCK]> {
        let (end, end_lanes) = const { end_before::<STRIDE>() };
        // SAFETY: both arrays hold 16 bytes.
        let (end, end_lanes) = unsafe { (vld1q_u8(end.as_ptr()), vld1q_u8(end_lanes.as_ptr())) };
        let mut wrong = vdupq_n_u8(0);
        let mut values = [Pair(wrong, wrong); BLOCK];
        for (index, values) in values.iter_mut().enumerate() {
            let record = Pair::load(&bytes[index * STRIDE..]);
            let other_end = vandq_u8(veorq_u8(record.0, end), end_lanes);
            wrong = vorrq_u8(wrong, other_end);
            *values = self.values(record, &mut wrong);
        }
        // Each record was loaded with the end of the one before; the last one's is left.
        (vmaxvq_u8(wrong) == 0 && bytes.ends_with(ending::<STRIDE>())).then_some(values)
    }

    /// The values of the last 26 bytes; `wrong` becomes other than zero if one has none or the first overflows.
    #[inline]
    #[target_feature(enable = "neon")]
    fn values(&self, record: Pair, wrong: &mut uint8x16_t) -> Pair {
        let largest = Pair::load(&LARGEST);
        let mut half = |bytes: uint8x16_t, largest: uint8x16_t| {
            let index = vsubq_u8(bytes, vdupq_n_u8(b'0'));
            // Bytes that neither table has keep what stands for a byte without a value.
            let values = vqtbx4q_u8(vdupq_n_u8(0xFF), self.first, index);
            let values = vqtbx1q_u8(values, self.last, vsubq_u8(index, vdupq_n_u8(64)));
            *wrong = vorrq_u8(*wrong, vcgtq_u8(values, largest));
            values
        };
        Pair(half(record.0, largest.0), half(record.1, largest.1))
    }
}

/// The 128 bits of 26 values in the last 26 lanes.
#[inline]
#[target_feature(enable = "neon")]
fn join(values: Pair) -> u128 {
    let zeros = vdupq_n_u8(0);
    // Six zeros and ten values: lane 10 of zeros and values is the first of them.
    let first = vextq_u8::<10>(zeros, vextq_u8::<6>(values.0, zeros));
    let (even, odd) = (vuzp1q_u8(first, values.1), vuzp2q_u8(first, values.1));
    let tens = [
        vaddw_u8(vshll_n_u8::<5>(vget_low_u8(even)), vget_low_u8(odd)),
        vaddw_u8(vshll_n_u8::<5>(vget_high_u8(even)), vget_high_u8(odd)),
    ];
    let (even, odd) = (vuzp1q_u16(tens[0], tens[1]), vuzp2q_u16(tens[0], tens[1]));
    let twenties = [
        vaddw_u16(vshll_n_u16::<10>(vget_low_u16(even)), vget_low_u16(odd)),
        vaddw_u16(vshll_n_u16::<10>(vget_high_u16(even)), vget_high_u16(odd)),
    ];
    let (even, odd) = (
        vuzp1q_u32(twenties[0], twenties[1]),
        vuzp2q_u32(twenties[0], twenties[1]),
    );
    let forties = [
        vaddw_u32(vshll_n_u32::<20>(vget_low_u32(even)), vget_low_u32(odd)),
        vaddw_u32(vshll_n_u32::<20>(vget_high_u32(even)), vget_high_u32(odd)),
    ];
    let [start, end] = forties.map(|half| vreinterpretq_u8_u64(half));
    let mut bytes = [0; 16];
    // SAFETY: all arrays hold 16 bytes.
    unsafe {
        let gather = vld1q_u8(GATHER.as_ptr());
        vst1q_u8(
            bytes.as_mut_ptr(),
            vqtbl2q_u8(uint8x16x2_t(start, end), gather),
        );
    }
    u128::from_le_bytes(bytes)
}

/// 26 characters in the last 26 lanes.
#[inline]
#[target_feature(enable = "neon")]
fn single(text: &[u8; TEXT_LEN]) -> Pair {
    let mut wide = [b'0'; 32];
    wide[BEFORE..].copy_from_slice(text);
    Pair::load(&wide)
}

#[inline]
#[target_feature(enable = "neon")]
fn store(bytes: &mut [u8], record: Pair) {
    let bytes = &mut bytes[..32];
    // SAFETY: the slice holds 32 bytes.
    unsafe {
        vst1q_u8(bytes.as_mut_ptr(), record.0);
        vst1q_u8(bytes.as_mut_ptr().add(16), record.1);
    }
}
