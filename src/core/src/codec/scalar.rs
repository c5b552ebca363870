//! The reference codec: one table look-up a character, safe, on every machine. It also ends what the other kernels
//! begin: the last records of a text, and those of a block in which something is wrong.

use crate::Ulid;

use super::{
    Fault, Reading, Sequence, TEXT_LEN, Text,
    alphabet::{ALPHABET, strict, table},
    fault::rescan,
    keys::Stored,
    records::ending,
    words::decode_words_by,
};

/// Two characters for every ten bits, in memory order; numbers, so that none crosses a cache line.
static PAIRS: [u16; 1024] = pairs();

const fn pairs() -> [u16; 1024] {
    let mut table = [0; 1024];
    let mut bits = 0;
    while bits < table.len() {
        table[bits] = u16::from_ne_bytes([ALPHABET[bits >> 5], ALPHABET[bits & 31]]);
        bits += 1;
    }
    table
}

/// The text of 128 bits.
#[expect(unsafe_code, reason = "a text is read as UTF-8 without a look at it")]
// Not inlined where kernels are chosen, so that the faster ones do not pay for its registers.
#[inline(never)]
pub(super) fn encode(bits: u128) -> Text {
    let mut text = [0; Text::ROOM];
    if let Some(place) = text.first_chunk_mut() {
        *place = characters(bits);
    }
    // SAFETY: the characters were looked up in the alphabet.
    unsafe { Text::new(text) }
}

#[inline]
fn characters(bits: u128) -> [u8; TEXT_LEN] {
    let mut text = [0; TEXT_LEN];
    let (high, low) = ((bits >> 64) as u64, bits as u64);
    // Parts of 50, 40 and 40 bits fit machine words; of the 130 bits the top two are zero. What is above 40 bits of a
    // part, nothing looks at. A shift of all 128 bits at once would take longer.
    let parts = [
        (high >> 16, 0, 5),
        ((high & 0xFFFF) << 24 | low >> 40, 5, 4),
        (low, 9, 4),
    ];
    let (out, _) = text.as_chunks_mut::<2>();
    for (part, from, count) in parts {
        for index in 0..count {
            let shift = 10 * (count - 1 - index);
            out[from + index] = PAIRS[(part >> shift) as usize & 1023].to_ne_bytes();
        }
    }
    text
}

/// The value of exactly 26 characters, or nothing if any is wrong or the value needs more than 128 bits.
#[inline]
pub(super) fn decode(text: &[u8; TEXT_LEN], reading: Reading) -> Option<u128> {
    let (time, rest) = text.split_first_chunk::<10>()?;
    let (high, low) = rest.split_first_chunk::<8>()?;
    let (time, high, low) = (
        joined(time, reading),
        joined(high, reading),
        joined(low.first_chunk::<8>()?, reading),
    );
    let valid = (high | low) >> 63 == 0 && time >> 48 == 0;
    valid.then(|| u128::from(time) << 80 | u128::from(high) << 40 | u128::from(low))
}

/// The values of at most twelve characters as one number, or one whose top bit is set if any is wrong.
#[inline]
fn joined<const COUNT: usize>(text: &[u8; COUNT], reading: Reading) -> u64 {
    let table = table(reading);
    let join = |bits: i64, &byte: &u8| {
        // INVALID is negative, with ones that no shift moves out of the top bit.
        bits << 5 | i64::from(table[byte as usize].cast_signed())
    };
    text.iter().fold(0, join).cast_unsigned()
}

/// [`decode`], strictly, also while a program is compiled.
pub(super) const fn decode_const(text: &[u8; TEXT_LEN]) -> Option<u128> {
    let (time, high, low) = (
        joined_const(text, 0, 10),
        joined_const(text, 10, 18),
        joined_const(text, 18, TEXT_LEN),
    );
    if (high | low) >> 63 != 0 || time >> 48 != 0 {
        return None;
    }
    Some((time as u128) << 80 | (high as u128) << 40 | low as u128)
}

/// [`joined`] for some of the characters.
const fn joined_const(text: &[u8; TEXT_LEN], from: usize, to: usize) -> u64 {
    let (mut bits, mut at) = (0, from);
    while at < to {
        bits = bits << 5 | strict()[text[at] as usize].cast_signed() as i64;
        at += 1;
    }
    bits.cast_unsigned()
}

pub(super) fn decode_words(text: &[u8], places: &mut [u16], ids: &mut [u128]) -> usize {
    decode_words_by(text, places, ids, decode)
}

/// The ULID of 26 characters, or why there is none.
#[inline(never)]
pub(super) fn parse(text: &[u8; TEXT_LEN], reading: Reading) -> Result<Ulid, Fault> {
    match decode(text, reading) {
        Some(key) => Ok(Ulid(key)),
        None => rescan(text, reading),
    }
}

/// Tells if [`decode`] finds a value.
#[inline(never)]
pub(super) fn accepts(text: &[u8; TEXT_LEN], reading: Reading) -> bool {
    let table = table(reading);
    let seen = text
        .iter()
        .fold(0, |seen, &byte| seen | table[byte as usize]);
    seen < 32 && table[text[0] as usize] < 8
}

/// The milliseconds in the first ten characters.
#[inline]
pub(super) fn decode_time(text: &[u8; TEXT_LEN], reading: Reading) -> Option<u64> {
    let ms = joined(text.first_chunk::<10>()?, reading);
    (ms >> 48 == 0).then_some(ms)
}

/// Fills `out` with the records of `keys`.
pub(super) fn encode_records<const STRIDE: usize, K: Stored>(keys: &[K], out: &mut [u8]) {
    let (records, _) = out.as_chunks_mut::<STRIDE>();
    let count = keys.len().min(records.len());
    // Two at a time, for what a loop does beside its work is a tenth of it.
    let (keys, last_key) = keys[..count].as_chunks::<2>();
    let (records, last_record) = records[..count].as_chunks_mut::<2>();
    for ([one, other], [here, there]) in keys.iter().zip(records) {
        encode_record(one.bits(), here);
        encode_record(other.bits(), there);
    }
    for (&key, record) in last_key.iter().zip(last_record) {
        encode_record(key.bits(), record);
    }
}

#[inline]
fn encode_record<const STRIDE: usize>(key: u128, record: &mut [u8; STRIDE]) {
    if let Some((text, end)) = record.split_first_chunk_mut() {
        *text = characters(key);
        end.copy_from_slice(ending::<STRIDE>());
    }
}

/// Reads records until one is wrong or `out` is full; says how many were right.
pub(super) fn decode_records<const STRIDE: usize, K: Stored>(
    text: &[u8],
    reading: Reading,
    out: &mut [K],
) -> usize {
    let mut done = 0;
    for (key, slot) in keys::<STRIDE>(text, reading).zip(out) {
        *slot = K::of_bits(key);
        done += 1;
    }
    done
}

/// Says how many records are right before the first that is wrong.
pub(super) fn accept_records<const STRIDE: usize>(text: &[u8], reading: Reading) -> usize {
    let (records, _) = text.as_chunks::<STRIDE>();
    records
        .iter()
        .take_while(|record| match split::<STRIDE>(record) {
            Some(text) => accepts(text, reading),
            None => false,
        })
        .count()
}

/// Adds records to `order` until one is wrong; says how many were right.
pub(super) fn order_records<const STRIDE: usize>(
    text: &[u8],
    reading: Reading,
    order: &mut Sequence,
) -> usize {
    let before = order.count;
    keys::<STRIDE>(text, reading).for_each(|key| order.push(Ulid(key)));
    (order.count - before) as usize
}

/// Adds keys to `order`.
pub(super) fn extend_order(order: &mut Sequence, keys: &[u128]) {
    keys.iter().for_each(|&key| order.push(Ulid(key)));
}

/// The values of records up to the first that is wrong.
fn keys<const STRIDE: usize>(text: &[u8], reading: Reading) -> impl Iterator<Item = u128> {
    let (records, _) = text.as_chunks::<STRIDE>();
    records
        .iter()
        .map_while(move |record| decode(split::<STRIDE>(record)?, reading))
}

/// The characters of a record, if it ends as its shape says.
#[inline]
fn split<const STRIDE: usize>(record: &[u8; STRIDE]) -> Option<&[u8; TEXT_LEN]> {
    let (text, end) = record.split_first_chunk::<TEXT_LEN>()?;
    (end == ending::<STRIDE>()).then_some(text)
}
