//! Comparison of ULIDs that follow one another, eight at a time.

use core::arch::x86_64::*;

use crate::Ulid;

use super::{Decoder, TO_COMPARE, block, load_keys, scalar};
use crate::codec::{Reading, Sequence};

/// Adds records to `order` until one is wrong; says how many were right.
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(in crate::codec) fn order_records<const STRIDE: usize>(
    text: &[u8],
    reading: Reading,
    order: &mut Sequence,
) -> usize {
    let mut done = match (order.ends, text.get(..STRIDE)) {
        (None, Some(first)) => scalar::order_records::<STRIDE>(first, reading, order),
        _ => 0,
    };
    if let Some((_, last)) = order.ends {
        let decoder = Decoder::<STRIDE>::new(reading);
        let mut steps = Steps::after(last, order.gap_ms);
        let begun = done;
        while let Some(block) = block::<STRIDE, 8>(text, done) {
            let Some(quads) = decoder.block::<8, TO_COMPARE, u128>(block) else {
                break;
            };
            for [first, second] in quads.as_chunks::<2>().0 {
                steps.push(*first, *second);
            }
            done += 32;
        }
        steps.add_to(order, done - begun);
    }
    done + scalar::order_records::<STRIDE>(&text[done * STRIDE..], reading, order)
}

/// Adds keys to `order`.
#[target_feature(
    enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
)]
pub(in crate::codec) fn extend_order(order: &mut Sequence, keys: &[u128]) {
    let mut rest = keys;
    if let (None, [first, others @ ..]) = (order.ends, keys) {
        order.push(Ulid(*first));
        rest = others;
    }
    if let Some((_, last)) = order.ends {
        let mut steps = Steps::after(last, order.gap_ms);
        let (eights, others) = rest.as_chunks::<8>();
        for eight in eights {
            steps.push(load_keys(&eight[..4]), load_keys(&eight[4..]));
        }
        steps.add_to(order, 8 * eights.len());
        scalar::extend_order(order, others);
    }
}

/// Comparison of eight ULIDs at a time with those before them.
struct Steps {
    gap_ms: __m512i,
    /// The upper and lower halves of the last eight.
    high: __m512i,
    low: __m512i,
    descents: __m512i,
    steps_back: __m512i,
    duplicates: __m512i,
    gaps: __m512i,
    longest: __m512i,
    earliest: __m512i,
    latest: __m512i,
}

impl Steps {
    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
    )]
    fn after(last: Ulid, gap_ms: u64) -> Steps {
        Steps {
            gap_ms: _mm512_set1_epi64(gap_ms.min(i64::MAX as u64) as i64),
            high: _mm512_set1_epi64((last.0 >> 64) as i64),
            low: _mm512_set1_epi64(last.0 as i64),
            descents: _mm512_setzero_si512(),
            steps_back: _mm512_setzero_si512(),
            duplicates: _mm512_setzero_si512(),
            gaps: _mm512_setzero_si512(),
            longest: _mm512_setzero_si512(),
            earliest: _mm512_set1_epi64(-1),
            latest: _mm512_setzero_si512(),
        }
    }

    /// Compares eight ULIDs, each with the one before.
    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
    )]
    fn push(&mut self, first: __m512i, second: __m512i) {
        let odd = _mm512_setr_epi64(1, 3, 5, 7, 9, 11, 13, 15);
        let even = _mm512_setr_epi64(0, 2, 4, 6, 8, 10, 12, 14);
        let high = _mm512_permutex2var_epi64(first, odd, second);
        let low = _mm512_permutex2var_epi64(first, even, second);
        let last_high = _mm512_alignr_epi64::<7>(high, self.high);
        let last_low = _mm512_alignr_epi64::<7>(low, self.low);
        let tied = _mm512_cmpeq_epi64_mask(high, last_high);
        let less = _mm512_cmplt_epu64_mask(high, last_high)
            | _mm512_mask_cmplt_epu64_mask(tied, low, last_low);
        let same = _mm512_mask_cmpeq_epi64_mask(tied, low, last_low);
        let step = _mm512_sub_epi64(
            _mm512_srli_epi64::<16>(high),
            _mm512_srli_epi64::<16>(last_high),
        );
        // Counted in lanes: the masks of bits would be counted one by one.
        let one = _mm512_set1_epi64(1);
        let add = |count, mask| _mm512_mask_add_epi64(count, mask, count, one);
        self.descents = add(self.descents, less);
        self.duplicates = add(self.duplicates, same);
        self.steps_back = add(self.steps_back, _mm512_movepi64_mask(step));
        self.gaps = add(self.gaps, _mm512_cmpgt_epi64_mask(step, self.gap_ms));
        self.longest = _mm512_max_epi64(self.longest, step);
        self.earliest = _mm512_min_epu64(self.earliest, high);
        self.latest = _mm512_max_epu64(self.latest, high);
        (self.high, self.low) = (high, low);
    }

    /// Adds what was counted over `count` ULIDs.
    #[inline]
    #[target_feature(
        enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,avx512ifma,popcnt"
    )]
    fn add_to(&self, order: &mut Sequence, count: usize) {
        if count == 0 {
            return;
        }
        let (mut high, mut low) = ([0_u64; 8], [0_u64; 8]);
        // SAFETY: both arrays hold 64 bytes.
        unsafe {
            _mm512_storeu_si512(high.as_mut_ptr().cast(), self.high);
            _mm512_storeu_si512(low.as_mut_ptr().cast(), self.low);
        }
        let last = Ulid(u128::from(high[7]) << 64 | u128::from(low[7]));
        order.ends = order.ends.map(|(first, _)| (first, last));
        order.count += count as u64;
        order.descents += _mm512_reduce_add_epi64(self.descents) as u64;
        order.steps_back += _mm512_reduce_add_epi64(self.steps_back) as u64;
        order.duplicates += _mm512_reduce_add_epi64(self.duplicates) as u64;
        order.gaps += _mm512_reduce_add_epi64(self.gaps) as u64;
        let longest = _mm512_reduce_max_epi64(self.longest) as u64;
        order.longest_step_ms = order.longest_step_ms.max(longest);
        order.earliest_ms = order
            .earliest_ms
            .min(_mm512_reduce_min_epu64(self.earliest) >> 16);
        order.latest_ms = order
            .latest_ms
            .max(_mm512_reduce_max_epu64(self.latest) >> 16);
    }
}
