//! New ULIDs. The clock and the randomness are arguments; [`SharedGenerator`] brings the system's.
//!
//! One at a time costs what reading the clock costs. Many at once, [`fill_random`] and [`Monotonic::fill`], read it once
//! a block, and with an [`AesRng`] take about a nanosecond each.

mod ascend;
mod bulk;
mod fork;
mod randomness;
#[cfg(feature = "generate")]
mod secure;
#[cfg(feature = "generate")]
mod system;

#[cfg(feature = "alloc")]
pub use bulk::random_lines;
pub use bulk::{Stride, fill_random};
pub use randomness::Randomness;
#[cfg(feature = "generate")]
pub use secure::{AesRng, NoRandomness};
#[cfg(feature = "generate")]
pub use system::{SystemRng, system_rng};

#[cfg(feature = "generate")]
mod series;
#[cfg(feature = "generate")]
mod shared;

#[cfg(feature = "generate")]
pub use series::{Order, Series};
#[cfg(feature = "generate")]
pub use shared::SharedGenerator;

use core::{error, fmt};

use crate::{Timestamp, Ulid};

const RANDOM_MASK: u128 = Ulid::MAX_RANDOM;

/// The randomness of a millisecond is used up: no ULID follows the last one within it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted {
    /// The last ULID given out.
    pub last: Ulid,
}

impl fmt::Display for Exhausted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no ULID follows {} within its millisecond; wait for the next one",
            self.last
        )
    }
}

impl error::Error for Exhausted {}

/// A ULID of this time with 80 fresh random bits.
#[inline]
pub fn random(time: Timestamp, rng: &mut (impl Randomness + ?Sized)) -> Ulid {
    Ulid::from_time(time, rng.draw_80_bits())
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
///
/// A child process that is forked with a generator goes on in the next millisecond, with bits of its own: else it would
/// give out the same ULIDs as its parent. Its randomness has to be its own, too, as [`system_rng`] and [`AesRng::new`] are.
#[derive(Debug, Clone, Default)]
pub struct Monotonic {
    last: Option<Last>,
}

/// The last ULID that a generator gave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Last {
    id: Ulid,
    /// The [`fork::generation`] of the process that it was given out in.
    generation: usize,
}

impl Last {
    /// Given out by this process.
    fn here(id: Ulid) -> Last {
        Last {
            id,
            generation: fork::generation(),
        }
    }

    /// Whether it was given out before a fork, so that the parent may give out those after it.
    fn is_inherited(self) -> bool {
        self.generation != fork::generation()
    }
}

impl Monotonic {
    /// A generator whose first ULID is free.
    #[must_use]
    pub const fn new() -> Monotonic {
        Monotonic { last: None }
    }

    /// A generator that goes on after `last`, of an earlier run say.
    #[must_use]
    pub fn after(last: Ulid) -> Monotonic {
        Monotonic {
            last: Some(Last::here(last)),
        }
    }

    /// The last ULID given out.
    #[must_use]
    pub fn last(&self) -> Option<Ulid> {
        self.last.map(|last| last.id)
    }

    /// Whether the last ULID was given out by the parent of this process.
    #[cfg(feature = "generate")]
    fn is_inherited(&self) -> bool {
        self.last.is_some_and(Last::is_inherited)
    }

    /// The next ULID at this time.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] when the randomness of the millisecond is used up. The generator stays as it was.
    pub fn generate(
        &mut self,
        time: Timestamp,
        rng: &mut (impl Randomness + ?Sized),
    ) -> Result<Ulid, Exhausted> {
        let id = match self.last {
            Some(last) if last.is_inherited() => random(apart(last.id, time)?, rng),
            Some(Last { id: last, .. }) if last.timestamp_ms() >= time.ms() => {
                if last.0 & RANDOM_MASK == RANDOM_MASK {
                    return Err(Exhausted { last });
                }
                Ulid(last.0 + 1)
            }
            _ => random(time, rng),
        };
        self.last = Some(Last::here(id));
        Ok(id)
    }
}

/// The time at which a child goes on that inherited `last`: later than that, so that its IDs go on ascending.
#[cold]
fn apart(last: Ulid, time: Timestamp) -> Result<Timestamp, Exhausted> {
    let later = Timestamp::from_ms(last.timestamp_ms() + 1).map_err(|_| Exhausted { last })?;
    Ok(time.max(later))
}

#[cfg(feature = "generate")]
impl Ulid {
    /// A new ULID: the system's time, and 80 bits of its randomness.
    ///
    /// ```
    /// use ulid_core::{Timestamp, Ulid};
    ///
    /// let before = Timestamp::now();
    /// let id = Ulid::generate();
    /// assert!(before <= id.timestamp());
    /// ```
    #[must_use]
    pub fn generate() -> Ulid {
        random(Timestamp::now(), &mut SystemRng)
    }
}

#[cfg(feature = "generate")]
#[cfg(test)]
mod tests;
