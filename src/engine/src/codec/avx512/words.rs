//! Words at known places, two at a time.

use std::arch::x86_64::*;

use super::{
    DECODE_GATHER, DECODE_MASK, Lanes, OR_BOTH, WRONG_BEHIND, decode, decode_spread, join,
};
use crate::codec::{
    TEXT_LEN,
    alphabet::{INVALID, STRICT},
    words::decode_words_by,
};

/// Bytes that are loaded for a word: its characters, and what is behind them.
const ROOM: usize = 32;
/// Words that are read before it is asked whether all of them are right.
const BLOCK: usize = 16;

/// `a | b & !c`
const OR_FIRST_ALONE: i32 = 0xF4;

/// Where the byte behind the characters is looked up: before their values, which are in lanes 6 to 31.
const BEHIND: usize = 5;
/// The weights by which values are joined: none for what is before them.
static WEIGHTS: Lanes = {
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 64 {
        if lane % ROOM > BEHIND {
            lanes[lane] = if lane % 2 == 0 { 32 } else { 1 };
        }
        lane += 1;
    }
    Lanes(lanes)
};

/// Where the bytes of two words come from.
static SPREAD: Lanes = {
    let Lanes(mut lanes) = decode_spread::<ROOM>();
    lanes[BEHIND] = TEXT_LEN as u8;
    lanes[ROOM + BEHIND] = (ROOM + TEXT_LEN) as u8;
    Lanes(lanes)
};

/// Marks a byte that goes on with a word.
const JOINED: u8 = 0x40;

/// The values of ASCII bytes; the top bit for those that have none, and [`JOINED`].
static VALUES_OF: [Lanes; 2] = {
    let mut halves = [[0; 64]; 2];
    let mut byte = 0;
    while byte < 128 {
        halves[byte / 64][byte % 64] = match byte as u8 {
            b'_' | b'-' => 0x80 | JOINED,
            byte => match STRICT[byte as usize] {
                INVALID => 0x80,
                value => value,
            },
        };
        byte += 1;
    }
    [Lanes(halves[0]), Lanes(halves[1])]
};

/// The bits that the bytes of two right words do not have.
static WRONG: Lanes = {
    let mut lanes = [0; 64];
    let mut lane = 0;
    while lane < 64 {
        lanes[lane] = WRONG_BEHIND.0[lane % ROOM];
        lane += 1;
    }
    lanes[BEHIND] = JOINED;
    lanes[ROOM + BEHIND] = JOINED;
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
    let [low, high] = [VALUES_OF[0].load(), VALUES_OF[1].load()];
    let (spread, gather, weights) = (SPREAD.load(), DECODE_GATHER.load(), WEIGHTS.load());
    let mut wrong = _mm512_setzero_si512();
    let (mut lower, mut upper) = (wrong, wrong);
    for (index, pair) in places.chunks(2).enumerate() {
        let (first, second) = (
            load_word(text, *pair.first()?)?,
            load_word(text, *pair.last()?)?,
        );
        let slots = ids.get_mut(2 * index..)?.first_chunk_mut()?;
        let words = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(first), second);
        let characters = _mm512_permutexvar_epi8(spread, words);
        let values = _mm512_permutex2var_epi8(low, characters, high);
        // Bit 6 tells letters from digits, bit 5, here moved to 6, lower from upper case.
        let case = _mm512_add_epi8(characters, characters);
        lower = _mm512_ternarylogic_epi64::<OR_BOTH>(lower, characters, case);
        upper = _mm512_ternarylogic_epi64::<OR_FIRST_ALONE>(upper, characters, case);
        let high_bits = _mm512_set1_epi8(-128);
        let seen = _mm512_ternarylogic_epi64::<OR_BOTH>(values, characters, high_bits);
        wrong = _mm512_or_si512(wrong, seen);
        store_two(
            slots,
            _mm512_permutexvar_epi8(gather, join(values, weights)),
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
