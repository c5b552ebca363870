//! Comparison of ULIDs that follow one another, four at a time.

use core::arch::x86_64::*;

use crate::Ulid;

use super::{BLOCK, decode_records, scalar};
use crate::codec::{Reading, Sequence};

/// Keys that are read before they are compared: a first record, and blocks after it.
const BATCH: usize = 1 + 31 * BLOCK;

/// Adds records to `order` until one is wrong; says how many were right.
#[target_feature(enable = "avx2")]
pub(in crate::codec) fn order_records<const STRIDE: usize>(
    text: &[u8],
    reading: Reading,
    order: &mut Sequence,
) -> usize {
    let mut keys = [0; BATCH];
    let mut done = 0;
    loop {
        let read = decode_records::<STRIDE, u128>(&text[done * STRIDE..], reading, &mut keys);
        extend_order(order, &keys[..read]);
        done += read;
        if read < keys.len() {
            return done;
        }
    }
}

/// Adds keys to `order`.
#[target_feature(enable = "avx2")]
pub(in crate::codec) fn extend_order(order: &mut Sequence, keys: &[u128]) {
    let (first, rest) = keys.split_at(keys.len().min(1));
    scalar::extend_order(order, first);
    let mut steps = Steps::new(order.gap_ms);
    let (fours, others) = rest.as_chunks::<4>();
    for (four, before) in fours.iter().zip(keys.chunks_exact(4)) {
        if let Some(before) = before.first_chunk() {
            steps.push(before, four);
        }
    }
    if let Some([.., last]) = fours.last() {
        steps.add_to(order);
        order.ends = order.ends.map(|(first, _)| (first, Ulid(*last)));
        order.count += 4 * fours.len() as u64;
    }
    scalar::extend_order(order, others);
}

/// Comparison of four ULIDs at a time with those before them. Counters and times are 64 bits a lane.
struct Steps {
    gap_ms: __m256i,
    descents: __m256i,
    steps_back: __m256i,
    duplicates: __m256i,
    gaps: __m256i,
    longest_ms: __m256i,
    earliest_ms: __m256i,
    latest_ms: __m256i,
}

/// Four ULIDs, in an order that is the same for all fours.
struct Halves {
    high: __m256i,
    low: __m256i,
}

impl Halves {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn of(keys: &[u128; 4]) -> Halves {
        // SAFETY: the array holds 64 bytes.
        let (first, second) = unsafe {
            let vectors: *const __m256i = keys.as_ptr().cast();
            (
                _mm256_loadu_si256(vectors),
                _mm256_loadu_si256(vectors.add(1)),
            )
        };
        Halves {
            high: _mm256_unpackhi_epi64(first, second),
            low: _mm256_unpacklo_epi64(first, second),
        }
    }

    /// Lanes that are all ones where this ULID is smaller than the other.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn is_less(&self, other: &Halves, same_high: __m256i) -> __m256i {
        // The instruction compares signed numbers; turning the top bit round makes unsigned ones of them.
        let top = _mm256_set1_epi64x(i64::MIN);
        let turned = |lanes| _mm256_xor_si256(lanes, top);
        let high = _mm256_cmpgt_epi64(turned(other.high), turned(self.high));
        let low = _mm256_cmpgt_epi64(turned(other.low), turned(self.low));
        _mm256_or_si256(high, _mm256_and_si256(same_high, low))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn time_ms(&self) -> __m256i {
        _mm256_srli_epi64::<16>(self.high)
    }
}

impl Steps {
    #[inline]
    #[target_feature(enable = "avx2")]
    fn new(gap_ms: u64) -> Steps {
        let none = _mm256_setzero_si256();
        Steps {
            gap_ms: _mm256_set1_epi64x(gap_ms.min(i64::MAX as u64) as i64),
            descents: none,
            steps_back: none,
            duplicates: none,
            gaps: none,
            longest_ms: none,
            earliest_ms: _mm256_set1_epi64x(i64::MAX),
            latest_ms: none,
        }
    }

    /// Compares four ULIDs, each with the one before.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn push(&mut self, before: &[u128; 4], keys: &[u128; 4]) {
        let (before, keys) = (Halves::of(before), Halves::of(keys));
        let same_high = _mm256_cmpeq_epi64(keys.high, before.high);
        let same_low = _mm256_cmpeq_epi64(keys.low, before.low);
        let time_ms = keys.time_ms();
        let step_ms = _mm256_sub_epi64(time_ms, before.time_ms());
        let is_back = _mm256_cmpgt_epi64(_mm256_setzero_si256(), step_ms);
        let is_gap = _mm256_cmpgt_epi64(step_ms, self.gap_ms);
        // A lane that is all ones is -1.
        self.descents = _mm256_sub_epi64(self.descents, keys.is_less(&before, same_high));
        self.steps_back = _mm256_sub_epi64(self.steps_back, is_back);
        let is_same = _mm256_and_si256(same_high, same_low);
        self.duplicates = _mm256_sub_epi64(self.duplicates, is_same);
        self.gaps = _mm256_sub_epi64(self.gaps, is_gap);
        self.longest_ms = larger(self.longest_ms, step_ms);
        self.latest_ms = larger(self.latest_ms, time_ms);
        let is_earlier = _mm256_cmpgt_epi64(self.earliest_ms, time_ms);
        self.earliest_ms = _mm256_blendv_epi8(self.earliest_ms, time_ms, is_earlier);
    }

    /// Adds what was counted.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn add_to(&self, order: &mut Sequence) {
        let sum = |lanes| to_array(lanes).into_iter().sum::<u64>();
        let largest = |lanes| to_array(lanes).into_iter().fold(0, u64::max);
        order.descents += sum(self.descents);
        order.steps_back += sum(self.steps_back);
        order.duplicates += sum(self.duplicates);
        order.gaps += sum(self.gaps);
        order.longest_step_ms = order.longest_step_ms.max(largest(self.longest_ms));
        order.latest_ms = order.latest_ms.max(largest(self.latest_ms));
        let earliest = to_array(self.earliest_ms);
        order.earliest_ms = earliest.into_iter().fold(order.earliest_ms, u64::min);
    }
}

/// The larger of two signed numbers.
#[inline]
#[target_feature(enable = "avx2")]
fn larger(a: __m256i, b: __m256i) -> __m256i {
    _mm256_blendv_epi8(a, b, _mm256_cmpgt_epi64(b, a))
}

#[inline]
#[target_feature(enable = "avx2")]
fn to_array(lanes: __m256i) -> [u64; 4] {
    let mut array = [0; 4];
    // SAFETY: the array holds 32 bytes.
    unsafe { _mm256_storeu_si256(array.as_mut_ptr().cast(), lanes) };
    array
}
