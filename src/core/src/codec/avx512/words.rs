//! Words at known places, two at a time.

use core::arch::x86_64::*;

use super::{
    DECODE_GATHER, DECODE_MASK, Decoder, Lanes, OR_BOTH, WRONG_BEHIND, decode, join, layout::JOINED,
};
use crate::codec::{Reading, words::decode_words_by};

/// Bytes that are loaded for a word: its characters, and what is behind them.
const ROOM: usize = 32;
/// Words that are read before it is asked whether all of them are right.
const BLOCK: usize = 16;

/// `a | b & !c`
const OR_FIRST_ALONE: i32 = 0xF4;

/// The lane of the byte behind the characters.
const BEHIND: usize = 0;

/// The bits that two right words do not have, as they are spread.
static WRONG: Lanes = {
    let mut lanes = WRONG_BEHIND.0;
    (lanes[BEHIND], lanes[ROOM + BEHIND]) = (JOINED, JOINED);
    Lanes(lanes)
};

#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(in crate::codec) fn decode_words(text: &[u8], places: &mut [u16], ids: &mut [u128]) -> usize {
    let len = places.len().min(ids.len());
    let (mut kept, mut done) = (0, 0);
    while done < len {
        let count = BLOCK.min(len - done);
        places.copy_within(done..done + count, kept);
        let places = &mut places[kept..kept + count];
        let ids = &mut ids[kept..];
        kept += if decode_right_words(text, places, ids).is_some() {
            count
        } else {
            decode_words_by(text, places, ids, |word, reading| decode(word, reading))
        };
        done += count;
    }
    kept
}

/// Reads at most [`BLOCK`] words, if nothing speaks against any of them.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
fn decode_right_words(text: &[u8], places: &[u16], ids: &mut [u128]) -> Option<()> {
    let decoder = Decoder::<ROOM>::new(Reading::Strict);
    let (gather, high_bits) = (DECODE_GATHER.load(), _mm512_set1_epi8(-128));
    let mut wrong = _mm512_setzero_si512();
    let (mut lower, mut upper) = (wrong, wrong);
    for (index, pair) in places.chunks(2).enumerate() {
        let (first, second) = (
            load_word(text, *pair.first()?)?,
            load_word(text, *pair.last()?)?,
        );
        let slots = ids.get_mut(2 * index..)?.first_chunk_mut()?;
        let words = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(first), second);
        let characters = decoder.spread(words);
        let values = decoder.look_up(characters);
        // Bit 6 tells letters from digits, bit 5, here moved to 6, lower from upper case.
        let case = _mm512_add_epi8(characters, characters);
        lower = _mm512_ternarylogic_epi64::<OR_BOTH>(lower, characters, case);
        upper = _mm512_ternarylogic_epi64::<OR_FIRST_ALONE>(upper, characters, case);
        let seen = _mm512_ternarylogic_epi64::<OR_BOTH>(values, characters, high_bits);
        wrong = _mm512_or_si512(wrong, seen);
        store_two(
            slots,
            _mm512_permutexvar_epi8(gather, join(values, decoder.weights)),
        );
    }
    let letter = _mm512_set1_epi8(0x40);
    let mixed = _mm512_mask_test_epi8_mask(DECODE_MASK, lower, letter) != 0
        && _mm512_mask_test_epi8_mask(DECODE_MASK, upper, letter) != 0;
    (!mixed && _mm512_test_epi8_mask(wrong, WRONG.load()) == 0).then_some(())
}

/// Stores the lower half.
#[inline]
#[target_feature(enable = "avx512f")]
fn store_two(keys: &mut [u128; 2], two: __m512i) {
    // SAFETY: the array holds 32 bytes.
    unsafe { _mm256_storeu_si256(keys.as_mut_ptr().cast(), _mm512_castsi512_si256(two)) };
}

/// A word and what is behind it, where the text goes on for so long.
#[inline]
#[target_feature(enable = "avx512f")]
fn load_word(text: &[u8], place: u16) -> Option<__m256i> {
    let place = usize::from(place);
    let word = text.get(place..place + ROOM)?;
    // SAFETY: the slice holds 32 bytes.
    Some(unsafe { _mm256_loadu_si256(word.as_ptr().cast()) })
}
