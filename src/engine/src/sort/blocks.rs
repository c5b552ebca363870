//! One pass that puts keys into buckets, within the memory that they take.
//!
//! Keys wait in an open block of their bucket. A block that is full goes to where keys have been read already, so that
//! it needs no memory of its own, and what it overwrites is still in the cache. The idea is that of "Engineering
//! In-place (Shared-memory) Sorting Algorithms" (Axtmann, Witt, Ferizovic, Sanders 2020).

use std::ops::Range;

use rayon::prelude::*;

use super::key::Key;

/// Keys of a block.
const BLOCK: usize = 128;
/// Below this many keys, one thread is faster than several.
const PARALLEL: usize = 1 << 16;

type Block<K> = [K; BLOCK];

/// Cuts keys into buckets of equal width. What lies outside of the stretch that the buckets were made for belongs to the
/// first or to the last one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    low: u128,
    shift: u32,
    last: usize,
}

impl Split {
    /// At most `buckets` of them from the key `low` to `high`, each 2 to the power of at least `least_shift` wide.
    pub(super) fn between(low: u128, high: u128, buckets: usize, least_shift: u32) -> Split {
        let bits = u128::BITS - (high - low).leading_zeros();
        let mut shift = bits.saturating_sub(buckets.ilog2()).max(least_shift);
        // In the upper word alone it is told faster.
        let low = if shift >= u64::BITS {
            low >> 64 << 64
        } else {
            low
        };
        while (high - low) >> shift >= buckets as u128 {
            shift += 1;
        }
        let last = ((high - low) >> shift) as usize;
        Split { low, shift, last }
    }

    fn buckets(self) -> usize {
        self.last + 1
    }

    /// `WORD` is the word that the digit lies in.
    #[inline(always)]
    fn bucket<const WORD: u8>(self, key: u128) -> usize {
        match WORD {
            UPPER => {
                let above = ((key >> 64) as u64).saturating_sub((self.low >> 64) as u64);
                ((above >> (self.shift & 63)) as usize).min(self.last)
            }
            LOWER => {
                let above = (key as u64).saturating_sub(self.low as u64);
                ((above >> (self.shift & 63)) as usize).min(self.last)
            }
            _ => {
                let above = key.saturating_sub(self.low) >> (self.shift & 63);
                above.min(self.last as u128) as usize
            }
        }
    }
}

const UPPER: u8 = 0;
const LOWER: u8 = 1;
const BOTH: u8 = 2;

/// Keys in buckets. The full blocks lie in the slice that was scattered, the others here.
pub(super) struct Scattered<K> {
    stripes: Vec<Stripe<K>>,
    /// The blocks of each bucket, by their place in the slice, bucket after bucket.
    slots: Vec<usize>,
    /// Where each bucket begins among the slots, and where the last ends.
    slot_bounds: Vec<usize>,
    /// Where each bucket begins among the sorted keys, and where the last ends.
    bounds: Vec<usize>,
}

/// What one thread has scattered.
struct Stripe<K> {
    /// Its first block.
    first: usize,
    /// The buckets of its full blocks, which lie one behind the other from the first on.
    owners: Vec<u16>,
    /// The block of each bucket that is not full, and the keys it has.
    open: Vec<Block<K>>,
    filled: Vec<u8>,
}

impl<K: Key> Scattered<K> {
    pub(super) fn new(keys: &mut [K], split: Split) -> Scattered<K> {
        let threads = match keys.len() {
            ..PARALLEL => 1,
            _ => rayon::current_num_threads(),
        };
        let (blocks, tail) = keys.as_chunks_mut::<BLOCK>();
        let stripe_len = blocks.len().div_ceil(threads).max(1);
        let mut stripes: Vec<Stripe<K>> = blocks
            .par_chunks_mut(stripe_len)
            .enumerate()
            .map(|(index, blocks)| {
                let mut stripe = Stripe::new(index * stripe_len, blocks.len(), split);
                stripe.scatter(blocks, &[], split);
                stripe
            })
            .collect();
        let mut last = Stripe::new(blocks.len(), 0, split);
        last.scatter(&mut [], tail, split);
        stripes.push(last);
        Scattered::of(stripes, split.buckets())
    }

    fn of(stripes: Vec<Stripe<K>>, buckets: usize) -> Scattered<K> {
        let owners = || {
            let of_stripe = |stripe: &Stripe<K>| stripe.first..;
            let pairs = stripes
                .iter()
                .map(move |stripe| of_stripe(stripe).zip(&stripe.owners));
            pairs.flatten()
        };
        let mut slot_bounds = vec![0; buckets + 1];
        owners().for_each(|(_, &bucket)| slot_bounds[usize::from(bucket) + 1] += 1);
        let mut bounds = Vec::with_capacity(buckets + 1);
        bounds.push(0);
        for bucket in 0..buckets {
            let open: usize = stripes
                .iter()
                .map(|stripe| stripe.open_keys(bucket).len())
                .sum();
            bounds.push(bounds[bucket] + slot_bounds[bucket + 1] * BLOCK + open);
            slot_bounds[bucket + 1] += slot_bounds[bucket];
        }
        let mut next = slot_bounds.clone();
        let mut slots = vec![0; slot_bounds[buckets]];
        for (slot, &bucket) in owners() {
            let place = &mut next[usize::from(bucket)];
            slots[*place] = slot;
            *place += 1;
        }
        Scattered {
            stripes,
            slots,
            slot_bounds,
            bounds,
        }
    }

    /// How many buckets there are.
    pub(super) fn buckets(&self) -> usize {
        self.bounds.len() - 1
    }

    /// Where a bucket lies among the sorted keys.
    pub(super) fn range(&self, bucket: usize) -> Range<usize> {
        self.bounds[bucket]..self.bounds[bucket + 1]
    }

    fn slots(&self, bucket: usize) -> Range<usize> {
        self.slot_bounds[bucket]..self.slot_bounds[bucket + 1]
    }

    /// Copies the keys of a bucket.
    pub(super) fn gather(&self, keys: &[K], bucket: usize, into: &mut Vec<K>) {
        let (blocks, _) = keys.as_chunks::<BLOCK>();
        into.clear();
        for &slot in &self.slots[self.slots(bucket)] {
            into.extend_from_slice(&blocks[slot]);
        }
        for stripe in &self.stripes {
            into.extend_from_slice(stripe.open_keys(bucket));
        }
    }

    /// Puts the keys of each bucket together, from the last bucket to the first, and hands them out.
    pub(super) fn place<'k>(mut self, keys: &'k mut [K], mut each: impl FnMut(&'k mut [K])) {
        self.compact(keys);
        let mut rest = keys;
        for bucket in (0..self.buckets()).rev() {
            let (from, to) = (self.slots(bucket), self.range(bucket));
            // No block lies above its place, as those of smaller buckets have at most as many keys as these.
            rest.copy_within(from.start * BLOCK..from.end * BLOCK, to.start);
            let mut end = to.start + from.len() * BLOCK;
            for stripe in &self.stripes {
                let open = stripe.open_keys(bucket);
                rest[end..][..open.len()].copy_from_slice(open);
                end += open.len();
            }
            let (before, own) = rest.split_at_mut(to.start);
            rest = before;
            each(own);
        }
    }

    /// Moves the full blocks to the begin, bucket after bucket.
    fn compact(&mut self, keys: &mut [K]) {
        let (blocks, _) = keys.as_chunks_mut::<BLOCK>();
        let slots = &mut self.slots;
        let free = self.stripes.windows(2).flat_map(|pair| {
            let full = pair[0].first + pair[0].owners.len();
            full..pair[1].first
        });
        // What a free slot takes leaves another one free, until that is one behind the last that is needed.
        for free in free {
            let mut to = free;
            while to < slots.len() {
                let from = std::mem::replace(&mut slots[to], to);
                blocks.copy_within(from..from + 1, to);
                to = from;
            }
        }
        // The others change places in circles.
        for start in 0..slots.len() {
            if slots[start] == start {
                continue;
            }
            let kept = blocks[start];
            let mut to = start;
            loop {
                let from = std::mem::replace(&mut slots[to], to);
                if from == start {
                    blocks[to] = kept;
                    break;
                }
                blocks.copy_within(from..from + 1, to);
                to = from;
            }
        }
    }
}

impl<K: Key> Stripe<K> {
    fn new(first: usize, blocks: usize, split: Split) -> Stripe<K> {
        Stripe {
            first,
            owners: Vec::with_capacity(blocks),
            open: vec![[K::default(); BLOCK]; split.buckets()],
            filled: vec![0; split.buckets()],
        }
    }

    fn open_keys(&self, bucket: usize) -> &[K] {
        &self.open[bucket][..usize::from(self.filled[bucket])]
    }

    fn scatter(&mut self, blocks: &mut [Block<K>], tail: &[K], split: Split) {
        match (size_of::<K>(), split.shift) {
            (8, _) => self.scatter_by::<LOWER>(blocks, tail, split),
            (_, 64..) => self.scatter_by::<UPPER>(blocks, tail, split),
            _ => self.scatter_by::<BOTH>(blocks, tail, split),
        }
    }

    /// Scatters whole blocks, or a tail that is less than one.
    fn scatter_by<const WORD: u8>(&mut self, blocks: &mut [Block<K>], tail: &[K], split: Split) {
        let open = &mut self.open[..=split.last];
        let filled = &mut self.filled[..=split.last];
        for at in 0..blocks.len() {
            let block = blocks[at];
            for (key, bytes) in block.iter().zip(K::bytes(&block)) {
                let bucket = split.bucket::<WORD>((*key).into());
                let end = usize::from(filled[bucket]);
                K::as_bytes(&mut open[bucket])[end % BLOCK] = *bytes;
                filled[bucket] = if end == BLOCK - 1 {
                    blocks[self.owners.len()] = open[bucket];
                    self.owners.push(bucket as u16);
                    0
                } else {
                    end as u8 + 1
                };
            }
        }
        for &key in tail {
            let bucket = split.bucket::<WORD>(key.into());
            open[bucket][usize::from(filled[bucket]) % BLOCK] = key;
            filled[bucket] += 1;
        }
    }
}
