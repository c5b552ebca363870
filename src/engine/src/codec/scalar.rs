//! The reference codec: one table look-up a character, safe, on every machine.

use super::{
    Reading, TEXT_LEN,
    alphabet::{ALPHABET, LENIENT, STRICT},
};

/// Two characters for every ten bits.
static PAIRS: [[u8; 2]; 1024] = pairs();

const fn pairs() -> [[u8; 2]; 1024] {
    let mut table = [[0; 2]; 1024];
    let mut bits = 0;
    while bits < table.len() {
        table[bits] = [ALPHABET[bits >> 5], ALPHABET[bits & 31]];
        bits += 1;
    }
    table
}

/// The text of 128 bits.
pub(super) fn encode(bits: u128) -> [u8; TEXT_LEN] {
    let mut text = [0; TEXT_LEN];
    for (index, pair) in text.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        // 13 pairs hold 130 bits, of which the top two are zero.
        let shift = 120 - 10 * index;
        *pair = PAIRS[(bits >> shift) as usize & 1023];
    }
    text
}

/// The value of exactly 26 characters, or nothing if any is wrong or the value needs more than 128 bits.
pub(super) fn decode(text: &[u8], reading: Reading) -> Option<u128> {
    let text: &[u8; TEXT_LEN] = text.try_into().ok()?;
    let table = table(reading);
    let mut seen = 0;
    let mut part = |from: usize, to: usize| {
        let mut bits = 0;
        for &byte in &text[from..to] {
            let value = table[byte as usize];
            seen |= value;
            bits = (bits << 5) | u64::from(value);
        }
        bits
    };
    let (time, high, low) = (part(0, 10), part(10, 18), part(18, 26));
    // Values are below 32 and INVALID is not, so one test after the loops finds any wrong character.
    let valid = seen < 32 && time >> 48 == 0;
    valid.then(|| u128::from(time) << 80 | u128::from(high) << 40 | u128::from(low))
}

/// The decoding table of a reading.
pub(super) fn table(reading: Reading) -> &'static [u8; 256] {
    match reading {
        Reading::Strict => &STRICT,
        Reading::Lenient => &LENIENT,
    }
}
