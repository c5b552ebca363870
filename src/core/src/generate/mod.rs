//! New ULIDs. The clock and the randomness are arguments; [`SharedGenerator`] brings the system's.
//!
//! One at a time costs what reading the clock costs. Many at once, [`fill_random`] and [`Monotonic::fill`], read it once
//! a block, and with an [`AesRng`] take about a nanosecond each.

mod ascend;
mod bulk;
mod fork;
mod policy;
mod randomness;
#[cfg(feature = "generate")]
mod secure;
#[cfg(feature = "generate")]
mod system;

#[cfg(feature = "alloc")]
pub use bulk::random_lines;
pub use bulk::{Stride, fill_random};
pub use policy::{Jump, Policy};
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
pub use shared::{SharedGenerator, jump_in_thread};

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
///
/// ```
/// # #[cfg(feature = "generate")] {
/// use ulid_core::{Timestamp, generate::{random, system_rng}};
///
/// let time = Timestamp::now();
/// assert_eq!(random(time, &mut system_rng()).timestamp(), time);
/// # }
/// ```
#[inline]
pub fn random(time: Timestamp, rng: &mut (impl Randomness + ?Sized)) -> Ulid {
    Ulid::from_time(time, rng.draw_80_bits())
}

/// The ULID after this one in value order; `None` after the largest.
///
/// ```
/// use ulid_core::{Ulid, generate};
///
/// assert_eq!(generate::next(Ulid::NIL), Some(Ulid::from_u128(1)));
/// assert_eq!(generate::next(Ulid::MAX), None);
/// ```
#[must_use]
pub fn next(id: Ulid) -> Option<Ulid> {
    id.0.checked_add(1).map(Ulid)
}

/// The ULID before this one in value order; `None` before the smallest.
#[must_use]
pub fn previous(id: Ulid) -> Option<Ulid> {
    id.0.checked_sub(1).map(Ulid)
}

/// Gives out ULIDs each larger than the one before.
///
/// Within one millisecond, and while the clock stands behind the last ULID, the randomness grows by one. It fails rather
/// than wraps when it is used up, as the specification demands. A [`Policy`] chooses otherwise.
///
/// A child process that is forked with a generator goes on in the next millisecond, with bits of its own: else it would
/// give out the same ULIDs as its parent. Its randomness has to be its own, too, as the system's is.
///
/// ```
/// use ulid_core::{Timestamp, generate::Monotonic, ulid};
///
/// // The specification's example: the clock stands still, and the last character goes from Z to 0 with a carry.
/// let last = ulid!("01BX5ZZKBKACTAV9WEVGEMMVRZ");
/// let mut generator = Monotonic::after(last);
/// # #[cfg(feature = "generate")] {
/// let mut rng = ulid_core::generate::system_rng();
/// let next = generator.generate(last.timestamp(), &mut rng)?;
/// assert_eq!(next, ulid!("01BX5ZZKBKACTAV9WEVGEMMVS0"));
/// # }
/// # Ok::<(), ulid_core::generate::Exhausted>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Monotonic {
    policy: Policy,
    /// The last ULID given out, or anything if that was in process 0, which is none.
    last: Ulid,
    /// The [`fork::generation`] of the process that it was given out in.
    generation: usize,
    /// The last jump of the clock that was not told.
    jump: Option<Jump>,
}

impl Monotonic {
    /// A generator whose first ULID is free.
    #[must_use]
    pub const fn new() -> Monotonic {
        Monotonic::with(Policy::SPECIFICATION)
    }

    /// A generator whose first ULID is free, by a policy of choice.
    #[must_use]
    pub const fn with(policy: Policy) -> Monotonic {
        Monotonic {
            policy,
            last: Ulid::NIL,
            generation: 0,
            jump: None,
        }
    }

    /// A generator that goes on after `last`, of an earlier run say.
    #[must_use]
    pub fn after(last: Ulid) -> Monotonic {
        Monotonic {
            last,
            generation: fork::generation(),
            ..Monotonic::new()
        }
    }

    /// The last ULID given out.
    #[must_use]
    pub fn last(&self) -> Option<Ulid> {
        (self.generation != 0).then_some(self.last)
    }

    /// The last jump of the clock that was not told yet.
    pub fn jump(&mut self) -> Option<Jump> {
        self.jump.take()
    }

    /// Tells if the last ULID was given out by the parent of this process, which may give out those after it.
    #[cfg(feature = "generate")]
    fn is_inherited(&self) -> bool {
        self.generation != 0 && self.generation != fork::generation()
    }

    /// Goes on as a child that was forked after `last`.
    #[cfg(feature = "generate")]
    fn inherit(&mut self, last: Ulid) {
        self.last = last;
        // No process has this number.
        self.generation = usize::MAX;
    }

    /// Forgets the last ULID.
    #[cfg(feature = "generate")]
    fn begin_anew(&mut self) {
        self.generation = 0;
    }

    /// The next ULID at this time.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] when the randomness of the millisecond is used up. The generator stays as it was.
    #[inline]
    pub fn generate(
        &mut self,
        time: Timestamp,
        rng: &mut (impl Randomness + ?Sized),
    ) -> Result<Ulid, Exhausted> {
        self.generate_by(self.policy.step, time, rng)
    }

    /// The next ULID at this time. Where the randomness of the millisecond is used up it is one of the next millisecond, so
    /// there is always one. Only after [`Timestamp::MAX`], in the year 10889, it has to begin anew at this time.
    #[inline]
    pub fn next_id(&mut self, time: Timestamp, rng: &mut (impl Randomness + ?Sized)) -> Ulid {
        match self.generate(time, rng) {
            Ok(id) => id,
            Err(Exhausted { last }) => self.next_millisecond(last, time, rng),
        }
    }

    #[cold]
    fn next_millisecond(
        &mut self,
        last: Ulid,
        time: Timestamp,
        rng: &mut (impl Randomness + ?Sized),
    ) -> Ulid {
        let time = later_than(last).unwrap_or_else(|| {
            self.jump = Some(Jump { last, time });
            time
        });
        self.first_of(time, rng)
    }

    /// The next ULID, where one of the same millisecond is so far from the last.
    #[inline]
    fn generate_by(
        &mut self,
        step: Stride,
        time: Timestamp,
        rng: &mut (impl Randomness + ?Sized),
    ) -> Result<Ulid, Exhausted> {
        let last = self.last;
        // One comparison, which holds for most: neither the first, nor a child's, nor of a new millisecond, nor a jump.
        let ahead_ms = last.timestamp_ms().wrapping_sub(time.ms());
        if self.generation != fork::generation() || ahead_ms > self.policy.max_ahead_ms {
            return self.generate_anew(time, rng);
        }
        let step = step.draw(rng);
        if RANDOM_MASK - last.random() < step {
            return Err(Exhausted { last });
        }
        self.last = Ulid(last.0 + step);
        Ok(self.last)
    }

    /// The next ULID that is not one of the last millisecond.
    fn generate_anew(
        &mut self,
        time: Timestamp,
        rng: &mut (impl Randomness + ?Sized),
    ) -> Result<Ulid, Exhausted> {
        let last = self.last;
        let is_first = self.generation == 0 || last.timestamp_ms() < time.ms();
        if is_first {
            return Ok(self.first_of(time, rng));
        }
        if self.policy.is_jump(last, time) {
            self.jump = Some(Jump { last, time });
            return Ok(self.first_of(time, rng));
        }
        // What is left is a child.
        let later = later_than(last).ok_or(Exhausted { last })?;
        Ok(self.first_of(later, rng))
    }

    /// A first ULID at a time.
    fn first_of(&mut self, time: Timestamp, rng: &mut (impl Randomness + ?Sized)) -> Ulid {
        self.last = Ulid::from_time(time, self.policy.first(rng.draw_80_bits()));
        self.generation = fork::generation();
        self.last
    }
}

/// The millisecond after that of a ULID; `None` after the last there is.
#[cold]
fn later_than(last: Ulid) -> Option<Timestamp> {
    Timestamp::from_ms(last.timestamp_ms() + 1).ok()
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
    #[doc(alias = "new")]
    #[doc(alias = "now")]
    #[must_use]
    pub fn generate() -> Ulid {
        random(Timestamp::now(), &mut SystemRng)
    }
}

#[cfg(feature = "generate")]
#[cfg(test)]
mod tests;
