//! ULIDs among other text: words of 26 letters and digits at known places.

use super::{Reading, TEXT_LEN};

/// The characters at `place`, if they may be a ULID's: all letters of one case, and no underscore or hyphen behind them,
/// which would make a longer word. That they are letters and digits is not looked at.
#[inline]
pub(crate) fn word_at(text: &[u8], place: usize) -> Option<&[u8; TEXT_LEN]> {
    let word = text.get(place..)?.first_chunk()?;
    let goes_on = matches!(text.get(place + TEXT_LEN), Some(b'_' | b'-'));
    (!goes_on && is_of_one_case(word)).then_some(word)
}

/// Tells if no lower-case letter stands beside an upper-case one, of letters and digits.
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

/// `decode_words` of a kernel, by what it reads one ULID with.
#[inline(always)]
pub(super) fn decode_words_by(
    text: &[u8],
    places: &mut [u16],
    ids: &mut [u128],
    decode: impl Fn(&[u8; TEXT_LEN], Reading) -> Option<u128>,
) -> usize {
    let mut kept = 0;
    for index in 0..places.len().min(ids.len()) {
        let place = places[index];
        let word = word_at(text, usize::from(place));
        if let Some(id) = word.and_then(|word| decode(word, Reading::Strict)) {
            (places[kept], ids[kept]) = (place, id);
            kept += 1;
        }
    }
    kept
}
