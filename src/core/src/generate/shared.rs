//! One generator for all threads, and one for each.

use std::{
    cell::RefCell,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

use super::{Exhausted, Jump, Monotonic, Policy, Stride, SystemRng, bulk::BLOCK, fork};
use crate::{Timestamp, Ulid};

/// A [`Monotonic`] generator for all threads of a process, over the system's clock and randomness. A forked child goes on
/// with ULIDs that its parent never gives out.
///
/// ```
/// use ulid_core::generate::SharedGenerator;
///
/// static IDS: SharedGenerator = SharedGenerator::new();
/// let (first, second) = (IDS.next_id(), IDS.next_id());
/// assert!(first < second);
/// ```
#[derive(Debug)]
pub struct SharedGenerator {
    state: Mutex<Monotonic>,
    policy: Policy,
    /// The millisecond of the last ULID.
    last_ms: AtomicU64,
    /// The [`fork::generation`] of the process whose threads share the lock; 0 before the first of them took it.
    generation: AtomicUsize,
    /// The generator that a child goes on with. A lock that a thread of its parent held in the moment of the fork is never given back.
    in_child: OnceLock<Box<SharedGenerator>>,
}

impl Default for SharedGenerator {
    fn default() -> SharedGenerator {
        SharedGenerator::new()
    }
}

impl SharedGenerator {
    /// A generator whose first ULID is free, by [`Policy::SERVER`].
    #[must_use]
    pub const fn new() -> SharedGenerator {
        SharedGenerator::with(Policy::SERVER)
    }

    /// A generator whose first ULID is free, by a policy of choice.
    #[must_use]
    pub const fn with(policy: Policy) -> SharedGenerator {
        SharedGenerator::of(Monotonic::with(policy))
    }

    /// A generator that goes on after `last`, the newest that a database has, say; [`Jump`] is told where that lies more than
    /// 10 seconds ahead of the clock.
    ///
    /// ```
    /// use ulid_core::{Timestamp, generate::SharedGenerator};
    ///
    /// let last = Timestamp::now().last_id().decrement().unwrap();
    /// assert!(SharedGenerator::after(last).next_id() > last);
    /// ```
    #[must_use]
    pub fn after(last: Ulid) -> SharedGenerator {
        let mut generator = Monotonic::after(last);
        generator.policy = Policy::SERVER;
        let shared = SharedGenerator::of(generator);
        shared.last_ms.store(last.timestamp_ms(), Relaxed);
        shared.generation.store(fork::generation(), Relaxed);
        shared
    }

    const fn of(generator: Monotonic) -> SharedGenerator {
        SharedGenerator {
            policy: generator.policy,
            state: Mutex::new(generator),
            last_ms: AtomicU64::new(0),
            generation: AtomicUsize::new(0),
            in_child: OnceLock::new(),
        }
    }

    /// The next ULID, now. Where the randomness of a millisecond is used up it is one of the next millisecond, so there is
    /// always one.
    pub fn next_id(&self) -> Ulid {
        let time = Timestamp::now();
        self.locked(|generator| generator.next_id(time, &mut SystemRng))
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
        self.locked(|generator| generator.generate(time, &mut SystemRng))
    }

    /// Fills `keys` with the 128 bits of the next ULIDs, ascending, and reads the clock once a block.
    ///
    /// # Errors
    ///
    /// As [`Monotonic::fill`], which may leave some of the keys used up.
    pub fn fill(&self, keys: &mut [u128], stride: Stride) -> Result<(), Exhausted> {
        self.locked(|generator| {
            keys.chunks_mut(BLOCK).try_for_each(|block| {
                generator.fill(block, stride, Timestamp::now(), &mut SystemRng)
            })
        })
    }

    /// The last jump of the clock that was not told yet, for a program's log.
    pub fn jump(&self) -> Option<Jump> {
        self.locked(Monotonic::jump)
    }

    fn locked<T>(&self, run: impl FnOnce(&mut Monotonic) -> T) -> T {
        let shared = self.of_this_process();
        // A generator is whole after every step, so one that another thread left in a panic is good to use.
        let mut generator = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let result = run(&mut generator);
        if let Some(last) = generator.last() {
            shared.last_ms.store(last.timestamp_ms(), Relaxed);
        }
        result
    }

    /// Holds the lock.
    #[cfg(test)]
    pub(super) fn while_locked(&self, run: impl FnOnce()) {
        self.locked(|_| run());
    }

    /// The generator whose lock belongs to this process: itself, or one made for each fork since.
    fn of_this_process(&self) -> &SharedGenerator {
        let here = fork::generation();
        let mut shared = self;
        loop {
            match shared.generation.load(Relaxed) {
                0 => shared.generation.store(here, Relaxed),
                generation if generation != here => {
                    shared = shared.in_child.get_or_init(|| Box::new(shared.child()));
                    continue;
                }
                _ => {}
            }
            return shared;
        }
    }

    /// A generator that goes on in the millisecond after the last one of this.
    #[cold]
    fn child(&self) -> SharedGenerator {
        let last_ms = Timestamp::from_48_bits(self.last_ms.load(Relaxed));
        let mut generator = Monotonic::with(self.policy);
        generator.inherit(last_ms.last_id());
        SharedGenerator::of(generator)
    }
}

thread_local! {
    /// The generator of this thread.
    static GENERATOR: RefCell<Monotonic> = const { RefCell::new(Monotonic::with(Policy::SERVER)) };
}

/// The last jump of the clock that the generator of this thread, [`Ulid::generate_ascending`], followed and that was not told
/// yet.
pub fn jump_in_thread() -> Option<Jump> {
    GENERATOR.with_borrow_mut(Monotonic::jump)
}

impl Ulid {
    /// A new ULID that is larger than the last one that this thread had from here, by [`Policy::SERVER`];
    /// [`jump_in_thread`] tells a clock that jumped. Threads wait for no other, so those of two are in no order but that of
    /// their time.
    ///
    /// ```
    /// use ulid_core::Ulid;
    ///
    /// let (first, second) = (Ulid::generate_ascending(), Ulid::generate_ascending());
    /// assert!(first < second);
    /// ```
    #[inline]
    #[must_use]
    pub fn generate_ascending() -> Ulid {
        let time = Timestamp::now();
        GENERATOR.with_borrow_mut(|generator| generator.next_id(time, &mut SystemRng))
    }
}
