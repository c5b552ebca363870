//! A radix sort for 128-bit keys, in memory.
//!
//! One look at all keys tells which bits differ and how many ascending runs there are; few runs are merged. Otherwise
//! the topmost differing bits scatter the keys into buckets that fit a core's cache: one pass through memory, with
//! writes gathered to whole cache lines. A bucket of n keys is then ordered by its topmost log2(n) + 4 differing bits
//! alone, by two counting passes within the cache. The few neighbours that agree in all of those are put right by
//! comparison. So each key crosses memory twice, however long it is. The idea of ordering by just enough bits and
//! repairing is that of "Engineering a Multi-core Radix Sort" (Wassenberg, Sanders 2011) taken one step further.

use rayon::prelude::*;

use super::{
    bits::{Survey, Window},
    runs,
};
use crate::progress::{Cancelled, Progress};

/// Keys of a bucket that is ordered within the cache: twice 512 KiB.
const BUCKET: usize = 1 << 15;
/// The size that buckets are made for. Half full ones leave room for uneven keys.
const BUCKET_BITS: u32 = 14;
/// Below this many keys, comparing is faster.
const SMALL: usize = 32;
/// Below this many keys, one thread is faster than several.
const PARALLEL: usize = 1 << 16;
/// Digits of a counting pass have at most this many bits, so that its counters stay in the first cache.
const DIGIT_BITS: u32 = 10;
const DIGITS: usize = 1 << DIGIT_BITS;
/// Keys of a cache line.
const LINE: usize = 4;

/// Sorts keys. A unit of progress is a key in its place.
pub(super) fn sort(keys: &mut [u128], progress: &Progress) -> Result<(), Cancelled> {
    let survey = Survey::of(keys);
    if keys.len() <= BUCKET {
        if !survey.is_sorted() {
            let mut spare = vec![0; keys.len()];
            sort_bucket(keys, &mut spare, &mut Counters::new());
        }
        return progress.advance(keys.len() as u64);
    }
    if runs::sort_if_few(keys, &survey) {
        return progress.advance(keys.len() as u64);
    }
    let mut spare = vec![0; keys.len() + LINE];
    let aligned = spare.as_ptr().align_offset(64).min(LINE);
    let spare = &mut spare[aligned..][..keys.len()];
    sort_wide(keys, spare, survey.differing(), progress)
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
    buckets
        .into_par_iter()
        .try_for_each_init(Workspace::default, |workspace, (from, to)| {
            let count = from.len() as u64;
            if from.len() <= BUCKET {
                workspace.sort_bucket_into(from, to);
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

/// Puts keys into the buckets of their digit, in their order, and says where each bucket ends.
fn scatter(keys: &[u128], into: &mut [u128], window: Window) -> Vec<usize> {
    let parts = if keys.len() < PARALLEL {
        1
    } else {
        rayon::current_num_threads()
    };
    let part_len = keys.len().div_ceil(parts).max(1);
    let counts: Vec<Vec<u32>> = keys
        .par_chunks(part_len)
        .map(|part| window.count(part))
        .collect();

    // The buckets lie one behind the other, each with the keys of the first part first.
    let mut room: Vec<Vec<&mut [u128]>> = counts
        .iter()
        .map(|counts| Vec::with_capacity(counts.len()))
        .collect();
    let mut ends = Vec::with_capacity(window.digits());
    let (mut rest, mut end) = (into, 0);
    for digit in 0..window.digits() {
        for (room, counts) in room.iter_mut().zip(&counts) {
            let count = counts[digit] as usize;
            let (own, behind) = rest.split_at_mut(count);
            room.push(own);
            rest = behind;
            end += count;
        }
        ends.push(end);
    }
    keys.par_chunks(part_len)
        .zip(room)
        .for_each(|(part, room)| scatter_part(part, room, window));
    ends
}

/// A cache line's worth of keys on their way into a bucket.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line([u128; LINE]);

/// Writes to memory are slow where each goes to another place, so keys wait in a line of their bucket until it is full.
fn scatter_part(keys: &[u128], mut room: Vec<&mut [u128]>, window: Window) {
    let mut lines = vec![Line([0; LINE]); room.len()];
    // Where the next key goes, counted from the cache line in which the room begins.
    let mut next: Vec<u32> = room
        .iter()
        .map(|room| (room.as_ptr().addr() / size_of::<u128>() % LINE) as u32)
        .collect();
    let skipped = next.clone();
    window.for_each_digit(keys, |key, digit| {
        let at = next[digit];
        let line = &mut lines[digit].0;
        line[at as usize % LINE] = key;
        next[digit] = at + 1;
        if at as usize % LINE == LINE - 1 {
            let start = (at + 1) as usize - LINE;
            match start.checked_sub(skipped[digit] as usize) {
                Some(start) => room[digit][start..start + LINE].copy_from_slice(line),
                None => {
                    let skipped = skipped[digit] as usize;
                    room[digit][..LINE - skipped].copy_from_slice(&line[skipped..]);
                }
            }
        }
    });
    for (digit, room) in room.iter_mut().enumerate() {
        let (skipped, end) = (skipped[digit] as usize, next[digit] as usize);
        let start = (end - end % LINE).max(skipped);
        room[start - skipped..].copy_from_slice(&lines[digit].0[start % LINE..][..end - start]);
    }
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

/// What a thread needs to sort buckets, for all of them.
struct Workspace {
    between: Vec<u128>,
    counters: Counters,
}

impl Default for Workspace {
    fn default() -> Workspace {
        Workspace {
            between: vec![0; BUCKET],
            counters: Counters::new(),
        }
    }
}

impl Workspace {
    /// Sorts a bucket from one place to another. What is left behind has no order.
    fn sort_bucket_into(&mut self, from: &mut [u128], to: &mut [u128]) {
        let survey = (from.len() > SMALL).then(|| Survey::of(from));
        match survey {
            Some(survey) if !survey.is_sorted() => {
                let window = bucket_window(from.len(), survey.differing());
                let between = &mut self.between[..from.len()];
                window.two_passes(from, between, to, &mut self.counters);
                repair(to, from, window, &mut self.counters);
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
