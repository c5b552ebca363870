//! A radix sort, in memory and in place.
//!
//! Keys that are sorted already, or from the largest to the smallest, are found out in one pass, which ends at the first
//! key that is not. Others are scattered into buckets that fit a core's cache, and the buckets put together: two passes
//! through memory. A bucket of n keys is then ordered by its topmost log2(n) + 4 differing bits alone, by two counting
//! passes within the cache. The few neighbours that agree in all of those are put right by comparison. So each key crosses
//! memory three times, however long it is. The idea of ordering by just enough bits and repairing is that of "Engineering a
//! Multi-core Radix Sort" (Wassenberg, Sanders 2011) taken one step further.

use rayon::prelude::*;

use super::{
    bits::{Counters, Window, differing},
    blocks::{Scattered, Split},
    key::Key,
};
use crate::progress::{Cancelled, Progress};

/// Keys of a bucket that is ordered within the cache, 1 MiB at most.
const BUCKET: usize = 1 << 16;
/// The size that buckets are made for; half of the most leaves room for uneven keys.
const BUCKET_BITS: u32 = 15;
/// The size of buckets as long as there are few of them: their digits are narrower, and so many open blocks stay in the
/// cache.
const SMALL_BUCKET_BITS: u32 = 13;
const FEW_BUCKETS: usize = 512;
/// Keys of the largest bucket that is copied out, so that the copies take little beside all keys.
const MOST_GATHERED: usize = 4 * BUCKET;
/// Below this many keys, comparing is faster.
const SMALL: usize = 32;
/// Keys whose least and greatest tell well enough where all lie.
const SAMPLE: usize = 1 << 12;

/// Sorts keys. A unit of progress is a key in its place.
pub(super) fn sort<K: Key>(keys: &mut [K], progress: &Progress) -> Result<(), Cancelled> {
    sort_sampled(keys, SAMPLE, progress)
}

/// The same, by a sample of that many keys. A sample of all keys is sure to tell some of them apart.
fn sort_sampled<K: Key>(
    keys: &mut [K],
    sample: usize,
    progress: &Progress,
) -> Result<(), Cancelled> {
    if sort_if_one_run(keys) {
        return progress.advance(keys.len() as u64);
    }
    if keys.len() <= BUCKET {
        K::with_workspace(|workspace| workspace.sort_bucket(keys));
        return progress.advance(keys.len() as u64);
    }
    let split = split(keys, sample, 0);
    sort_wide(keys, split, progress)
}

/// Sorts keys and hands them out in stretches, each with its part of `into`, which is as long. It leaves the keys without
/// an order. Keys that differ in their lowest `together` bits alone are handed out together.
///
/// # Errors
///
/// [`Cancelled`] for a run that was cancelled, and where `each` returns it; the rest is not handed out then.
pub(super) fn sort_into<K: Key, T: Send>(
    keys: &mut [K],
    mut into: &mut [T],
    together: u32,
    progress: &Progress,
    each: impl Fn(&mut [K], &mut [T]) -> Result<(), Cancelled> + Sync,
) -> Result<(), Cancelled> {
    if keys.len() <= BUCKET || sort_if_one_run(keys) {
        sort(keys, progress)?;
        return each(keys, into);
    }
    let split = split(keys, SAMPLE, together);
    let scattered = Scattered::new(keys, split);
    let keys = &*keys;
    let mut parts = Vec::with_capacity(scattered.buckets());
    for bucket in 0..scattered.buckets() {
        let (own, behind) = into.split_at_mut(scattered.range(bucket).len());
        parts.push((bucket, own));
        into = behind;
    }
    parts.into_par_iter().try_for_each(|(bucket, into)| {
        let mut own = K::with_workspace(|workspace| std::mem::take(&mut workspace.gathered));
        scattered.gather(keys, bucket, &mut own);
        let all = own.len();
        let done = sort_sampled(&mut own, all, progress).and_then(|()| each(&mut own, into));
        K::with_workspace(|workspace| workspace.gathered = own);
        done
    })
}

/// Sorts keys and hands them out from the smallest to the largest, on this thread, while other threads sort those behind
/// them. It leaves the keys without an order. A unit of progress is a key that was handed out.
///
/// # Errors
///
/// [`Cancelled`] for a run that was cancelled, and the first error of `each`; the rest is not handed out then.
pub(super) fn hand_out<K: Key, E: From<Cancelled>>(
    keys: &mut [K],
    progress: &Progress,
    mut each: impl FnMut(&[K]) -> Result<(), E>,
) -> Result<(), E> {
    let each = |keys: &[K]| {
        progress.advance(keys.len() as u64)?;
        each(keys)
    };
    if keys.len() <= BUCKET || sort_if_one_run(keys) {
        sort(keys, &progress.piece())?;
        return keys.chunks(BUCKET).try_for_each(each);
    }
    let split = split(keys, SAMPLE, 0);
    let scattered = Scattered::new(keys, split);
    let is_large = |bucket| scattered.range(bucket).len() > MOST_GATHERED;
    if (0..scattered.buckets()).any(is_large) {
        place_and_sort(scattered, keys, &progress.piece())?;
        return keys.chunks(BUCKET).try_for_each(each);
    }
    hand_out_buckets(&scattered, keys, progress, each)
}

fn hand_out_buckets<K: Key, E: From<Cancelled>>(
    scattered: &Scattered<K>,
    keys: &[K],
    progress: &Progress,
    mut each: impl FnMut(&[K]) -> Result<(), E>,
) -> Result<(), E> {
    let progress = progress.piece();
    let sort_bucket = |bucket: usize, own: &mut Vec<K>| {
        scattered.gather(keys, bucket, own);
        sort_placed(own, &progress);
    };
    let threads = rayon::current_num_threads();
    let mut ready: Vec<Vec<K>> = Vec::new();
    let mut next = Vec::new();
    for first in (0..scattered.buckets()).step_by(threads) {
        let buckets = first..scattered.buckets().min(first + threads);
        next.resize(buckets.len(), Vec::new());
        rayon::in_place_scope(|scope| {
            for (bucket, own) in buckets.zip(&mut next) {
                let sort_bucket = &sort_bucket;
                scope.spawn(move |_| sort_bucket(bucket, own));
            }
            ready.iter().try_for_each(|keys| each(keys))
        })?;
        std::mem::swap(&mut ready, &mut next);
    }
    ready.iter().try_for_each(|keys| each(keys))
}

/// Sorts keys that ascend or descend all along, or do so in two parts that change places, and says whether they did.
fn sort_if_one_run<K: Key>(keys: &mut [K]) -> bool {
    if keys.first() > keys.last() && keys.is_sorted_by(|a, b| a >= b) {
        // Equal keys cannot be told apart, so that turning them round is as good as keeping their order.
        keys.reverse();
        return true;
    }
    let Some(descent) = keys.array_windows().position(|[a, b]| b < a) else {
        return true;
    };
    let rotated = keys.last() <= keys.first() && keys[descent + 1..].is_sorted();
    if rotated {
        keys.rotate_left(descent + 1);
    }
    rotated
}

/// Buckets for keys, by a sample of them.
fn split<K: Key>(keys: &[K], sample: usize, least_shift: u32) -> Split {
    let step = keys.len() / sample;
    let sample = || keys.iter().step_by(step.max(1)).copied();
    let (low, high) = (sample().min(), sample().max());
    let (low, high) = (low.unwrap_or_default(), high.unwrap_or_default());
    let len = keys.len().next_power_of_two();
    let few_or_small = (len >> SMALL_BUCKET_BITS).min(FEW_BUCKETS);
    let buckets = (len >> BUCKET_BITS).max(few_or_small);
    Split::between(
        low.into(),
        high.into(),
        buckets.clamp(16, 1 << 13),
        least_shift,
    )
}

/// Sorts more keys than a bucket holds. On several threads, buckets are sorted while others are still put together.
fn sort_wide<K: Key>(keys: &mut [K], split: Split, progress: &Progress) -> Result<(), Cancelled> {
    let scattered = Scattered::new(keys, split);
    place_and_sort(scattered, keys, progress)
}

fn place_and_sort<K: Key>(
    scattered: Scattered<K>,
    keys: &mut [K],
    progress: &Progress,
) -> Result<(), Cancelled> {
    if rayon::current_num_threads() == 1 {
        scattered.place(keys, |bucket| sort_placed(bucket, progress));
    } else {
        rayon::scope(|scope| {
            scattered.place(keys, |bucket| {
                scope.spawn(|_| sort_placed(bucket, progress));
            });
        });
    }
    progress.advance(0)
}

/// Sorts a bucket, unless the run is cancelled.
fn sort_placed<K: Key>(keys: &mut [K], progress: &Progress) {
    if progress.is_cancelled() || keys.is_empty() {
        return;
    }
    // Whether it was cancelled is asked in the end.
    let _ = sort_sampled(keys, keys.len(), progress);
}

/// The buffers of a thread that sorts buckets. It stays with the thread: fresh memory costs as much as half of a small sort.
#[derive(Default)]
pub(super) struct Workspace<K> {
    /// As much as a bucket needs, at most 1 MiB.
    between: Vec<K>,
    counters: Counters,
    /// A bucket that was copied together.
    gathered: Vec<K>,
}

impl<K: Key> Workspace<K> {
    fn sort_bucket(&mut self, keys: &mut [K]) {
        if self.between.len() < keys.len() {
            self.between.resize(keys.len(), K::default());
        }
        sort_bucket(keys, &mut self.between[..keys.len()], &mut self.counters);
    }
}

/// Sorts a bucket in its place.
fn sort_bucket<K: Key>(keys: &mut [K], spare: &mut [K], counters: &mut Counters) {
    if keys.len() <= SMALL {
        return insertion_sort(keys);
    }
    let sample = keys.iter().step_by(keys.len() / SMALL);
    let mut window = bucket_window(keys.len(), differing(sample.copied()));
    if !window.two_passes(keys, spare, counters) {
        window = bucket_window(keys.len(), differing(keys.iter().copied()));
        window.two_passes(keys, spare, counters);
    }
    repair(keys, spare, window, counters);
}

/// Enough of the topmost differing bits to tell nearly all of a bucket's keys apart.
fn bucket_window(len: usize, differing: u128) -> Window {
    let bits = usize::BITS - (len - 1).leading_zeros() + 4;
    Window::topmost(differing, bits)
}

/// Orders neighbours that agree in the window by the bits below it.
fn repair<K: Key>(keys: &mut [K], spare: &mut [K], window: Window, counters: &mut Counters) {
    let mut from = 0;
    while let Some(descent) = descent(&keys[from..]) {
        let at = from + descent;
        let same = |key: &K| window.agree((*key).into(), keys[at].into());
        let start = at
            - keys[from..at]
                .iter()
                .rev()
                .take_while(|key| same(key))
                .count();
        let end = at + keys[at..].iter().take_while(|key| same(key)).count();
        sort_bucket(&mut keys[start..end], &mut spare[start..end], counters);
        from = end;
    }
}

/// The first key that is greater than the one behind it.
fn descent<K: Key>(keys: &[K]) -> Option<usize> {
    let mut pairs = keys.array_windows();
    // The upper words tell nearly always, in half the time.
    let mut from = 0;
    loop {
        from += pairs.position(|&[a, b]| b.upper() <= a.upper())?;
        if keys[from + 1] < keys[from] {
            return Some(from);
        }
        from += 1;
    }
}

fn insertion_sort<K: Key>(keys: &mut [K]) {
    for end in 1..keys.len() {
        let key = keys[end];
        let mut at = end;
        while at > 0 && keys[at - 1] > key {
            keys[at] = keys[at - 1];
            at -= 1;
        }
        keys[at] = key;
    }
}
