//! One generator for all threads.

use std::sync::{Mutex, PoisonError};

use super::{Exhausted, Monotonic, Stride, SystemRng, bulk::BLOCK};
use crate::{Timestamp, Ulid};

/// A [`Monotonic`] generator for all threads of a process, over the system's clock and randomness. A forked child goes on
/// with ULIDs that its parent never gives out.
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
        generator.generate(time, &mut SystemRng)
    }

    /// Fills `keys` with the 128 bits of the next ULIDs, ascending, and reads the clock once a block.
    ///
    /// # Errors
    ///
    /// As [`Monotonic::fill`], which may leave some of the keys used up.
    pub fn fill(&self, keys: &mut [u128], stride: Stride) -> Result<(), Exhausted> {
        let mut generator = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        keys.chunks_mut(BLOCK)
            .try_for_each(|block| generator.fill(block, stride, Timestamp::now(), &mut SystemRng))
    }
}
