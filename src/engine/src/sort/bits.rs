//! Which bits of keys differ, and digits made of a few of them.

use super::key::Key;

/// The bits in which keys differ.
pub(super) fn differing<K: Key>(mut keys: impl Iterator<Item = K>) -> u128 {
    let first = keys.next().unwrap_or_default();
    let (any, all) = keys.fold((first, first), |(any, all), key| (any | key, all & key));
    any.into() & !all.into()
}

/// Neighbouring bits of a key, of which two digits are made.
///
/// A shift of 128 bits by a number that is not known beforehand takes several instructions, and so do digits of a width
/// that is not known. So each loop is compiled for the word that the bits lie in and for each width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    shift: u32,
    digit_bits: u32,
}

/// The place of the bits of a window.
const HIGH: u8 = 0;
const LOW: u8 = 1;
const ACROSS: u8 = 2;

macro_rules! by_window {
    ($window:expr, $call:ident($($argument:expr),*)) => {
        by_window!($window, $call($($argument),*), HIGH LOW ACROSS)
    };
    ($window:expr, $call:ident $arguments:tt, $($word:ident)*) => {
        match ($window.word(), $window.digit_bits) {
            $(($word, NARROW) => by_window!(call $call $word NARROW $arguments),
            ($word, MIDDLE) => by_window!(call $call $word MIDDLE $arguments),)*
            (HIGH, _) => by_window!(call $call HIGH WIDE $arguments),
            (LOW, _) => by_window!(call $call LOW WIDE $arguments),
            _ => by_window!(call $call ACROSS WIDE $arguments),
        }
    };
    (call $call:ident $word:ident $width:ident ($($argument:expr),*)) => {
        $call::<_, $word, $width>($($argument),*)
    };
}

/// Widths of a digit. Counters of the widest stay in the first cache.
const NARROW: u32 = 6;
const MIDDLE: u32 = 9;
const WIDE: u32 = 10;

/// The place of the next key of each digit, for the low and the high digit of a window.
pub(super) struct Counters {
    low: Digits,
    high: Digits,
}

type Digits = [u32; 1 << WIDE];

impl Default for Counters {
    fn default() -> Counters {
        let (low, high) = ([0; 1 << WIDE], [0; 1 << WIDE]);
        Counters { low, high }
    }
}

impl Window {
    /// The topmost `bits` of those that differ, and those between them; sometimes a few more, and at most 20.
    pub(super) fn topmost(differing: u128, bits: u32) -> Window {
        let widths = [NARROW, MIDDLE, WIDE];
        let digit_bits = widths
            .into_iter()
            .find(|width| 2 * width >= bits)
            .unwrap_or(WIDE);
        let end = u128::BITS - differing.leading_zeros();
        let shift = end.saturating_sub(2 * digit_bits);
        Window { shift, digit_bits }
    }

    /// True if two keys agree in the window and above it.
    pub(super) fn agree(self, a: u128, b: u128) -> bool {
        (a ^ b) >> self.shift == 0
    }

    fn end(self) -> u32 {
        self.shift + 2 * self.digit_bits
    }

    fn word(self) -> u8 {
        match (self.shift, self.end()) {
            (64.., _) => HIGH,
            (_, ..=64) => LOW,
            _ => ACROSS,
        }
    }

    /// Orders keys by the window, stably, by way of `between` and back. Where keys differ above the window, nothing is done
    /// and false returned.
    pub(super) fn two_passes<K: Key>(
        self,
        keys: &mut [K],
        between: &mut [K],
        counters: &mut Counters,
    ) -> bool {
        let covered = by_window!(self, prepare(keys, self, counters));
        if covered {
            by_window!(self, place_low(keys, between, self, counters));
            by_window!(self, place_high(between, keys, self, counters));
        }
        covered
    }
}

/// The bits of a key from `shift` on; more than 64 of them are cut off.
#[inline(always)]
fn digits<const WORD: u8>(key: u128, shift: u32) -> usize {
    let (high, low) = ((key >> 64) as u64, key as u64);
    let bits = match WORD {
        HIGH => high >> (shift & 63),
        LOW => low >> (shift & 63),
        _ => high << ((64 - shift) & 63) | low >> (shift & 63),
    };
    bits as usize
}

/// Counts the digits, and says whether keys agree above the window.
fn prepare<K: Key, const WORD: u8, const WIDTH: u32>(
    keys: &[K],
    window: Window,
    counters: &mut Counters,
) -> bool {
    let Counters { low, high } = counters;
    low[..1 << WIDTH].fill(0);
    high[..1 << WIDTH].fill(0);
    let mask = (1 << WIDTH) - 1;
    let first = keys.first().copied().unwrap_or_default();
    let first_bits = digits::<WORD>(first.into(), window.shift);
    let (mut other, mut other_bits) = (K::default(), 0);
    for &key in keys {
        let bits = digits::<WORD>(key.into(), window.shift);
        low[bits & mask] += 1;
        high[bits >> WIDTH & mask] += 1;
        if WORD == HIGH {
            // They tell all that is above the window.
            other_bits |= bits ^ first_bits;
        } else {
            other = other | (key ^ first);
        }
    }
    counts_to_starts(&mut low[..1 << WIDTH]);
    counts_to_starts(&mut high[..1 << WIDTH]);
    other_bits >> (2 * WIDTH) == 0 && other.into().checked_shr(window.end()).unwrap_or(0) == 0
}

/// Turns counts into the places where each digit begins.
fn counts_to_starts(counts: &mut [u32]) {
    let mut sum = 0;
    for count in counts {
        sum += std::mem::replace(count, sum);
    }
}

fn place_low<K: Key, const WORD: u8, const WIDTH: u32>(
    from: &[K],
    to: &mut [K],
    window: Window,
    counters: &mut Counters,
) {
    let mask = (1 << WIDTH) - 1;
    let to = K::as_bytes(to);
    for (&key, bytes) in from.iter().zip(K::bytes(from)) {
        let next = &mut counters.low[digits::<WORD>(key.into(), window.shift) & mask];
        to[*next as usize] = *bytes;
        *next += 1;
    }
}

fn place_high<K: Key, const WORD: u8, const WIDTH: u32>(
    from: &[K],
    to: &mut [K],
    window: Window,
    counters: &mut Counters,
) {
    let mask = (1 << WIDTH) - 1;
    let to = K::as_bytes(to);
    for (&key, bytes) in from.iter().zip(K::bytes(from)) {
        let next = &mut counters.high[digits::<WORD>(key.into(), window.shift) >> WIDTH & mask];
        to[*next as usize] = *bytes;
        *next += 1;
    }
}
