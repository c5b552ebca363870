//! A byte becomes a bit by a table, and eight blocks are searched at a time.

use core::arch::x86_64::*;

use super::{BLOCK, BLOCKS, PageAndNext, Starts, prefetch_next};

/// For each ASCII byte whether it is a letter or a digit, in the top bit.
static WORD_BYTES: [Aligned<[u8; 64]>; 2] = [word_bytes(0), word_bytes(64)];

const fn word_bytes(first: u8) -> Aligned<[u8; 64]> {
    let mut table = [0; 64];
    let mut byte = 0;
    while byte < 64 {
        table[byte as usize] = (first + byte).is_ascii_alphanumeric() as u8 * 0x80;
        byte += 1;
    }
    Aligned(table)
}

/// The blocks that are searched at a time.
const LANES: usize = 8;

/// On a cache line of its own.
#[repr(align(64))]
struct Aligned<T>(T);

#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi,avx512vbmi2,avx512vpopcntdq,popcnt"
)]
pub(super) fn find_starts(page: &PageAndNext, before: u64, starts: &mut Starts) -> u64 {
    let load_bytes = |bytes: &[u8; BLOCK]| {
        // SAFETY: the pointer is to 64 bytes, and the load needs no alignment.
        unsafe { _mm512_loadu_si512(bytes.as_ptr().cast()) }
    };
    let load = |words: &[u64; LANES]| {
        // SAFETY: as above.
        unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
    };
    let [low, high] = [load_bytes(&WORD_BYTES[0].0), load_bytes(&WORD_BYTES[1].0)];
    // The bits of the block behind the page are alone in the last lanes.
    let mut bits = Aligned([0; BLOCKS + LANES]);
    for (bits, block) in bits.0.iter_mut().zip(page.as_chunks().0) {
        let bytes = load_bytes(block);
        let in_table = _mm512_permutex2var_epi8(low, bytes, high);
        *bits = _mm512_movepi8_mask(_mm512_andnot_si512(bytes, in_table));
    }
    prefetch_next(page);
    starts.count = 0;
    let mut last = _mm512_set1_epi64(before.cast_signed());
    let eights = bits.0.as_chunks().0;
    for (index, (eight, next)) in eights.iter().zip(eights.iter().skip(1)).enumerate() {
        let (eight, next) = (load(eight), load(next));
        let begins = starts_of_26_in_eight(
            _mm512_alignr_epi64::<7>(eight, last),
            eight,
            _mm512_alignr_epi64::<1>(next, eight),
        );
        starts.extend_by_eight(LANES * index, begins);
        last = eight;
    }
    bits.0[BLOCKS - 1]
}

impl Starts {
    /// As [`extend`](Starts::extend), of eight blocks. Where one of them begins two words, which lists of IDs do, they are
    /// taken one by one.
    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi,avx512vbmi2,avx512vpopcntdq,popcnt"
    )]
    fn extend_by_eight(&mut self, first_block: usize, begins: __m512i) {
        let others = _mm512_add_epi64(begins, _mm512_set1_epi64(-1));
        let places = self
            .places
            .get_mut(self.count..)
            .and_then(<[u16]>::first_chunk_mut::<LANES>);
        match places {
            Some(places) if _mm512_test_epi64_mask(begins, others) == 0 => {
                let bit = _mm512_popcnt_epi64(_mm512_andnot_si512(begins, others));
                let blocks = _mm512_add_epi64(
                    _mm512_set1_epi64((BLOCK * first_block) as i64),
                    _mm512_setr_epi64(0, 64, 128, 192, 256, 320, 384, 448),
                );
                let any = _mm512_test_epi64_mask(begins, begins);
                let place = _mm512_maskz_compress_epi64(any, _mm512_add_epi64(blocks, bit));
                // SAFETY: the pointer is to 16 bytes, and the store needs no alignment.
                unsafe { _mm_storeu_si128(places.as_mut_ptr().cast(), low_words(place)) };
                self.count += any.count_ones() as usize;
            }
            _ => {
                let mut each = [0; LANES];
                // SAFETY: the pointer is to 64 bytes, and the store needs no alignment.
                unsafe { _mm512_storeu_si512(each.as_mut_ptr().cast(), begins) };
                self.extend(first_block, &each);
            }
        }
    }
}

/// The low 16 bits of each lane. `vpmovqw` does it too, but is slow where it stores.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn low_words(lanes: __m512i) -> __m128i {
    let (first, second) = (0x000C_0008_0004_0000, 0x001C_0018_0014_0010);
    let every_fourth = _mm512_setr_epi64(first, second, 0, 0, 0, 0, 0, 0);
    _mm512_castsi512_si128(_mm512_permutexvar_epi16(every_fourth, lanes))
}

/// [`starts_of_26`](super::starts_of_26) of eight words at a time.
#[inline]
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi,avx512vbmi2,avx512vpopcntdq,popcnt"
)]
fn starts_of_26_in_eight(before: __m512i, bits: __m512i, behind: __m512i) -> __m512i {
    const ALL_THREE: i32 = 0x80;
    const FIRST_ALONE: i32 = 0x10;
    let (low_2, high_2) = (
        _mm512_and_si512(bits, _mm512_shrdi_epi64::<1>(bits, behind)),
        _mm512_and_si512(behind, _mm512_srli_epi64::<1>(behind)),
    );
    let (low_4, high_4) = (
        _mm512_and_si512(low_2, _mm512_shrdi_epi64::<2>(low_2, high_2)),
        _mm512_and_si512(high_2, _mm512_srli_epi64::<2>(high_2)),
    );
    let (low_8, high_8) = (
        _mm512_and_si512(low_4, _mm512_shrdi_epi64::<4>(low_4, high_4)),
        _mm512_and_si512(high_4, _mm512_srli_epi64::<4>(high_4)),
    );
    let low_16 = _mm512_and_si512(low_8, _mm512_shrdi_epi64::<8>(low_8, high_8));
    let low_26 = _mm512_ternarylogic_epi64::<ALL_THREE>(
        low_16,
        _mm512_shrdi_epi64::<16>(low_8, high_8),
        _mm512_shrdi_epi64::<24>(low_2, high_2),
    );
    let preceded = _mm512_shldi_epi64::<1>(bits, before);
    let followed = _mm512_shrdi_epi64::<26>(bits, behind);
    _mm512_ternarylogic_epi64::<FIRST_ALONE>(low_26, preceded, followed)
}
