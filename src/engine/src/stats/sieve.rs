//! Keys that may occur more than once, told in two bytes a key.
//!
//! A sieve remembers three bits for each key within one word of 64, so that a key costs one access to memory. A key whose
//! bits are all there already is suspect: it was added before, or, about once in several hundred keys, others left its
//! bits. Only suspects have to be looked at again.

use std::{
    hash::{BuildHasherDefault, Hasher},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

/// A sieve for a share of all keys. Threads add to it together.
#[derive(Debug)]
pub(crate) struct Sieve {
    words: Vec<AtomicU64>,
    share: Share,
}

/// One of equal parts of all keys: number `index` of `count`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    pub(crate) index: u64,
    pub(crate) count: u64,
}

/// Sixteen bits for a key.
const KEYS_A_WORD: usize = 4;

impl Share {
    /// The shares in which so many keys are sifted so that a sieve takes no more than `memory` bytes; at least a
    /// megabyte is used.
    pub(crate) fn all(keys: usize, memory: usize) -> impl Iterator<Item = Share> {
        const LEAST: usize = 1 << 20;
        let bytes = keys.div_ceil(KEYS_A_WORD) * size_of::<u64>();
        let count = bytes.div_ceil(memory.max(LEAST)).max(1) as u64;
        (0..count).map(move |index| Share { index, count })
    }

    fn holds(self, hash: u64) -> bool {
        self.count == 1 || hash % self.count == self.index
    }
}

impl Sieve {
    /// A sieve for a share of `keys`.
    pub(crate) fn new(keys: usize, share: Share) -> Sieve {
        let shares = usize::try_from(share.count).unwrap_or(usize::MAX);
        let words = keys.div_ceil(KEYS_A_WORD).div_ceil(shares).max(1);
        Sieve {
            words: std::iter::repeat_with(AtomicU64::default)
                .take(words)
                .collect(),
            share,
        }
    }

    /// Adds keys, and gives the hashes of those that may have been added before. Of equal keys that two threads add at
    /// the same time at least one is told.
    pub(crate) fn add(&self, keys: impl Iterator<Item = u128>) -> Vec<u64> {
        const BATCH: usize = 64;
        let mut suspects = Vec::new();
        let mut hashes = keys.map(hash).filter(|&hash| self.share.holds(hash));
        let mut batch = Vec::with_capacity(BATCH);
        loop {
            batch.clear();
            // The words are fetched side by side, before the first of them is waited for.
            let seen = hashes.by_ref().take(BATCH).map(|hash| {
                let word = self.word(hash);
                (hash, word, word.load(Relaxed))
            });
            batch.extend(seen);
            if batch.is_empty() {
                suspects.sort_unstable();
                suspects.dedup();
                return suspects;
            }
            for &(hash, word, seen) in &batch {
                let bits = bits(hash);
                if seen & bits == bits || word.fetch_or(bits, Relaxed) & bits == bits {
                    suspects.push(hash);
                }
            }
        }
    }

    fn word(&self, hash: u64) -> &AtomicU64 {
        let at = (u128::from(hash) * self.words.len() as u128) >> 64;
        &self.words[at as usize]
    }
}

/// Three bits of a word. The topmost bits of the hash have chosen the word already.
fn bits(hash: u64) -> u64 {
    1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63)
}

/// Spreads a key over 64 bits. Keys of equal hashes are looked at again, so that nothing depends on there being none.
pub(crate) fn hash(key: u128) -> u64 {
    const ODD: [u64; 2] = [0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93];
    let (high, low) = ((key >> 64) as u64, key as u64);
    let product = u128::from(high ^ ODD[0]) * u128::from(low ^ ODD[1]);
    let folded = (product >> 64) as u64 ^ product as u64 ^ low;
    folded.wrapping_mul(ODD[0]) ^ folded >> 32
}

/// Takes a hash for what it is.
#[derive(Debug, Default)]
pub(crate) struct Hashed(u64);

/// Sets of what is hashed already, or hashes itself by [`hash`].
pub(crate) type BuildHashed = BuildHasherDefault<Hashed>;

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn write_u128(&mut self, key: u128) {
        self.0 = hash(key);
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn every_key_that_comes_again_is_suspect_and_few_others_are() {
        const KEYS: usize = 100_000;
        let mut rng = StdRng::seed_from_u64(1);
        let keys: Vec<u128> = (0..KEYS).map(|_| rng.random()).collect();
        for memory in [usize::MAX, 0] {
            let mut others = 0;
            for share in Share::all(KEYS * 100, memory).take(3) {
                let sieve = Sieve::new(KEYS * 2, Share { count: 1, ..share });
                others += sieve.add(keys.iter().copied()).len();
                let again = sieve.add(keys.iter().copied());
                assert_eq!(again.len(), KEYS);
            }
            assert!(others < KEYS / 100, "{others}");
        }
    }

    #[test]
    fn shares_hold_each_key_once() {
        let shares: Vec<Share> = Share::all(5 << 20, 1 << 20).collect();
        assert_eq!(shares.len(), 10);
        for key in 0..1000_u128 {
            let hash = hash(key << 80 | 7);
            let holders = shares.iter().filter(|share| share.holds(hash));
            assert_eq!(holders.count(), 1);
        }
    }
}
