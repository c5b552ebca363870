//! One pass that puts keys into buckets, within the memory that they take.
//!
//! Keys wait in an open block of their bucket. A block that is full goes to where keys have been read already, so that
//! it needs no memory of its own, and what it overwrites is still in the cache. The idea is that of "Engineering
//! In-place (Shared-memory) Sorting Algorithms" (Axtmann, Witt, Ferizovic, Sanders 2020).

use std::ops::Range;

use rayon::prelude::*;

use super::key::Key;
use crate::prefetch::prefetch;

/// Keys of a block: those of 128 bits fill a page of memory.
const BLOCK: usize = 256;
// An open block counts its keys in a byte.
const _: () = assert!(BLOCK <= 1 << u8::BITS);
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
    /// Begin of each bucket among the slots, and the end of the last.
    slot_bounds: Vec<usize>,
    /// Begin of each bucket among the sorted keys, and the end of the last.
    bounds: Vec<usize>,
}

/// The keys that one thread has scattered.
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

    /// The place of a bucket among the sorted keys.
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

    /// Puts the keys of each bucket together and hands them out, from the first bucket to the last.
    pub(super) fn place<'k>(self, keys: &'k mut [K], mut each: impl FnMut(&'k mut [K])) {
        let overflow = self.place_blocks(keys);
        let mut rest = keys;
        for bucket in 0..self.buckets() {
            let (own, behind) = rest.split_at_mut(self.range(bucket).len());
            self.complete(bucket, own, behind, &overflow);
            rest = behind;
            each(own);
        }
    }

    /// The place of the full blocks of a bucket: from the first place of a block on that lies in the bucket.
    fn first_place(&self, bucket: usize) -> usize {
        self.bounds[bucket].div_ceil(BLOCK)
    }

    /// Moves the full blocks to where their buckets will be. The last one may reach past the end of the keys; it is given
    /// back.
    fn place_blocks(&self, keys: &mut [K]) -> Block<K> {
        let (blocks, tail) = keys.as_chunks_mut::<BLOCK>();
        let mut moves = self.moves(blocks.len() + 1);
        let mut overflow = [K::default(); BLOCK];
        let last = blocks.len();
        if let Some(from) = moves.from[last] {
            overflow = blocks[from];
            tail.copy_from_slice(&overflow[..tail.len()]);
            moves.fill(blocks, from);
        }
        for pair in self.stripes.windows(2) {
            let full = pair[0].first + pair[0].owners.len();
            for free in full..pair[1].first {
                moves.fill(blocks, free);
            }
        }
        // The others change places in circles, which end at the block that was overwritten first.
        for start in 0..last {
            if moves.from[start].is_some() {
                let kept = blocks[start];
                let end = moves.fill(blocks, start);
                blocks[end] = kept;
            }
        }
        overflow
    }

    /// Which block goes to each of `places`.
    fn moves(&self, places: usize) -> Moves {
        let mut from = vec![None; places];
        for bucket in 0..self.buckets() {
            let first = self.first_place(bucket);
            for (place, &slot) in (first..).zip(&self.slots[self.slots(bucket)]) {
                from[place] = (slot != place).then_some(slot);
            }
        }
        Moves { from }
    }

    /// Completes the keys of a bucket, whose full blocks are in their place: before them, and behind them where they do not
    /// reach past its end, is room for the open ones. What reaches past it is taken back from `behind`.
    fn complete(&self, bucket: usize, own: &mut [K], behind: &[K], overflow: &Block<K>) {
        let range = self.range(bucket);
        let full = self.slots(bucket).len() * BLOCK;
        let begin = (self.first_place(bucket) * BLOCK - range.start).min(own.len());
        let end = begin + full;
        let open = self
            .stripes
            .iter()
            .flat_map(|stripe| stripe.open_keys(bucket));
        let excess = end.saturating_sub(own.len());
        let (inside, outside) = own.split_at_mut(own.len().min(end));
        let (before, _) = inside.split_at_mut(begin);
        let (taken, room) = before.split_at_mut(excess);
        match behind.get(..excess) {
            Some(behind) => taken.copy_from_slice(behind),
            None => taken.copy_from_slice(&overflow[BLOCK - excess..]),
        }
        for (place, &key) in room.iter_mut().chain(outside).zip(open) {
            *place = key;
        }
    }
}

/// The blocks that are yet to be moved.
struct Moves {
    /// For each place the block that goes there, if one does that is not there yet.
    from: Vec<Option<usize>>,
}

impl Moves {
    /// Fills a free place, which leaves another one free, and so on; says which was filled last.
    fn fill<T: Copy>(&mut self, blocks: &mut [T], mut free: usize) -> usize {
        let mut filled = free;
        while let Some(from) = self.from[free].take() {
            if let Some(next) = self.from[from] {
                prefetch(blocks, next * size_of::<T>(), size_of::<T>());
            }
            blocks.copy_within(from..from + 1, free);
            filled = free;
            free = from;
        }
        filled
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
