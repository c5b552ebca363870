//! The one table of characters.

/// Crockford's base 32, by value.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Marks a byte that is no character of the alphabet; larger than every value.
pub(crate) const INVALID: u8 = 0xFF;

/// Byte to value, strict: both cases of the alphabet.
pub(crate) static STRICT: [u8; 256] = decode_table(false);

/// Byte to value, lenient: I and L are 1, O is 0.
pub(crate) static LENIENT: [u8; 256] = decode_table(true);

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
