//! Keys that are ascending runs one behind the other: sorted ones, reversed ones, shards that were joined.

use rayon::prelude::*;

use super::{bits::Survey, room::Room};

/// More runs than this are sorted faster than merged.
const MOST_RUNS: usize = 8;
/// Below this many keys, merging is not worth its setting up.
const LEAST_KEYS: usize = 1 << 10;

/// Turns keys round that descend, and says whether they did. Others are told by their first few.
pub(super) fn turn_round_if_descending(keys: &mut [u128]) -> bool {
    let descending = keys.first() > keys.last() && keys.is_sorted_by(|a, b| a >= b);
    if descending {
        // Equal keys cannot be told apart, so that turning them round is as good as keeping their order.
        keys.reverse();
    }
    descending
}

/// Sorts keys that are few ascending runs, and says whether they were.
pub(super) fn sort_if_few(keys: &mut [u128], survey: &Survey) -> bool {
    if survey.is_sorted() {
        return true;
    }
    if survey.descents >= MOST_RUNS || keys.len() < LEAST_KEYS {
        return false;
    }
    let starts = starts(keys, survey.descents);
    merge(keys, &starts);
    true
}

/// Where the runs begin, and the end of the last.
fn starts(keys: &[u128], descents: usize) -> Vec<usize> {
    let mut inner: Vec<usize> = keys
        .par_windows(2)
        .with_min_len(1 << 16)
        .enumerate()
        .filter(|(_, pair)| pair[1] < pair[0])
        .map(|(index, _)| index + 1)
        .collect();
    debug_assert_eq!(inner.len(), descents);
    inner.insert(0, 0);
    inner.push(keys.len());
    inner
}

/// Merges neighbouring runs two by two, until one is left.
fn merge(keys: &mut [u128], starts: &[usize]) {
    let mut starts = starts.to_vec();
    let mut spare = Room::of(keys.len());
    let spare = spare.keys();
    let mut in_spare = false;
    while starts.len() > 2 {
        let (from, to) = if in_spare {
            (&mut *spare, &mut *keys)
        } else {
            (&mut *keys, &mut *spare)
        };
        starts = merge_pairs(from, to, &starts);
        in_spare = !in_spare;
    }
    if in_spare {
        keys.copy_from_slice(spare);
    }
}

fn merge_pairs(from: &[u128], mut to: &mut [u128], starts: &[usize]) -> Vec<usize> {
    let mut jobs = Vec::new();
    let mut merged = vec![0];
    for bounds in starts[..starts.len() - 1].chunks(2) {
        let start = bounds[0];
        let middle = bounds.get(1).copied();
        let end_index = merged.len() * 2;
        let end = starts
            .get(end_index)
            .or(starts.last())
            .copied()
            .unwrap_or(start);
        let (own, behind) = std::mem::take(&mut to).split_at_mut(end - start);
        to = behind;
        let middle = middle.unwrap_or(end);
        jobs.push((&from[start..middle], &from[middle..end], own));
        merged.push(end);
    }
    jobs.into_par_iter()
        .for_each(|(a, b, to)| merge_two(a, b, to));
    merged
}

/// Merges two runs, halved by the middle of the result as long as a half is worth a thread.
fn merge_two(a: &[u128], b: &[u128], to: &mut [u128]) {
    const ONE_THREAD: usize = 1 << 16;
    match (a.last(), b.first(), a.first(), b.last()) {
        (Some(a_last), Some(b_first), ..) if a_last <= b_first => concatenate(a, b, to),
        (_, _, Some(a_first), Some(b_last)) if b_last < a_first => concatenate(b, a, to),
        (None, ..) | (_, None, ..) => concatenate(a, b, to),
        _ if to.len() <= ONE_THREAD => merge_on_one_thread(a, b, to),
        _ => {
            let of_a = share_of_first(a, b, to.len() / 2);
            let of_b = to.len() / 2 - of_a;
            let (a_low, a_high) = a.split_at(of_a);
            let (b_low, b_high) = b.split_at(of_b);
            let (to_low, to_high) = to.split_at_mut(of_a + of_b);
            rayon::join(
                || merge_two(a_low, b_low, to_low),
                || merge_two(a_high, b_high, to_high),
            );
        }
    }
}

fn concatenate(a: &[u128], b: &[u128], to: &mut [u128]) {
    let (first, second) = to.split_at_mut(a.len());
    first.copy_from_slice(a);
    second.copy_from_slice(b);
}

/// How many of the `smallest` keys of both runs are of the first.
fn share_of_first(a: &[u128], b: &[u128], smallest: usize) -> usize {
    let (mut low, mut high) = (smallest.saturating_sub(b.len()), smallest.min(a.len()));
    while low < high {
        let middle = low.midpoint(high);
        if a[middle] <= b[smallest - middle - 1] {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Without a branch that depends on a key, as long as both runs have one.
fn merge_on_one_thread(mut a: &[u128], mut b: &[u128], mut to: &mut [u128]) {
    while !a.is_empty() && !b.is_empty() {
        // As many keys as this can be taken before either run could end.
        let safe = a.len().min(b.len());
        let (now, later) = std::mem::take(&mut to).split_at_mut(safe);
        let (mut i, mut j) = (0, 0);
        for slot in now {
            let (x, y) = (a[i], b[j]);
            let first = x <= y;
            *slot = if first { x } else { y };
            i += usize::from(first);
            j += usize::from(!first);
        }
        (a, b, to) = (&a[i..], &b[j..], later);
    }
    concatenate(a, b, to);
}
