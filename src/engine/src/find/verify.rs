//! Whether 26 letters and digits are a ULID.

use ulid::Ulid;

use super::Options;
use crate::{
    Reading, Timestamp,
    codec::{Kernel, TEXT_LEN},
};

/// The ULID that begins at `start`, where a word of exactly 26 letters and digits does.
#[inline]
pub(super) fn ulid_at(kernel: Kernel, text: &[u8], start: usize, options: Options) -> Option<Ulid> {
    let word: &[u8; TEXT_LEN] = text.get(start..)?.first_chunk()?;
    let goes_on = matches!(text.get(start + TEXT_LEN), Some(b'_' | b'-'));
    if goes_on || !is_of_one_case(word) {
        return None;
    }
    let id = Ulid(kernel.decode(word, Reading::Strict)?);
    let time = Timestamp::of(id);
    (options.earliest <= time && time <= options.latest).then_some(id)
}

/// Whether no lower-case letter stands beside an upper-case one, of letters and digits.
fn is_of_one_case(word: &[u8; TEXT_LEN]) -> bool {
    const LETTER: u64 = 0x4040_4040_4040_4040;
    let (mut lower, mut upper) = (0, 0);
    // Four words of eight bytes cover 26, the last two overlap.
    for at in [0, 8, 16, TEXT_LEN - 8] {
        let Some(bytes) = word[at..].first_chunk() else {
            return false;
        };
        let bytes = u64::from_le_bytes(*bytes);
        let letters = bytes & LETTER;
        // Bit 5 tells lower from upper case; digits have it too.
        let lower_or_digit = (bytes << 1) & LETTER;
        lower |= letters & lower_or_digit;
        upper |= letters & !lower_or_digit;
    }
    lower == 0 || upper == 0
}
