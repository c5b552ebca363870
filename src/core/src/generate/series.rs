//! Many ULIDs, one after the other, for times that the caller gives.

use std::sync::Arc;

use chacha20::ChaCha12Rng;
use rand_core::SeedableRng;

use super::{
    Exhausted, Monotonic, Randomness, SharedGenerator, Stride, SystemRng, bulk::BLOCK, fork, random,
};
use crate::{Timestamp, Ulid};

/// Relation of the ULIDs of a [`Series`] to each other.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Order {
    /// Each is larger than the last one that anybody took from this generator.
    Shared(Arc<SharedGenerator>),
    /// Each is larger than the one before in this series, also where the time stands still or steps back.
    Ascending(Monotonic),
    /// Each has exactly its time; where that equals the time before, it is larger by one.
    Exact(Monotonic),
    /// Each is random and knows nothing of the others.
    Independent,
    /// Each is the smallest of its millisecond.
    Zeros,
    /// Each is the largest of its millisecond.
    Ones,
}

/// A source of ULIDs with an order and randomness of its own.
#[derive(Debug)]
pub struct Series {
    order: Order,
    source: Source,
}

#[derive(Debug)]
enum Source {
    System,
    Seeded {
        rng: Box<ChaCha12Rng>,
        /// The [`fork::generation`] of the process that seeded it.
        generation: usize,
    },
}

impl Series {
    /// A series over the system's randomness.
    #[must_use]
    pub fn new(order: Order) -> Series {
        Series {
            order,
            source: Source::System,
        }
    }

    /// A series whose randomness follows from a number: the same one gives the same ULIDs at the same times, by
    /// ChaCha with twelve rounds. [`Order::Shared`] keeps its own randomness. In a forked child the
    /// series goes on with the system's, so that it repeats nothing of its parent.
    #[must_use]
    pub fn seeded(order: Order, seed: u64) -> Series {
        Series {
            order,
            source: Source::Seeded {
                rng: Box::new(ChaCha12Rng::seed_from_u64(seed)),
                generation: fork::generation(),
            },
        }
    }

    /// The next ULID at this time.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] where the order leaves no ULID for it.
    pub fn generate(&mut self, time: Timestamp) -> Result<Ulid, Exhausted> {
        match self.source.of_this_process() {
            Some(rng) => self.order.generate(time, rng),
            None => self.order.generate(time, &mut SystemRng),
        }
    }

    /// Fills `keys` with the 128 bits of the next ULIDs. The clock is read once a block; [`Order::Shared`] reads the
    /// system's.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] where the order leaves too few ULIDs for a block.
    pub fn fill(
        &mut self,
        keys: &mut [u128],
        mut clock: impl FnMut() -> Timestamp,
    ) -> Result<(), Exhausted> {
        keys.chunks_mut(BLOCK)
            .try_for_each(|block| self.fill_block(block, clock()))
    }

    fn fill_block(&mut self, keys: &mut [u128], time: Timestamp) -> Result<(), Exhausted> {
        match self.source.of_this_process() {
            Some(rng) => self.order.fill(keys, time, rng),
            None => self.order.fill(keys, time, &mut SystemRng),
        }
    }
}

impl Source {
    /// The seeded generator; none where the system's is asked instead, which a child does that was forked with a seed.
    fn of_this_process(&mut self) -> Option<&mut ChaCha12Rng> {
        if let Source::Seeded { generation, .. } = self
            && *generation != fork::generation()
        {
            *self = Source::System;
        }
        match self {
            Source::System => None,
            Source::Seeded { rng, .. } => Some(rng),
        }
    }
}

impl Order {
    fn generate(&mut self, time: Timestamp, rng: &mut impl Randomness) -> Result<Ulid, Exhausted> {
        match self {
            Order::Shared(generator) => generator.generate_at(time),
            Order::Ascending(monotonic) => monotonic.generate(time, rng),
            Order::Exact(monotonic) => {
                begin_anew_at(time, monotonic);
                monotonic.generate(time, rng)
            }
            Order::Independent => Ok(random(time, rng)),
            Order::Zeros => Ok(time.first_id()),
            Order::Ones => Ok(time.last_id()),
        }
    }

    /// Fills a block at one time.
    fn fill(
        &mut self,
        keys: &mut [u128],
        time: Timestamp,
        rng: &mut impl Randomness,
    ) -> Result<(), Exhausted> {
        match self {
            Order::Shared(generator) => generator.fill(keys, Stride::One)?,
            Order::Ascending(monotonic) => monotonic.fill(keys, Stride::One, time, rng)?,
            Order::Exact(monotonic) => {
                begin_anew_at(time, monotonic);
                monotonic.fill(keys, Stride::One, time, rng)?;
            }
            Order::Independent => keys.fill_with(|| random(time, rng).0),
            Order::Zeros => keys.fill(time.first_id().0),
            Order::Ones => keys.fill(time.last_id().0),
        }
        Ok(())
    }
}

/// Forgets the last ULID where it is of another time or of another process.
fn begin_anew_at(time: Timestamp, monotonic: &mut Monotonic) {
    let is_of_another_time = |last| Timestamp::of(last) != time;
    if monotonic.is_inherited() || monotonic.last().is_some_and(is_of_another_time) {
        monotonic.begin_anew();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::Policy;

    fn series(order: Order, times: &[u64]) -> Vec<Ulid> {
        let mut series = Series::seeded(order, 7);
        let at = |ms: &u64| Timestamp::from_ms(*ms).unwrap();
        times
            .iter()
            .map(|ms| series.generate(at(ms)).unwrap())
            .collect()
    }

    #[test]
    fn orders_differ_in_what_they_keep() {
        let times = [5, 5, 9, 2];
        let exact = series(Order::Exact(Monotonic::new()), &times);
        assert_eq!(
            exact.iter().map(|id| id.timestamp_ms()).collect::<Vec<_>>(),
            times
        );
        assert_eq!(exact[1].0, exact[0].0 + 1);

        let ascending = series(Order::Ascending(Monotonic::new()), &times);
        assert!(ascending.is_sorted_by(|a, b| a < b));
        assert_eq!(
            ascending[3].timestamp_ms(),
            9,
            "time stepped back, order did not"
        );

        let independent = series(Order::Independent, &times);
        assert_ne!(independent[1].0, independent[0].0 + 1);
        assert_eq!(independent[3].timestamp_ms(), 2);

        assert_eq!(
            series(Order::Zeros, &[5]),
            [Ulid::from_parts(5, 0).unwrap()]
        );
        assert_eq!(
            series(Order::Ones, &[5])[0].0 + 1,
            Ulid::from_parts(6, 0).unwrap().0
        );
    }

    #[test]
    fn many_at_once_are_those_that_come_one_by_one() {
        let orders: [fn() -> Order; 5] = [
            || Order::Ascending(Monotonic::after(Ulid::from_parts(9, 1).unwrap())),
            || Order::Exact(Monotonic::new()),
            || Order::Independent,
            || Order::Zeros,
            || Order::Ones,
        ];
        for order in orders {
            for count in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1] {
                let mut keys = vec![0; count];
                let at = Timestamp::from_ms(7).unwrap();
                let filled = Series::seeded(order(), 7).fill(&mut keys, || at);
                assert_eq!(filled, Ok(()));
                let one_by_one = series(order(), &vec![7; count]);
                let one_by_one: Vec<u128> = one_by_one.iter().map(|id| id.0).collect();
                assert_eq!(keys, one_by_one, "{:?}, {count}", order());
            }
        }
    }

    #[test]
    fn many_of_a_shared_generator_go_on_from_its_last() {
        let shared = Arc::new(SharedGenerator::with(Policy::SPECIFICATION));
        let first = shared.generate_at(Timestamp::MAX).unwrap();
        let mut keys = [0; 3];
        let mut series = Series::new(Order::Shared(Arc::clone(&shared)));
        assert_eq!(series.fill(&mut keys, Timestamp::now), Ok(()));
        assert_eq!(keys, [1, 2, 3].map(|step| first.0 + step));
    }

    #[test]
    fn a_shared_generator_is_continued() {
        let shared = Arc::new(SharedGenerator::with(Policy::SPECIFICATION));
        let first = shared.generate_at(Timestamp::MAX).unwrap();
        let next = series(Order::Shared(Arc::clone(&shared)), &[3]);
        assert_eq!(next, [Ulid::from_u128(first.0 + 1)]);
    }

    #[test]
    fn a_seed_decides() {
        let order = || Order::Ascending(Monotonic::new());
        assert_eq!(series(order(), &[1, 2]), series(order(), &[1, 2]));
        let at = Timestamp::from_ms(1).unwrap();
        let (mut one, mut other) = (Series::new(order()), Series::new(order()));
        assert_ne!(one.generate(at), other.generate(at));
    }
}
