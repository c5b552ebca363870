//! New ULIDs. The clock and the randomness are arguments; [`SharedGenerator`] brings the system's.

mod series;

pub use series::{Order, Series};

use std::sync::{Mutex, PoisonError};

use rand::Rng;
use ulid::Ulid;

use crate::Timestamp;

const RANDOM_MASK: u128 = (1 << Ulid::RAND_BITS) - 1;

/// The randomness of a millisecond is used up: no ULID follows the last one within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no ULID follows {} within its millisecond; wait for the next one", crate::codec::print(*last))]
pub struct Exhausted {
    /// The last ULID given out.
    pub last: Ulid,
}

/// A ULID of this time with 80 fresh random bits.
pub fn random(time: Timestamp, rng: &mut impl Rng) -> Ulid {
    Ulid::from_parts(time.ms(), random_bits(rng))
}

fn random_bits(rng: &mut impl Rng) -> u128 {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes[..10]);
    u128::from_le_bytes(bytes)
}

/// The ULID after this one in value order; nothing after the largest.
#[must_use]
pub fn next(id: Ulid) -> Option<Ulid> {
    id.0.checked_add(1).map(Ulid)
}

/// The ULID before this one in value order; nothing before the smallest.
#[must_use]
pub fn previous(id: Ulid) -> Option<Ulid> {
    id.0.checked_sub(1).map(Ulid)
}

/// Gives out ULIDs each larger than the one before.
///
/// Within one millisecond, and while the clock stands behind the last ULID, the randomness grows by one. It fails rather
/// than wraps when it is used up, as the specification demands.
#[derive(Debug, Clone, Default)]
pub struct Monotonic {
    last: Option<Ulid>,
}

impl Monotonic {
    /// A generator whose first ULID is free.
    #[must_use]
    pub const fn new() -> Monotonic {
        Monotonic { last: None }
    }

    /// A generator that goes on after `last`, of an earlier run say.
    #[must_use]
    pub const fn after(last: Ulid) -> Monotonic {
        Monotonic { last: Some(last) }
    }

    /// The last ULID given out.
    #[must_use]
    pub const fn last(&self) -> Option<Ulid> {
        self.last
    }

    /// The next ULID at this time.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] when the randomness of the millisecond is used up. The generator stays as it was.
    pub fn generate(&mut self, time: Timestamp, rng: &mut impl Rng) -> Result<Ulid, Exhausted> {
        let id = match self.last {
            Some(last) if last.timestamp_ms() >= time.ms() => {
                if last.0 & RANDOM_MASK == RANDOM_MASK {
                    return Err(Exhausted { last });
                }
                Ulid(last.0 + 1)
            }
            _ => random(time, rng),
        };
        self.last = Some(id);
        Ok(id)
    }
}

/// A [`Monotonic`] generator for all threads of a process, over the system's clock and randomness.
#[derive(Debug, Default)]
pub struct SharedGenerator(Mutex<Monotonic>);

impl SharedGenerator {
    /// A generator whose first ULID is free.
    #[must_use]
    pub const fn new() -> SharedGenerator {
        SharedGenerator(Mutex::new(Monotonic::new()))
    }

    /// The next ULID, now.
    ///
    /// # Errors
    ///
    /// As [`Monotonic::generate`].
    pub fn generate(&self) -> Result<Ulid, Exhausted> {
        self.generate_at(Timestamp::now())
    }

    /// The next ULID at a given time.
    ///
    /// # Errors
    ///
    /// As [`Monotonic::generate`].
    pub fn generate_at(&self, time: Timestamp) -> Result<Ulid, Exhausted> {
        // A generator is whole after every step, so one that another thread left in a panic is good to use.
        let mut generator = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        generator.generate(time, &mut rand::rng())
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_ms(ms).unwrap()
    }

    #[test]
    fn within_a_millisecond_the_randomness_grows_by_one() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut generator = Monotonic::new();
        let first = generator.generate(at(7), &mut rng).unwrap();
        assert_eq!(generator.generate(at(7), &mut rng), Ok(Ulid(first.0 + 1)));
        assert_eq!(
            generator.generate(at(3), &mut rng),
            Ok(Ulid(first.0 + 2)),
            "the clock stepped back"
        );
        assert_eq!(
            generator.generate(at(8), &mut rng).unwrap().timestamp_ms(),
            8
        );
    }

    #[test]
    fn the_specifications_overflow_is_an_error() {
        let parse = |text| crate::codec::parse(text, crate::Reading::Strict).unwrap();
        let mut rng = StdRng::seed_from_u64(1);
        let mut generate_after = |text| {
            let last = parse(text);
            Monotonic::after(last).generate(Timestamp::of(last), &mut rng)
        };
        assert_eq!(
            generate_after("01BX5ZZKBKACTAV9WEVGEMMVRZ"),
            Ok(parse("01BX5ZZKBKACTAV9WEVGEMMVS0"))
        );
        let full = parse("01BX5ZZKBKZZZZZZZZZZZZZZZZ");
        assert_eq!(
            generate_after("01BX5ZZKBKZZZZZZZZZZZZZZZZ"),
            Err(Exhausted { last: full })
        );
        assert!(generate_after("7ZZZZZZZZZZZZZZZZZZZZZZZZZ").is_err());
    }

    #[test]
    fn randomness_is_80_bits_that_differ() {
        let mut rng = StdRng::seed_from_u64(1);
        let ids: Vec<u128> = (0..64).map(|_| random(at(5), &mut rng).0).collect();
        assert!(ids.iter().all(|bits| bits >> 80 == 5));
        let (ones, zeros) = ids
            .iter()
            .fold((0, 0), |(ones, zeros), bits| (ones | bits, zeros | !bits));
        assert_eq!(
            (ones & RANDOM_MASK, zeros & RANDOM_MASK),
            (RANDOM_MASK, RANDOM_MASK),
            "every bit was seen both ways"
        );
    }

    #[test]
    fn threads_share_one_order() {
        static GENERATOR: SharedGenerator = SharedGenerator::new();
        let batches = std::thread::scope(|scope| {
            let batch = || {
                (0..500)
                    .map(|_| GENERATOR.generate().unwrap().0)
                    .collect::<Vec<_>>()
            };
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(batch)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect::<Vec<_>>()
        });
        assert!(batches.iter().all(|batch| batch.is_sorted_by(|a, b| a < b)));
        let mut all = batches.concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 2000, "no ULID was given out twice");
    }

    #[test]
    fn neighbours_end_at_the_ends() {
        assert_eq!(next(Ulid(1)), Some(Ulid(2)));
        assert_eq!(previous(Ulid(1)), Some(Ulid(0)));
        assert_eq!((next(Ulid(u128::MAX)), previous(Ulid(0))), (None, None));
    }
}
