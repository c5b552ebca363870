//! A radix sort for 128-bit keys, in memory.
//!
//! One look at all keys tells which bits differ and how many ascending runs there are; few runs are merged. Otherwise
//! the topmost differing bits scatter the keys into buckets that fit a core's cache: one pass through memory, with
//! writes gathered to whole cache lines. A bucket of n keys is then ordered by its topmost log2(n) + 4 differing bits
//! alone, by two counting passes within the cache. The few neighbours that agree in all of those are put right by
//! comparison. So each key crosses memory twice, however long it is. The idea of ordering by just enough bits and
//! repairing is that of "Engineering a Multi-core Radix Sort" (Wassenberg, Sanders 2011) taken one step further.

use std::cell::RefCell;

use rayon::prelude::*;

use super::{
    bits::{Survey, Window},
    room::Room,
    runs,
    scatter::scatter,
};
use crate::progress::{Cancelled, Progress};

/// Keys of a bucket that is ordered within the cache, 1 MiB at most.
const BUCKET: usize = 1 << 16;
/// The size that buckets are made for; a quarter of the most leaves room for uneven keys.
const BUCKET_BITS: u32 = 14;
/// Below this many keys, comparing is faster.
const SMALL: usize = 32;
/// Digits of a counting pass have at most this many bits, so that its counters stay in the first cache.
const DIGIT_BITS: u32 = 10;
const DIGITS: usize = 1 << DIGIT_BITS;

/// Sorts keys. A unit of progress is a key in its place.
pub(super) fn sort(keys: &mut [u128], progress: &Progress) -> Result<(), Cancelled> {
    if runs::turn_round_if_descending(keys) {
        return progress.advance(keys.len() as u64);
    }
    let survey = Survey::of(keys);
    if runs::sort_if_few(keys, &survey) {
        return progress.advance(keys.len() as u64);
    }
    if keys.len() <= BUCKET {
        WORKSPACE.with_borrow_mut(|workspace| workspace.sort_bucket(keys));
        return progress.advance(keys.len() as u64);
    }
    let mut spare = Room::of(keys.len());
    sort_wide(keys, spare.keys(), survey.differing(), progress)
}

/// Sorts more keys than a bucket holds, with as much spare memory. `differing` are the bits in which keys differ.
fn sort_wide(
    keys: &mut [u128],
    spare: &mut [u128],
    differing: u128,
    progress: &Progress,
) -> Result<(), Cancelled> {
    let digit_bits = (usize::BITS - keys.len().leading_zeros())
        .saturating_sub(BUCKET_BITS)
        .clamp(4, 13);
    let window = Window::topmost(differing, digit_bits);
    let ends = scatter(keys, spare, window);
    let buckets = split_at_ends(spare, keys, &ends);
    buckets.into_par_iter().try_for_each(|(from, to)| {
        let count = from.len() as u64;
        if from.len() <= BUCKET {
            WORKSPACE.with_borrow_mut(|workspace| workspace.sort_bucket_into(from, to));
            return progress.advance(count);
        }
        to.copy_from_slice(from);
        let survey = Survey::of(to);
        if survey.is_sorted() {
            return progress.advance(count);
        }
        sort_wide(to, from, survey.differing(), progress)
    })
}

/// Pairs of the same stretch of both slices, of those that are not empty.
fn split_at_ends<'a>(
    mut first: &'a mut [u128],
    mut second: &'a mut [u128],
    ends: &[usize],
) -> Vec<(&'a mut [u128], &'a mut [u128])> {
    let mut pairs = Vec::with_capacity(ends.len());
    let mut start = 0;
    for &end in ends {
        if end > start {
            let (a, first_behind) = first.split_at_mut(end - start);
            let (b, second_behind) = second.split_at_mut(end - start);
            pairs.push((a, b));
            (first, second, start) = (first_behind, second_behind, end);
        }
    }
    pairs
}

/// What a thread needs to sort buckets. It stays with the thread: fresh memory costs as much as half of a small sort.
struct Workspace {
    between: Vec<u128>,
    counters: Counters,
}

thread_local! {
    static WORKSPACE: RefCell<Workspace> = RefCell::new(Workspace {
        between: Vec::new(),
        counters: Counters::new(),
    });
}

impl Workspace {
    /// As much spare memory as a bucket of this length needs, at most 1 MiB.
    fn room(&mut self, len: usize) -> (&mut [u128], &mut Counters) {
        if self.between.len() < len {
            self.between.resize(len, 0);
        }
        (&mut self.between[..len], &mut self.counters)
    }

    fn sort_bucket(&mut self, keys: &mut [u128]) {
        let (spare, counters) = self.room(keys.len());
        sort_bucket(keys, spare, counters);
    }

    /// Sorts a bucket from one place to another. What is left behind has no order.
    fn sort_bucket_into(&mut self, from: &mut [u128], to: &mut [u128]) {
        let survey = (from.len() > SMALL).then(|| Survey::of(from));
        match survey {
            Some(survey) if !survey.is_sorted() => {
                let window = bucket_window(from.len(), survey.differing());
                let (between, counters) = self.room(from.len());
                window.two_passes(from, between, to, counters);
                repair(to, from, window, counters);
            }
            Some(_) => to.copy_from_slice(from),
            None => {
                to.copy_from_slice(from);
                insertion_sort(to);
            }
        }
    }
}

/// Sorts a bucket in its place.
fn sort_bucket(keys: &mut [u128], spare: &mut [u128], counters: &mut Counters) {
    if keys.len() <= SMALL {
        return insertion_sort(keys);
    }
    let survey = Survey::of(keys);
    if survey.is_sorted() {
        return;
    }
    let window = bucket_window(keys.len(), survey.differing());
    window.two_passes_back(keys, spare, counters);
    repair(keys, spare, window, counters);
}

/// Enough of the topmost differing bits to tell nearly all of a bucket's keys apart.
fn bucket_window(len: usize, differing: u128) -> Window {
    let bits = usize::BITS - (len - 1).leading_zeros() + 4;
    Window::topmost(differing, bits.min(2 * DIGIT_BITS))
}

/// Orders neighbours that agree in the window by the bits below it.
fn repair(keys: &mut [u128], spare: &mut [u128], window: Window, counters: &mut Counters) {
    let mut from = 0;
    while let Some(descent) = keys[from..].windows(2).position(|pair| pair[1] < pair[0]) {
        let at = from + descent;
        let same = |key: &u128| window.agree(*key, keys[at]);
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

fn insertion_sort(keys: &mut [u128]) {
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

/// Where the next key of each digit goes, for the low and the high digit of a window.
pub(super) struct Counters {
    pub(super) low: Box<[u32; DIGITS]>,
    pub(super) high: Box<[u32; DIGITS]>,
}

impl Counters {
    fn new() -> Counters {
        Counters {
            low: Box::new([0; DIGITS]),
            high: Box::new([0; DIGITS]),
        }
    }
}
