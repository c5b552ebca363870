//! The one table of characters.

use super::Reading;

/// Crockford's base 32, by value.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Marks a byte that is no character of the alphabet; larger than every value.
pub(crate) const INVALID: u8 = 0xFF;

/// Byte to value for each [`Reading`], along the lines of the cache.
#[repr(align(64))]
struct Tables([[u8; 256]; 2]);

/// By [`Reading::Strict`].
pub(super) const STRICT: [u8; 256] = decode_table(false);

/// By [`Reading::Lenient`].
pub(super) const LENIENT: [u8; 256] = decode_table(true);

static TABLES: Tables = Tables([STRICT, LENIENT]);

/// Byte to value: both cases of the alphabet, and by a lenient reading I and L as 1, O as 0.
#[inline]
pub(super) fn table(reading: Reading) -> &'static [u8; 256] {
    // an index is one addition, where a choice of two addresses takes several steps
    &TABLES.0[usize::from(reading == Reading::Lenient)]
}

/// Byte to value by a strict reading.
pub(super) const fn strict() -> &'static [u8; 256] {
    &TABLES.0[0]
}

const fn decode_table(fold: bool) -> [u8; 256] {
    let mut table = [INVALID; 256];
    let mut value = 0;
    while value < 32 {
        let byte = ALPHABET[value as usize];
        table[byte as usize] = value;
        table[byte.to_ascii_lowercase() as usize] = value;
        value += 1;
    }
    if fold {
        let folded = [(b'I', 1), (b'L', 1), (b'O', 0)];
        let mut i = 0;
        while i < folded.len() {
            table[folded[i].0 as usize] = folded[i].1;
            table[folded[i].0.to_ascii_lowercase() as usize] = folded[i].1;
            i += 1;
        }
    }
    table
}
