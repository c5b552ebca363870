//! One pass that puts keys into buckets.

use rayon::prelude::*;

use super::bits::{ACROSS, HIGH, LOW, Window, by_word, digits};

/// Below this many keys, one thread is faster than several.
const PARALLEL: usize = 1 << 16;
/// From this many keys on, they do not stay in the cache until they are read again: 32 MiB.
const BEYOND_CACHE: usize = 1 << 21;
/// Keys of a cache line.
const LINE: usize = 4;

/// Puts keys into the buckets of their digit, in their order, and says where each bucket ends.
pub(super) fn scatter(keys: &[u128], into: &mut [u128], window: Window) -> Vec<usize> {
    let parts = if keys.len() < PARALLEL {
        1
    } else {
        rayon::current_num_threads()
    };
    let beyond_cache = keys.len() >= BEYOND_CACHE;
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
        .for_each(|(part, room)| by_word!(window, scatter_part(part, room, window, beyond_cache)));
    ends
}

/// Keys on their way into a bucket: a cache line's worth of them.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Line([u128; LINE]);

/// Writes to memory are slow where each goes to another place, so keys wait in a line of their bucket until it is full.
fn scatter_part<const WORD: u8>(
    keys: &[u128],
    mut room: Vec<&mut [u128]>,
    window: Window,
    beyond_cache: bool,
) {
    let mask = window.digits() - 1;
    let mut lines = vec![Line([0; LINE]); mask + 1];
    // Where the next key goes, counted from the cache line in which the room begins.
    let mut next: Vec<u32> = room
        .iter()
        .map(|room| (room.as_ptr().addr() / size_of::<u128>() % LINE) as u32)
        .collect();
    let skipped = next.clone();
    let (lines, next, room) = (&mut lines[..=mask], &mut next[..=mask], &mut room[..=mask]);
    for &key in keys {
        let digit = digits::<WORD>(key, window.shift) & mask;
        let at = next[digit];
        next[digit] = at + 1;
        let line = &mut lines[digit];
        line.0[at as usize % LINE] = key;
        if at as usize % LINE == LINE - 1 {
            let start = (at as usize + 1 - LINE).checked_sub(skipped[digit] as usize);
            match start.and_then(|start| room[digit][start..].first_chunk_mut()) {
                Some(place) if beyond_cache => line.write_past_cache(place),
                Some(place) => *place = line.0,
                None => {
                    let skipped = skipped[digit] as usize;
                    room[digit][..LINE - skipped].copy_from_slice(&line.0[skipped..]);
                }
            }
        }
    }
    for (digit, room) in room.iter_mut().enumerate() {
        let (skipped, end) = (skipped[digit] as usize, next[digit] as usize);
        let start = (end - end % LINE).max(skipped);
        room[start - skipped..].copy_from_slice(&lines[digit].0[start % LINE..][..end - start]);
    }
    fence();
}

impl Line {
    /// Writes the line so that it does not first read what it overwrites, nor displace from the cache what is needed
    /// sooner. Other threads see it after [`fence`].
    #[cfg(target_arch = "x86_64")]
    #[expect(unsafe_code, reason = "the stores take a pointer")]
    #[inline(always)]
    fn write_past_cache(&self, place: &mut [u128; LINE]) {
        use std::arch::x86_64::{__m128i, _mm_load_si128, _mm_stream_si128};
        for (key, place) in self.0.iter().zip(place) {
            // SAFETY: both point to a u128, which has the 16 bytes and the alignment that the instructions demand;
            // they are of SSE2, which every x86-64 has. `fence` is called before `place` is borrowed anew.
            unsafe {
                let key = _mm_load_si128(std::ptr::from_ref(key).cast::<__m128i>());
                _mm_stream_si128(std::ptr::from_mut(place).cast::<__m128i>(), key);
            }
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    #[inline(always)]
    fn write_past_cache(&self, place: &mut [u128; LINE]) {
        *place = self.0;
    }
}

/// Waits until what was written past the cache can be seen.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "an instruction beyond the language's own")]
fn fence() {
    // SAFETY: the instruction is of SSE, which every x86-64 has.
    unsafe { std::arch::x86_64::_mm_sfence() }
}

#[cfg(not(target_arch = "x86_64"))]
fn fence() {}
